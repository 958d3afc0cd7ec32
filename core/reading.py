"""What a message is, before anybody interprets it: clean text, a command, a digit."""

import re
import unicodedata

from core.people.consent import POLITE, plain

MOST_CHARACTERS = 1000
WORDS_FOR = {
    "menu": {"menu", "sommaire", "sujets", "القائمة"},
    "aide": {"aide", "help", "ayuda", "ajuda", "yardim", "مساعدة"},
    "langue": {"langue", "langues", "language", "idioma", "lingua", "dil", "اللغة", "لغة"},
    "annuler": {
        "annuler", "annulez", "annulation", "je viens pas", "je ne viens pas", "je viens plus",
        "je ne viens plus", "je ne viendrai pas", "je peux pas venir", "je ne peux pas venir",
        "je peux plus venir", "je ne peux plus venir", "jpeux pas venir", "jpeux plus venir",
        "annuler mon inscription", "annuler ma place", "rendre ma place", "je rends ma place",
        "cancel", "i cant come", "i can t come", "i cannot come", "i m not coming",
        "i am not coming", "cancel my place", "cancelar", "no puedo ir", "no puedo venir",
        "no voy a ir", "ya no puedo ir", "nao posso ir", "nao posso vir", "ja nao posso ir",
        "nao vou", "iptal", "gelemiyorum", "gelemeyecegim", "gelmiyorum", "الغاء", "لن احضر",
        "لن اتي", "لا استطيع الحضور", "لا يمكنني الحضور", "ما نقدرش نجي",
    },
    "lier": {
        "lier", "relier", "link", "enlazar", "vincular", "ligar", "associar", "bagla", "ربط",
    },
    "mesdonnees": {
        "mes donnees", "mes donnees personnelles", "donnees personnelles", "mes informations",
        "mydata", "my data", "my personal data", "my information", "mis datos",
        "mis datos personales", "meus dados", "os meus dados", "meus dados pessoais",
        "verilerim", "kisisel verilerim", "bilgilerim", "بياناتي", "بياناتي الشخصية", "معطياتي",
        "معطياتي الشخصية", "معلوماتي",
    },
    "oublier": {
        "oublier", "oubliez moi", "oublie moi", "supprimer", "supprimez", "supprime", "effacer",
        "effacez", "efface", "supprimer mes donnees", "supprimez mes donnees",
        "supprime mes donnees", "effacer mes donnees", "effacez mes donnees", "efface mes donnees",
        "supprimer mon compte", "forget me", "delete", "delete me", "delete my data",
        "erase my data", "delete my account", "olvidame", "olvideme", "borrar mis datos",
        "borra mis datos", "borre mis datos", "eliminar mis datos", "elimine mis datos",
        "esquece me", "esqueca me", "apagar os meus dados", "apagar meus dados",
        "apague os meus dados", "apague meus dados", "excluir meus dados", "beni unut",
        "beni unutun", "verilerimi sil", "verilerimi silin", "bilgilerimi sil", "انسني", "انسوني",
        "احذف بياناتي", "احذفوا بياناتي", "امسح بياناتي", "امسحوا بياناتي", "حذف بياناتي",
        "محو بياناتي", "احذف معطياتي",
    },
}  # fmt: skip
# How people name a language, in it and in the others; compared with core.people.consent.plain.
LANGUAGE_NAMES = {
    "fr": {"francais", "french", "frances", "fransizca", "الفرنسية", "بالفرنسية", "فرنسي"},
    "en": {"anglais", "english", "ingles", "ingilizce", "الانجليزية", "بالانجليزية", "انجليزي"},
    "es": {"espagnol", "spanish", "espanol", "espanhol", "ispanyolca", "الاسبانية", "بالاسبانية"},
    "pt": {"portugais", "portuguese", "portugues", "portekizce", "البرتغالية", "بالبرتغالية"},
    "ar": {"arabe", "arabic", "arapca", "العربية", "بالعربية", "بالعربي", "عربي", "عربية"},
    "tr": {"turc", "turkish", "turco", "turkce", "التركية", "بالتركية", "تركي"},
}
# What stands around the name when a language is asked for, and nothing else is.
AROUND_A_LANGUAGE = {
    "en", "in", "em", "je", "veux", "voudrais", "parle", "parler", "parlez", "ecris", "ecrivez",
    "moi", "tu", "peux", "vous", "pouvez", "speak", "write", "can", "you", "i", "want", "to", "me",
    "svp", "stp", "s", "il", "te", "plait", "merci", "please", "pls", "habla", "hable", "puede",
    "hablar", "escriba", "quiero", "por", "favor", "fala", "fale", "pode", "falar", "quero",
    "lutfen", "konus", "konusun", "yaz", "yazin", "istiyorum", "تكلم", "تكلموا", "اكتب", "اكتبوا",
    "اريد", "بغيت", "من", "فضلك", "فضلكم", "اللغة", "باللغة",
}  # fmt: skip
YES = {
    "oui",
    "ouii",
    "ui",
    "wi",
    "ok",
    "d accord",
    "dac",
    "ouais",
    "oui je viens",
    "je viens",
    "yes",
    "yes i come",
    "si",
    "vale",
    "sim",
    "evet",
    "tamam",
    "نعم",
    "ايه",
    "اه",
    "موافق",
    "واخا",
}
NO = {
    "non",
    "nan",
    "no",
    "non merci",
    "nao",
    "hayir",
    "لا",
    "لا شكرا",
}
DIGIT = re.compile(r"(?:(?:le|la|n|no|numero|choix|option|reponse)\s*)?(\d{1,2})")


def clean(text: str) -> str:
    """*text* without control and directional characters, in one line of single spaces."""
    kept = (
        char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn") or char == "\u200d"
        else " " if char in "\n\r\t" else ""
        for char in unicodedata.normalize("NFC", text)
    )  # fmt: skip
    return " ".join("".join(kept).split()).strip("\u200d ")


def without_digits(text: str) -> str:
    """*text*, cleaned, and without numbers: they are the same in every language."""
    return " ".join(re.sub(r"\d+", " ", clean(text)).split())


def command(text: str) -> tuple[str, str] | None:
    """``/name@bot payload`` as (name, payload), or a word that stands for a command."""
    if text.startswith("/"):
        head, _, payload = text[1:].partition(" ")
        return head.partition("@")[0].casefold(), payload.strip()
    words = " ".join(word for word in plain(text).split() if word not in POLITE)
    return next(((name, "") for name, known in WORDS_FOR.items() if words in known), None)


def digit(text: str) -> int | None:
    """The number when the message is nothing else: ``2``, ``le 2``, ``n° 2``, ``٢``."""
    match = DIGIT.fullmatch(plain(unicodedata.normalize("NFKC", text).replace("°", " ")))
    return int(match[1]) if match else None


def yes_or_no(text: str) -> bool | None:
    """What a message says when it says nothing else: "oui merci", "NON", "نعم"."""
    words = " ".join(word for word in plain(text).split() if word not in POLITE)
    return True if words in YES else False if words in NO else None


def language_wish(text: str) -> str | None:
    """The language that *text* asks for, when it asks for nothing else: "English please"."""
    words = set(plain(text).split()) - AROUND_A_LANGUAGE
    if not words:
        return None
    return next((one for one, names in LANGUAGE_NAMES.items() if words <= names), None)
