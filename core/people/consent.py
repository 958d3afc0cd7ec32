"""STOP, STOP TOUT and START: obeyed at once, before any model is asked.

Only when the word is the whole message (politeness around it allowed): "stop" inside a
question is a question. Words: the French operators' list for SMS (STOP, ARRET ...) and
what people write in our other languages.
"""

import re
import unicodedata
from enum import StrEnum


class Wish(StrEnum):
    STOP = "stop"
    STOP_ALL = "stop_all"
    START = "start"


STOP = {
    "stop", "stopp", "arret", "arrete", "arretez", "arreter", "desinscrire", "desinscription",
    "desabonner", "desabonnement", "desinscrivez moi", "arretez les messages",
    "stop sms", "stop messages", "unsubscribe",
    "parar", "pare", "alto", "baja", "cancelar suscripcion", "cancelar inscricao",
    "dur", "durdur", "iptal", "توقف", "قف", "ايقاف", "الغاء", "الغاء الاشتراك", "ستوب",
}  # fmt: skip
# On every channel of the same person.
STOP_ALL = {
    "stop tout", "stop a tout", "tout arreter", "arretez tout", "arreter tout", "arrete tout",
    "stop all", "stop everything", "parar todo", "parar tudo", "pare tudo", "detener todo",
    "hepsini durdur", "her seyi durdur", "ايقاف الكل", "ايقاف كل شيء", "اوقف كل شيء",
    "stop partout",
}  # fmt: skip
START = {
    "start", "demarrer", "reprendre", "reabonner", "reinscrire", "reactiver",
    "empezar", "comecar", "basla", "ابدا", "ابدأ",
}  # fmt: skip
POLITE = {
    "svp", "stp", "merci", "please", "pls", "plz", "bonjour", "bjr", "slt", "salut", "thanks",
    "por", "favor", "gracias", "obrigado", "obrigada", "lutfen", "من", "فضلك", "فضلكم", "شكرا",
}  # fmt: skip


def wish(text: str) -> Wish | None:
    """What *text* asks for, when it asks for nothing else."""
    words = plain(text).removeprefix("/").split()
    core = " ".join(word for word in words if word not in POLITE)
    if core in STOP_ALL:
        return Wish.STOP_ALL
    if core in STOP:
        return Wish.STOP
    return Wish.START if core in START else None


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces: for comparing short answers."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"[^\w/]+|_", " ", bare).strip()
