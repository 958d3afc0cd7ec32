"""STOP, STOP TOUT and START: obeyed at once, before any model is asked; with a number
("STOP 42") they are about one session.

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
    "stop sms", "stop messages", "stop pub", "stop now", "stop les messages", "ne m ecrivez plus",
    "arretez de m ecrire", "arrete de m ecrire", "plus de messages", "je veux plus de messages",
    "je ne veux plus de messages", "ne plus recevoir de messages", "unsubscribe", "opt out",
    "optout", "stop texting me", "stop messaging me", "no more messages",
    "parar", "pare", "alto", "baja", "darme de baja", "cancelar suscripcion", "no mas mensajes",
    "no quiero mas mensajes", "cancelar inscricao", "cancelar subscricao",
    "nao quero mais mensagens", "dur", "durdur", "durdurun", "iptal", "mesaj istemiyorum",
    "mesaj gondermeyin", "توقفوا", "اوقفوا الرسائل", "اوقف الرسائل", "لا اريد رسائل",
    "لا ترسلوا رسائل", "توقف", "قف", "ايقاف", "الغاء", "الغاء الاشتراك", "ستوب",
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


# What may stand before the number of a session: "arrêt atelier 42".
SESSION = {
    "atelier", "formation", "seance", "session", "evenement", "workshop", "training", "taller",
    "formacion", "sesion", "oficina", "formacao", "sessao", "atolye", "egitim", "oturum",
    "ورشة", "الورشة", "حصة", "الحصة", "la", "l", "the", "el", "a", "n", "no", "numero",
}  # fmt: skip
LONGEST_NUMBER = 9  # fits any database's integer


def wish_about(text: str) -> tuple[Wish, int] | None:
    """The session that *text* asks for no more messages of, or again, and for nothing else."""
    words = [word for word in _words(text) if word not in POLITE]
    if len(words) < 2 or not words[-1].isdecimal() or len(words[-1]) > LONGEST_NUMBER:
        return None
    while len(words) > 2 and words[-2] in SESSION:
        del words[-2]
    core = " ".join(words[:-1])
    wished = Wish.STOP if core in STOP else Wish.START if core in START else None
    return (wished, int(words[-1])) if wished else None


def wish(text: str) -> Wish | None:
    """What *text* asks for, when it asks for nothing else."""
    core = " ".join(word for word in _words(text) if word not in POLITE)
    if core in STOP_ALL:
        return Wish.STOP_ALL
    if core in STOP:
        return Wish.STOP
    return Wish.START if core in START else None


def _words(text: str) -> list[str]:
    return plain(text).removeprefix("/").split()


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces: for comparing short answers."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"[^\w/]+|_", " ", bare).strip()
