"""What ``/diffuser`` shows: the texts, the options, and the preview."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.broadcasts import preview
from core.broadcasts.checking import BIGGEST_FILE
from core.broadcasts.model import Broadcast
from core.broadcasts.staffwords import language, moment
from core.broadcasts.team import Team
from core.languages import LANGUAGES
from core.messages import Bubble
from core.workshops.phrases import cut

LONGEST_NAME = 30  # of a file, on a button


@dataclass(frozen=True)
class Screens:
    team: Team

    def text(self, code: str, people: int, wrong: str = "") -> Bubble:
        """The text in the language *code* is asked for; *wrong* says why the last one was none."""
        french = code == LANGUAGES[0]
        key = "broadcasts.write_french" if french else "broadcasts.write_other"
        asked = self.say(key, language=language(code), count=people)
        choices = (
            [
                self.team.choice("broadcasts.about.label", "sessions:about"),
                self.team.choice("broadcasts.back.label", "whom"),
            ]
            if french
            else [self.team.choice("broadcasts.skip.label", f"skip:{code}")]
        )
        return Bubble(f"{wrong}\n\n{asked}".strip(), tuple(choices))

    def options(self, row: Broadcast) -> Bubble:
        choices = []
        if row.session_id is not None:
            key = "broadcasts.no_sign_up.label" if row.sign_up else "broadcasts.sign_up.label"
            choices.append(self.team.choice(key, "signup"))
        choices.append(self.team.choice("broadcasts.buttons.label", "buttons"))
        labels = ", ".join(f"« {one['fr']} »" for one in row.buttons) or "–"
        lines = [self.say("broadcasts.options", labels=labels)]
        if row.file_name:
            lines.append(self.say("broadcasts.file", name=row.file_name))
            name = cut(row.file_name, LONGEST_NAME)
            choices.append(self.team.choice("broadcasts.unjoin.label", "unjoin", name=name))
        else:
            choices.append(self.team.choice("broadcasts.join.label", "file"))
        choices.append(self.team.choice("broadcasts.go_on.label", "when"))
        return Bubble("\n".join(lines), tuple(choices))

    def buttons(self) -> Bubble:
        back = self.team.choice("broadcasts.back.label", "options")
        return Bubble(self.say("broadcasts.write_buttons"), (back,))

    def file(self, wrong: str = "") -> Bubble:
        """A file is asked for; *wrong* says why what came was none."""
        back = self.team.choice("broadcasts.back.label", "options")
        asked = self.say("broadcasts.write_file", most=BIGGEST_FILE // 1_000_000)
        return Bubble(f"{wrong}\n\n{asked}".strip(), (back,))

    def preview(self, session: Session, row: Broadcast, now: datetime) -> Bubble:
        words, seen = self.team.words, preview.preview(session, self.team.means, row, now)
        lines = [*words.preview(row, seen), *(f"\n{words.example(one)}" for one in seen.examples)]
        choices = (
            self.team.choice("broadcasts.test.label", "test"),
            self.team.choice(
                "broadcasts.confirm.label", f"confirm:{row.id}", count=seen.people.size
            ),
            self.team.choice("broadcasts.rewrite.label", "write"),
            self.team.choice("broadcasts.reoptions.label", "options"),
            self.team.choice("broadcasts.rewhom.label", "whom"),
            self.team.choice("broadcasts.rewhen.label", "when"),
            self.team.choice("broadcasts.drop.label", "drop"),
        )
        return Bubble("\n".join([words.line(row), *lines]), choices)

    def found(self, row: Broadcast) -> Bubble:
        """A draft that was left in the middle."""
        choices = (
            self.team.choice("broadcasts.take_up.label", "take_up"),
            self.team.choice("broadcasts.drop.label", "drop"),
        )
        started = moment(row.created_at)
        return Bubble(self.say("broadcasts.found", title=row.title, when=started), choices)

    def say(self, key: str, **values: object) -> str:
        return self.team.words.say(key, **values)
