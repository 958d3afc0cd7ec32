"""How the services answer about sessions: a sentence that fits, and what can be picked under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.answers import Answer, Outcome
from core.messages import Bubble, Choice, Kind
from core.speaker import fits
from core.talk import Talk
from core.texts import Texts
from core.workshops.model import WorkshopSession
from core.workshops.phrases import Phrases, cut

TITLES = (200, 60, 40, 28, 18, 10)


@dataclass(frozen=True)
class Voice:
    texts: Texts

    def about(
        self,
        talk: Talk,
        key: str,
        one: WorkshopSession,
        choices: Sequence[Choice],
        **values: object,
    ) -> Bubble:
        """The sentence *key* with the session in it; by SMS its title is cut until all fits.

        *choices* may be none.
        """
        phrases, short = Phrases(self.texts, talk.listener), talk.listener.kind is Kind.SMS
        values |= {"when": phrases.when(one), "code": one.id}
        where = phrases.where(one)
        for most in TITLES:
            known = values | {"title": phrases.title(one, most), "where": cut(where, most)}
            if choices:
                bubble = self.texts.offer(key, talk.listener, *choices, **known)
            else:
                bubble = Bubble(self.texts.say(key, talk.listener, **known))
            if not short or fits(bubble):
                break
        return bubble

    def say(self, talk: Talk, key: str, *choices: Choice, **values: object) -> Answer:
        """The sentence *key*, with the way back to the menu under it."""
        menu = Choice(self.texts.say("menu.label", talk.listener), "menu")
        return reacted(self.texts.offer(key, talk.listener, *choices, menu, **values))

    def label(self, talk: Talk, key: str, does: str, **values: object) -> Choice:
        return Choice(self.texts.say(key, talk.listener, **values), does)


def reacted(bubble: Bubble) -> Answer:
    return Answer((bubble,), Outcome.SIGN_UP)
