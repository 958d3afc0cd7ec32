"""The words that answer a reminder, in our six languages, as core.people.consent.plain writes."""

import re

# They come.
COMES = {
    "oui", "ouii", "oui oui", "ouais", "wi", "ui", "ok", "okay", "dac", "accord", "viens",
    "vient", "venons", "viendrai", "viendrons", "viendra", "serai", "serons", "sera", "presente",
    "presents", "present", "confirme", "confirmons", "confirmer", "participe", "participerai",
    "arrive", "arrivons", "compte", "comptez", "yes", "yep", "yeah", "sure", "come", "coming",
    "there", "will", "confirm", "attend", "si", "vale", "claro", "voy", "vamos", "ire", "iremos",
    "estare", "estaremos", "confirmo", "vengo", "venimos", "vendre", "asistire", "sim", "vou",
    "irei", "estarei", "confirmamos", "venho", "vimos", "evet", "tamam", "geliyorum", "geliyoruz",
    "gelecegim", "gelecegiz", "gelirim", "geliriz", "olacagim", "olacagiz", "orada", "orda",
    "نعم", "ايه", "اه", "واخا", "موافق", "ساحضر", "سنحضر", "ساتي", "سناتي", "احضر", "نحضر",
    "قادم", "قادمة", "قادمون", "ساكون", "سنكون", "جاي", "جايين", "نجي", "اكيد",
}  # fmt: skip
# These deny what stands beside them, or all when nothing does.
DENIES = {
    "non", "nan", "ne", "n", "pas", "plus", "jamais", "no", "not", "cant", "cannot", "wont",
    "nao", "hayir", "yok", "لا", "لن", "ما", "مش", "ليس",
}  # fmt: skip
# Said of oneself, these deny all alone.
CANNOT = {
    "impossible", "empeche", "empechee", "empechement", "annule", "annulez", "absent", "absente",
    "absents", "desiste", "imposible", "ausente", "impossivel", "gelemem", "gelemiyorum",
    "gelemeyiz", "gelemeyecegim", "gelemeyecegiz", "gelmiyorum", "gelmeyecegim", "gelemiyoruz",
    "imkansiz", "مستحيل", "معتذر", "اعتذر", "نعتذر", "غائب", "مانقدرش", "مانجيش",
}  # fmt: skip
# Beside a denial they say what is denied; alone they say nothing.
CAN = {
    "peux", "peut", "pouvons", "pourrai", "pourrons", "pourra", "pourrais", "venir", "assister",
    "possible", "can", "able", "make", "puedo", "podemos", "podre", "podremos", "posible", "ir",
    "asistir",
    "posso", "poderei", "conseguirei", "consigo", "vir", "possivel", "mumkun", "استطيع", "نستطيع",
    "يمكنني", "يمكننا", "اقدر", "نقدر", "نقدرش", "الحضور", "اتمكن", "نتمكن", "المجيء", "ممكن",
}  # fmt: skip
# These stand beside the others and change nothing.
BESIDE = {
    "je", "j", "on", "nous", "vous", "y", "en", "la", "le", "les", "l", "a", "au", "aux", "du",
    "de", "des", "d", "pour", "tous", "toutes", "bien", "sur", "sure", "desole", "desolee",
    "desoles", "helas", "malheureusement",
    "finalement", "finally", "finalmente", "afinal", "bonsoir", "est", "suis", "sommes", "serait",
    "ce",
    "c", "cette", "ca", "va", "aussi", "avec", "moi", "mon", "ma", "mes", "atelier", "seance",
    "formation", "rendez", "rdv", "demain", "jour", "votre", "deux", "trois", "i", "we", "ll",
    "m", "re", "am", "are", "be", "to", "it", "the", "for", "sorry", "t", "with", "my", "all",
    "both", "us", "unfortunately", "tomorrow", "of", "course", "workshop", "session", "yo", "lo",
    "siento", "al", "el", "ahi", "alli", "voy", "poder", "con", "mi", "todos", "nosotros",
    "manana", "taller", "para", "me", "es", "seguro", "eu", "desculpe", "desculpem", "o", "os",
    "ao", "com", "minha", "meu", "amanha", "oficina", "certo", "e", "um", "uma", "ben", "biz",
    "maalesef", "uzgunum", "ozur", "dilerim", "yarin", "ile", "birlikte", "cok", "انا", "نحن",
    "ان", "شاء", "الله", "هناك", "مع", "غدا", "اسف", "اسفة", "عذرا", "للاسف", "الى", "في", "من",
    "و", "بكل", "تاكيد", "طبعا",
}  # fmt: skip
# Another date, when it is the whole message.
ANOTHER = {
    "autre date", "une autre date", "autre jour", "un autre jour", "autre seance",
    "une autre seance", "changer de date", "changer la date", "another date", "another day",
    "other date", "change the date", "otra fecha", "otro dia", "cambiar la fecha", "outra data",
    "outro dia", "mudar a data", "baska tarih", "baska bir tarih", "baska gun", "baska bir gun",
    "تاريخ اخر", "موعد اخر", "يوم اخر",
}  # fmt: skip
# Beside a denial they make it doubtful.
YES = {
    "oui", "ouii", "ouais", "yes", "si", "sim", "evet", "نعم", "ok",
}  # fmt: skip
# They may deny what was said before: "non, je viens".
A_NO = {
    "non", "nan", "no", "hayir",
}  # fmt: skip
# After one of those, they say that they do.
COMES_AFTER_ALL = {
    "viens", "vient", "venons", "viendrai", "viendrons", "serai", "serons", "sera", "come",
    "coming", "will", "there", "geliyorum", "geliyoruz", "gelecegim", "gelecegiz",
}  # fmt: skip
# They stand in any sentence, and count nobody but beside somebody else who comes.
SELF = {
    "moi", "je", "me", "i", "yo", "eu", "ben", "انا",
}  # fmt: skip
# Taken out first, so that the "pas" in them denies nothing.
NO_TROUBLE = re.compile(
    r"\b(?:pas de (?:soucis?|problemes?)|aucun probleme|pas seule?s?|no (?:problem|worries)"
    r"|not alone|sin problema|sem problema|sorun (?:yok|degil)|لا مشكلة|مافي مشكل)\b"
)
# What is left of "can't" without its apostrophe.
SHORTENED = re.compile(r"\b(?:can|won|don|couldn|wouldn) t\b")
# "plus" denies after these, and after "ne"; else it may be about more people.
NO_LONGER = re.compile(r"\b(?:n|ne)\b.*\bplus\b|\b(?:viens|vient|venons|peux|peut|pouvons) plus\b")
