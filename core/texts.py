"""What is said: territory → national, language → French, the SMS variant on SMS.

The only module that turns a question id into words; front ends and actions both ask it, so
that a picked choice is answered with the same words as a question understood by the model,
and still is when the model is away.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from core.answers import Answer, Asked, Listener, Outcome, Understood
from core.content.load import Library
from core.content.model import NATIONAL, TERRITORIES, Question, QuestionKind, Words
from core.languages import FRENCH, LANGUAGES
from core.lookups import Desk, fill, look_up
from core.messages import Bubble, Choice, Kind
from core.wording import Wording

PARIS = ZoneInfo("Europe/Paris")
SUGGESTIONS = 3
LANGUAGE_NAMES = {
    "fr": "Français", "en": "English", "es": "Español",
    "pt": "Português", "ar": "العربية", "tr": "Türkçe",
}  # fmt: skip
OUTCOMES = {
    QuestionKind.ANSWER: Outcome.ANSWERED,
    QuestionKind.SENSITIVE: Outcome.ANSWERED,
    QuestionKind.SMALLTALK: Outcome.SMALLTALK,
    QuestionKind.HANDOFF: Outcome.HANDOFF,
    QuestionKind.OUT_OF_SCOPE: Outcome.FALLBACK,
}


class Texts:
    """Answers from a library and sentences from a catalogue, for one listener at a time.

    *library* is called for each answer: it may give a newer one when files changed.
    """

    def __init__(self, library: Callable[[], Library], wording: Wording) -> None:
        self._library = library
        self._wording = wording

    def question(self, question_id: str) -> Question | None:
        return self._library().questions.get(question_id)

    def answer(
        self,
        question_id: str,
        listener: Listener,
        now: datetime,
        asked: Asked | None = None,
        confidence: float | None = None,
    ) -> Answer:
        """The answer to a question of ``content/``. Raises KeyError when there is none.

        *now* is aware; what is past or open is judged on that day in Paris.
        """
        library = self._library()
        question = library.questions[question_id]
        words = question.said_in(listener.territory)
        desk = Desk(library.tables, self._wording, listener, now.astimezone(PARIS).date())
        found = look_up(question.lookup, desk, asked or Asked()) if question.lookup else None
        if found is not None and found.case in words.cases:
            text = fill(words, found, listener.kind)
        else:
            text = words.sms if listener.kind is Kind.SMS else words.answer
        bubbles = self._excused(_with_links(text, words, listener.kind), listener)
        asks = (
            question.depends_on_territory
            and listener.territory is None
            and listener.may_ask_territory
        )
        if asks:
            bubbles += (self._ask_territory(question_id, listener),)
        return Answer(bubbles, OUTCOMES[question.kind], question_id, confidence, asks)

    def suggest(self, understood: Understood, listener: Listener) -> Answer:
        """The nearest questions as choices, when none is near enough to be answered."""
        questions = [self.question(name) for name, _ in understood.ranking]
        offered = [one for one in questions if one and one.kind in _OFFERED][:SUGGESTIONS]
        if not offered:
            return self.unsure(understood, listener)
        choices = [Choice(one.title, f"question:{one.id}") for one in offered]
        choices.append(Choice(self.say("none.label", listener), "reword"))
        confidence = understood.ranking[0][1]
        bubble = Bubble(self.say("fallback.suggest", listener), tuple(choices))
        return Answer((bubble,), Outcome.SUGGESTED, None, confidence)

    def unsure(self, understood: Understood, listener: Listener) -> Answer:
        """We do not know, and say so; with the menu and a human."""
        confidence = understood.ranking[0][1] if understood.ranking else None
        bubble = Bubble(self.say("fallback.unsure", listener), self._ways_out(listener))
        return Answer((bubble,), Outcome.FALLBACK, None, confidence)

    def menu(self, listener: Listener, opening: str = "menu.ask") -> Answer:
        """The subjects as choices, after the sentence *opening*."""
        subjects = [one for one in self._library().subjects if one.menu]
        choices = [Choice(one.title, f"subject:{one.id}") for one in subjects]
        choices.append(Choice(self.say("human.label", listener), "human"))
        return Answer((Bubble(self.say(opening, listener), tuple(choices)),), Outcome.MENU)

    def subject(self, subject_id: str, listener: Listener) -> Answer:
        """The questions of one subject as choices; the menu when there is no such subject."""
        library = self._library()
        subject = library.subject(subject_id)
        if subject is None or not subject.menu:
            return self.menu(listener)
        questions = [library.questions[name] for name in subject.menu if name in library.questions]
        choices = [Choice(one.title, f"question:{one.id}") for one in questions]
        choices.append(Choice(self.say("menu.label", listener), "menu"))
        text = self.say("subject.ask", listener, subject=subject.title)
        return Answer((Bubble(text, tuple(choices)),), Outcome.MENU)

    def human(self, listener: Listener, now: datetime) -> Answer:
        """How to reach somebody: the first question of that kind."""
        questions = self._library().questions.values()
        for question in questions:
            if question.kind is QuestionKind.HANDOFF:
                return self.answer(question.id, listener, now)
        return self.menu(listener)

    def near(self, location: tuple[float, float], listener: Listener, now: datetime) -> Answer:
        """The places nearest to *location* (latitude, longitude)."""
        for question in self._library().questions.values():
            if question.lookup == "places_near":
                return self.answer(question.id, listener, now, Asked(location=location))
        return self.sentence("event.location", listener, Outcome.REACTED)

    def unavailable(self, listener: Listener) -> Answer:
        """The understanding is away: say so, and give what works without it."""
        return replace(self.menu(listener, "unavailable"), outcome=Outcome.UNAVAILABLE)

    def languages(self, listener: Listener) -> Answer:
        choices = tuple(Choice(LANGUAGE_NAMES[one], f"language:{one}") for one in LANGUAGES)
        bubble = Bubble(self.say("language.ask", listener), choices)
        return Answer((bubble,), Outcome.MENU)

    def sentence(self, key: str, listener: Listener, outcome: Outcome, **values: object) -> Answer:
        """One interface sentence as an answer."""
        return Answer((Bubble(self.say(key, listener, **values)),), outcome)

    def guidance(self, key: str, listener: Listener, outcome: Outcome) -> Answer:
        """One interface sentence with the ways out under it."""
        return Answer((Bubble(self.say(key, listener), self._ways_out(listener)),), outcome)

    def say(self, key: str, listener: Listener, **values: object) -> str:
        return self._wording.say(key, listener.language, **values)

    def _ways_out(self, listener: Listener) -> tuple[Choice, ...]:
        return (
            Choice(self.say("menu.label", listener), "menu"),
            Choice(self.say("human.label", listener), "human"),
        )

    def _ask_territory(self, question_id: str, listener: Listener) -> Bubble:
        choices = tuple(
            Choice(self.say(f"territory.{one}", listener), f"territory:{one}:{question_id}")
            for one in (*TERRITORIES, NATIONAL)
        )
        return Bubble(self.say("territory.ask", listener), choices)

    def _excused(self, text: str, listener: Listener) -> tuple[Bubble, ...]:
        """Answers are French for now: said in the person's own language first.

        By SMS the excuse goes alone: an Arabic sentence would double the price of the rest.
        """
        if listener.language == FRENCH:
            return (Bubble(text),)
        excuse = self.say("excuse.french", listener)
        if listener.kind is Kind.SMS:
            return Bubble(excuse), Bubble(text)
        return (Bubble(f"{excuse}\n\n{text}"),)


_OFFERED = (QuestionKind.ANSWER, QuestionKind.SENSITIVE, QuestionKind.HANDOFF)


def _with_links(text: str, words: Words, kind: Kind) -> str:
    """On a screen the links stand under the answer; an SMS carries its own address."""
    missing: Sequence[str] = [
        f"{link.label} : {link.url}" for link in words.links if link.url not in text
    ]
    return text if kind is Kind.SMS or not missing else text + "\n\n" + "\n".join(missing)
