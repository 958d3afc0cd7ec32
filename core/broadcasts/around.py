"""Around which communes, in ``/diffuser``: written on a phone as "Poitiers 20"."""

import re
from dataclasses import dataclass, replace

from core.broadcasts import audience
from core.broadcasts.audience import Audience, BadAudience
from core.broadcasts.model import Broadcast
from core.broadcasts.team import PICK, Team
from core.content.tables import Tables
from core.messages import Bubble, Choice
from core.workshops.phrases import cut
from core.workshops.sheets.lines import communes_like

LONGEST = 100
_KM = r"k(?:m|ms|ilom[eè]tres?)\b\.?"
_UP_TO = r"[\s,;:(-]*(?:(?:jusqu['’])?[àa]\s+)?"
AFTER = re.compile(rf"(?P<names>.*?){_UP_TO}(?P<km>\d+)\s*(?:{_KM})?", re.IGNORECASE | re.DOTALL)
BEFORE = re.compile(rf"(?P<km>\d+)\s*{_KM}\s*(?P<names>.+)", re.IGNORECASE | re.DOTALL)
LEAD = re.compile(r"\A(?:(?:autour|près)\s+(?:de\s+|d['’]\s*)|[àa]\s+)", re.IGNORECASE)
BETWEEN = re.compile(r"[,;/\n]|\set\s", re.IGNORECASE)


def read(tables: Tables, words: str) -> Audience:
    """The communes and the distance that *words* say; without one, those communes only.

    Raises BadAudience, as every other way to write an audience does.
    """
    text = words.strip(" .!()")
    match = BEFORE.fullmatch(text) or AFTER.fullmatch(text)
    names, km = (match["names"], match["km"]) if match else (text, "")
    communes = [one.strip() for one in BETWEEN.split(LEAD.sub("", names.strip())) if one.strip()]
    if not communes:
        raise BadAudience("commune", "broadcasts.unknown_commune", found=text)
    written: dict[str, object] = {"commune": communes}
    return audience.read(written | ({"rayon_km": km} if km else {}), tables)


@dataclass(frozen=True)
class Around:
    team: Team

    def ask(self, row: Broadcast, wrong: str = "", meant: tuple[str, ...] = ()) -> Bubble:
        """*wrong* says why what they wrote was not understood, *meant* what it may be."""
        row.asking = "around"
        here = self.words(Audience.from_json(row.audience))
        choices = [Choice(one, f"{PICK}:near:{one}") for one in meant]
        if here:
            choices.append(
                self.team.choice("broadcasts.unjoin.label", "nowhere", name=cut(here, 40))
            )
        choices.append(self.team.choice("broadcasts.back.label", "whom"))
        asked = self.team.words.say("broadcasts.write_around")
        return Bubble(f"{wrong}\n\n{asked}".strip(), tuple(choices))

    def hear(self, row: Broadcast, words: str) -> Bubble | None:
        """None: it is understood, and in place of what was there."""
        tables = self.team.means.tables()
        try:
            found = read(tables, words[:LONGEST])
        except BadAudience as error:
            unknown = str(error.values["found"])
            near = communes_like(tables, unknown) if error.at == "commune" else []
            if not near:
                return self.ask(row, self.team.words.say(error.key, **error.values))
            wrong = self.team.words.say("sheet.commune_near", found=unknown, near=", ".join(near))
            meant = tuple(words.replace(unknown, one, 1) for one in near)
            return self.ask(row, wrong, meant)
        self._set(row, found.communes, found.km)
        return None

    def nowhere(self, row: Broadcast) -> None:
        """Wherever they are."""
        self._set(row, (), 0)

    def words(self, chosen: Audience) -> str:
        """ "20 km autour de Poitiers"; "" when it is not narrowed so."""
        names = ", ".join(chosen.communes)
        if not chosen.km:
            return names
        return self.team.words.say("broadcasts.around", km=chosen.km, communes=names)

    def _set(self, row: Broadcast, communes: tuple[str, ...], km: int) -> None:
        before = Audience.from_json(row.audience)
        row.audience = replace(before, communes=communes, km=km).as_json()
