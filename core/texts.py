"""What is said: territory → national, language → French, the SMS variant on SMS.

The only module that turns a question id into words; front ends and actions both ask it, so
that a picked choice is answered with the same words as a question understood by the model,
and still is when the model is away.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from core.answers import Answer, Asked, Listener, Outcome, Understood
from core.content.load import Library
from core.content.model import NATIONAL, TERRITORIES, Question, QuestionKind, Words
from core.daytime import PARIS
from core.direction import directed
from core.languages import LANGUAGES
from core.lookups import Desk, fill, look_up
from core.messages import Bubble, Choice, Kind
from core.people.consent import plain
from core.speaker import Speaker, fits
from core.wording import Wording

SUGGESTIONS = 3
AROUND_A_NAME = 2  # words: "et à", "near", "c'est"
LANGUAGE_NAMES = {
    "fr": "Français", "en": "English", "es": "Español",
    "pt": "Português", "ar": "العربية", "tr": "Türkçe",
}  # fmt: skip
OUTCOMES = {
    QuestionKind.ANSWER: Outcome.ANSWERED,
    QuestionKind.SENSITIVE: Outcome.ANSWERED,
    QuestionKind.SMALLTALK: Outcome.SMALLTALK,
    QuestionKind.CORRECTION: Outcome.SMALLTALK,
    QuestionKind.HANDOFF: Outcome.HANDOFF,
    QuestionKind.OUT_OF_SCOPE: Outcome.FALLBACK,
}


class Texts(Speaker):
    """Answers from a library and sentences from a catalogue, for one listener at a time.

    *library* is called for each answer: it may give a newer one when files changed.
    """

    def __init__(self, library: Callable[[], Library], wording: Wording) -> None:
        super().__init__(wording)
        self._library = library

    def question(self, question_id: str) -> Question | None:
        return self._library().questions.get(question_id)

    def services(self, answer: Answer) -> frozenset[str | None]:
        """The services (Question.service) of what *answer* answers: the database may know better.

        Of two near answers both; none beside a help line, for there all that was said stays.
        """
        if answer.sensitive:
            return frozenset()
        names = (answer.question_id, *answer.also) if answer.question_id else ()
        known = (self.question(name) for name in names)
        return frozenset(one.service if one else None for one in known)

    def sensitive(self) -> frozenset[str]:
        """The questions of somebody who may be in danger."""
        questions = self._library().questions.values()
        return frozenset(one.id for one in questions if one.kind is QuestionKind.SENSITIVE)

    def danger(self, asked: Asked) -> str | None:
        """The sensitive question that the words themselves name (``content/safety.yml``)."""
        return self._library().safety.caught(asked.text, asked.reading)

    def unclear_danger(self) -> str | None:
        """The question that names all help lines (``content/safety.yml``)."""
        return self._library().safety.unclear

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
        words, language = question.said_in(listener.territory, listener.language)
        desk = Desk(library.tables, self._wording, listener, now.astimezone(PARIS).date())
        found = look_up(question.lookup, desk, asked or Asked()) if question.lookup else None
        if found is not None and found.case in words.cases:
            text = fill(words, found, listener.kind)
        else:
            text = words.sms if listener.kind is Kind.SMS else words.answer
        text = directed(_with_links(text, words, listener.kind), language)
        bubbles = (
            (Bubble(text),) if language == listener.language else self._excused(text, listener)
        )
        asks = (
            question.depends_on_territory
            and found is None  # a place that was named says where
            and listener.territory is None
            and listener.may_ask_territory
        )
        sensitive = question.kind is QuestionKind.SENSITIVE
        if asks:
            bubbles += (self._ask_territory(question_id, listener),)
        elif question.kind is QuestionKind.ANSWER and listener.kind is Kind.CHAT:
            # Not by SMS, where they would cost one more; and one thing is asked at a time.
            bubbles = (*bubbles[:-1], replace(bubbles[-1], choices=_thumbs(question_id)))
        return Answer(
            bubbles,
            OUTCOMES[question.kind],
            question_id,
            confidence,
            asks,
            sensitive=sensitive,
        )

    def follows(self, asked: Asked, listener: Listener) -> str | None:
        """The question that *asked* goes on with: a bare name after a question on a table.

        "Latillé", or "et à Châtellerault ?", after help near home was asked for.
        """
        question = self.question(listener.subject) if listener.subject else None
        names = [plain(name) for name in (*asked.communes, *asked.colleges)]
        if question is None or question.lookup is None or not names:
            return None
        named = sum(len(name.split()) for name in names)
        return question.id if len(plain(asked.text).split()) <= named + AROUND_A_NAME else None

    def two(
        self,
        question_ids: Sequence[str],
        listener: Listener,
        now: datetime,
        asked: Asked,
        confidence: float,
    ) -> Answer:
        """Two questions are about as near: both answers, said to be the two likeliest.

        Small talk and what we decline are no second answer: two of these are answered by the
        first, and one of these beside a question is not near enough to answer either.
        """
        first, second = (self.question(name) for name in question_ids)
        assert first
        assert second
        offered = [one.kind in _OFFERED for one in (first, second)]
        if not any(offered):
            return self.answer(first.id, listener, now, asked, confidence)
        if not all(offered):
            return self.suggest(question_ids, listener, confidence)
        answers = [self.answer(one.id, listener, now, asked, confidence) for one in (first, second)]
        shown = [bubble for answer in answers for bubble in answer.bubbles if not bubble.asks]
        asking = [bubble for answer in answers for bubble in answer.bubbles if bubble.asks]
        opening = Bubble(self.say("two.opening", listener))
        return replace(answers[0], bubbles=(opening, *shown, *asking[:1]), also=(second.id,))

    def suggest(
        self,
        question_ids: Sequence[str],
        listener: Listener,
        confidence: float | None = None,
        opening: str = "fallback.suggest",
    ) -> Answer:
        """The nearest questions as choices, when none is near enough to be answered."""
        questions = [self.question(name) for name in question_ids]
        offered = [one for one in questions if one and one.kind in _OFFERED][:SUGGESTIONS]
        if not offered:
            return self.unsure(None, listener)
        choices = [Choice(one.titled(listener.language), f"question:{one.id}") for one in offered]
        choices.append(Choice(self.say("none.label", listener), "reword"))
        bubble = self._offer(self.say(opening, listener), choices, listener)
        others = tuple(name for name in question_ids if name not in {one.id for one in offered})
        return Answer(
            (bubble,), Outcome.SUGGESTED, None, confidence, nearest=others, closest=offered[0].id
        )

    def unsure(self, understood: Understood | None, listener: Listener) -> Answer:
        """We do not know, and say so; with the menu, a human, and to be told when we know."""
        ranking = understood.ranking if understood else ()
        near = [one for one in (self.question(name) for name, _ in ranking) if one]
        choices = [*self._ways_out(listener), Choice(self.say("notify.label", listener), "notify")]
        return Answer(
            (self._offer(self.say("fallback.unsure", listener), choices, listener),),
            Outcome.FALLBACK,
            confidence=ranking[0][1] if ranking else None,
            closest=next((one.id for one in near if one.kind in _OFFERED), None),
        )

    def announced(self, question_id: str, listener: Listener, now: datetime) -> tuple[Bubble, ...]:
        """The answer for somebody who asked to be told: it says first why it comes.

        By SMS that goes alone, with the excuse where there is one. Raises KeyError.
        """
        first, *rest = self.answer(question_id, listener, now).bubbles
        opening = self.say("notify.answer", listener)
        if listener.kind is Kind.CHAT:
            return replace(first, text=f"{opening}\n\n{first.text}"), *rest
        if rest:
            return replace(first, text=f"{opening} {first.text}"), *rest
        return Bubble(opening), first

    def service(self, service: str, listener: Listener, now: datetime) -> Answer:
        """What ``content/`` says of *service*, where the database has nothing to say."""
        for question in self._library().questions.values():
            if question.service == service:
                return self.answer(question.id, listener, now)
        return self.menu(listener)

    def menu(self, listener: Listener, opening: str = "menu.ask", first: int = 0) -> Answer:
        """The subjects from number *first* on as choices, after the sentence *opening*; by SMS as
        many as fit, with a choice for the others."""
        every = [one for one in self._library().subjects if one.menu]
        first = first if first < len(every) else 0
        subjects = every[first:]
        human = Choice(self.say("human.label", listener), "human")
        text = self.say(opening, listener)
        for count in range(len(subjects), 0, -1):
            choices = [
                Choice(one.titled(listener.language), f"subject:{one.id}")
                for one in subjects[:count]
            ]
            choices.append(human)
            if count < len(subjects):
                more = self.say("menu.more", listener)
                choices.append(Choice(more, f"menu:{first + count}"))
            bubble = self._offer(text, choices, listener)
            if listener.kind is not Kind.SMS or fits(bubble):
                return Answer((bubble,), Outcome.MENU)
        return Answer((self._offer(text, [human], listener),), Outcome.MENU)

    def subject_title(self, subject_id: str, language: str) -> str:
        """What a subject is called; its id when there is no such subject any more."""
        subject = self._library().subject(subject_id)
        return subject.titled(language) if subject else subject_id

    def subject(self, subject_id: str, listener: Listener) -> Answer:
        """The questions of one subject as choices; the menu when there is no such subject."""
        library = self._library()
        subject = library.subject(subject_id)
        if subject is None or not subject.menu:
            return self.menu(listener)
        questions = [library.questions[name] for name in subject.menu if name in library.questions]
        text = self.say("subject.ask", listener, subject=subject.titled(listener.language))
        back = Choice(self.say("menu.label", listener), "menu")
        for count in range(len(questions), 0, -1):
            choices = [
                Choice(one.titled(listener.language), f"question:{one.id}")
                for one in questions[:count]
            ]
            bubble = self._offer(text, [*choices, back], listener)
            if listener.kind is not Kind.SMS or fits(bubble):
                break
        return Answer((bubble,), Outcome.MENU)

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
        choices = [Choice(LANGUAGE_NAMES[one], f"language:{one}") for one in LANGUAGES]
        bubble = self._offer(self.say("language.ask", listener), choices, listener)
        return Answer((bubble,), Outcome.MENU)

    def sentence(self, key: str, listener: Listener, outcome: Outcome, **values: object) -> Answer:
        """One interface sentence as an answer."""
        return Answer((Bubble(self.say(key, listener, **values)),), outcome)

    def guidance(self, key: str, listener: Listener, outcome: Outcome) -> Answer:
        """One interface sentence with the ways out under it."""
        choices = self._ways_out(listener)
        return Answer((self._offer(self.say(key, listener), choices, listener),), outcome)

    def _ways_out(self, listener: Listener) -> list[Choice]:
        return [
            Choice(self.say("menu.label", listener), "menu"),
            Choice(self.say("human.label", listener), "human"),
        ]

    def _ask_territory(self, question_id: str, listener: Listener) -> Bubble:
        choices = [
            Choice(self.say(f"territory.{one}", listener), f"territory:{one}:{question_id}")
            for one in (*TERRITORIES, NATIONAL)
        ]
        return self._offer(self.say("territory.ask", listener), choices, listener)

    def _excused(self, text: str, listener: Listener) -> tuple[Bubble, ...]:
        """A French answer that has no translation yet: said in the person's own language first.

        By SMS the excuse goes alone: an Arabic sentence would double the price of the rest.
        """
        excuse = self.say("excuse.french", listener)
        if listener.kind is Kind.SMS:
            return Bubble(excuse), Bubble(text)
        return (Bubble(f"{excuse}\n\n{text}"),)


_OFFERED = (QuestionKind.ANSWER, QuestionKind.SENSITIVE, QuestionKind.HANDOFF)


def _thumbs(question_id: str) -> tuple[Choice, ...]:
    return Choice("👍", f"good:{question_id}"), Choice("👎", f"bad:{question_id}")


def _with_links(text: str, words: Words, kind: Kind) -> str:
    """On a screen the links stand under the answer; an SMS carries its own address."""
    missing: Sequence[str] = [
        f"{link.label} : {link.url}" for link in words.links if link.url not in text
    ]
    return text if kind is Kind.SMS or not missing else text + "\n\n" + "\n".join(missing)
