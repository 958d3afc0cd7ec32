"""Saying that one is here, with the code that stands on site: written, or scanned."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.answers import Answer, Outcome
from core.people.consent import POLITE, plain
from core.services import Handler, Service
from core.talk import Talk
from core.workshops.attendance import attendance
from core.workshops.attendance.attendance import Arrival
from core.workshops.voice import Voice, reacted

WORD = "PRESENT"  # what stands on the page at the door, in every language
# What people write before the code (core.people.consent.plain), in our six languages.
PRESENT = (
    "present", "presente", "presents", "presentes", "present e", "je suis present",
    "je suis presente", "estoy presente", "estou presente", "حاضر", "حاضرة", "انا حاضر",
    "انا حاضرة", "buradayim", "buradayiz",
)  # fmt: skip
HERE = (
    "ici", "je suis la", "je suis ici", "here", "i am here", "i m here", "im here", "aqui",
    "estoy aqui", "estou aqui", "burada", "هنا", "انا هنا", "code", "codigo", "kod",
)  # fmt: skip
SIX = r"(\d{3}) ?(\d{3})"
CODE = re.compile(SIX)
WITH_WORD = re.compile(rf"(?:{'|'.join((*PRESENT, *HERE))}) ?{SIX}")
# A digit too few or too many: no other word means anything before so long a number.
MISTYPED = re.compile(rf"(?:{'|'.join(PRESENT)}) ?([\d ]{{4,12}})")
SAID = {
    Arrival.NOTED: "check_in.noted",
    Arrival.ALREADY: "check_in.already",
    Arrival.WRONG: "check_in.wrong",
    Arrival.TOO_MANY: "check_in.too_many",
    Arrival.TOO_EARLY: "check_in.too_early",
    Arrival.TOO_LATE: "check_in.too_late",
    Arrival.CALLED_OFF: "refused.SessionCalledOff",
    Arrival.WAITING: "check_in.waiting",
    Arrival.NO_SEAT: "check_in.no_seat",
}


@dataclass(frozen=True)
class CheckingIn(Service):
    """*others* may be asking for a number, which then is no code."""

    voice: Voice
    others: Sequence[Service]

    def links(self) -> Mapping[str, Handler]:
        return {"p": self.check_in}

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """What comes of the code in *text*, if it is one."""
        words = " ".join(word for word in plain(text).split() if word not in POLITE)
        found = WITH_WORD.fullmatch(words) or MISTYPED.fullmatch(words)
        if found is None and not any(one.is_asking(talk) for one in self.others):
            found = CODE.fullmatch(words)
        return self.check_in(talk, "".join(found.groups(default=""))) if found else None

    def check_in(self, talk: Talk, digits: str) -> Answer:
        """``t.me/BOT?start=p482715``, or the same digits written, in whatever script."""
        code = "".join(str(int(digit)) for digit in digits if digit.isdecimal())
        done = attendance.check_in(talk.session, talk.address.contact_id, code, talk.now)
        key = SAID[done.arrival]
        if done.session is None or done.arrival is Arrival.CALLED_OFF:
            return self.voice.texts.sentence(key, talk.listener, Outcome.SIGN_UP)
        return reacted(self.voice.about(talk, key, done.session, ()))
