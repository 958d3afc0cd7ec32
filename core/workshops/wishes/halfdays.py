"""Half-days of the week: which there are, how people write them, and on which dates they fall.

A half-day is "tue-pm". School is from Monday to Friday, Wednesday included, and on Saturday
morning.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from core.daytime import PARIS, public_holidays
from core.people.consent import plain

MORNING, AFTERNOON = BOTH = "am", "pm"
WEEK = ("mon", "tue", "wed", "thu", "fri")
HALF_DAYS = (*(f"{day}-{half}" for day in WEEK for half in BOTH), "sat-am")
NAMES = (*WEEK, "sat", "sun")  # by date.weekday()
NOON = time(12, 30)  # the morning is before, the afternoon after

# How people write them, in our six languages and shortened; as consent.plain leaves words.
# "mon" is not Monday: it is French for "my".
DAY_WORDS: Mapping[str, str] = {
    word: day
    for day, words in {
        "mon": "lundi lundis lun monday mondays lunes segunda pazartesi الاثنين اثنين الاتنين",
        "tue": "mardi mardis tuesday tuesdays tue tues martes terca sali الثلاثاء ثلاثاء الثلاثا",
        "wed": "mercredi mercredis merc mer wednesday wednesdays wed miercoles quarta carsamba"
        " الاربعاء اربعاء الاربعا",
        "thu": "jeudi jeudis jeu thursday thursdays thu thurs jueves quinta persembe الخميس خميس",
        "fri": "vendredi vendredis ven vend friday fridays fri viernes sexta cuma الجمعة جمعة"
        " الجمعه",
        "sat": "samedi samedis sam saturday saturdays sat sabado cumartesi السبت سبت",
    }.items()
    for word in words.split()
}
HALF_WORDS: Mapping[str, tuple[str, ...]] = {
    word: halves
    for halves, words in {
        (MORNING,): "matin matins matinee matinees mat am morning mornings manana mananas manha"
        " manhas sabah sabahi sabahlari صباحا صباح الصباح الصبح",
        (AFTERNOON,): "apresmidi aprem aprems apm pm afternoon afternoons tarde tardes ogledensonra"
        " مساء المساء بعدالظهر العشية",
        BOTH: "journee journees jour jours semaine day days week dia dias gun يوم اليوم الايام"
        " الاسبوع",
    }.items()
    for word in words.split()
}
EVERY = {
    "tous", "toute", "toutes", "every", "all", "todos", "todas", "todo", "toda", "her", "كل",
}  # fmt: skip
# Said around them, and saying nothing else.
BESIDE = {
    "le", "la", "les", "l", "et", "ou", "de", "du", "des", "en", "au", "a", "je", "suis",
    "libre", "libres", "dispo", "disponible", "disponibles", "plutot", "on", "the", "and",
    "or", "of", "i", "free", "available", "in", "at", "y", "o", "por", "las", "los", "el",
    "estoy", "e", "as", "os", "feira", "sou", "estou", "livre", "ve", "veya", "gunu",
    "gunleri", "musaitim", "bosum", "في", "و", "او", "انا", "متاح",
}  # fmt: skip
NOT = {
    "pas", "sauf", "jamais", "ni", "not", "except", "never", "no", "nunca", "excepto", "nao",
    "exceto", "degil", "haric", "ليس", "الا", "لا",
}  # fmt: skip
TOGETHER = (
    (re.compile(r"\bapres\s?m(?:idi)?s?\b"), "apresmidi"),
    (re.compile(r"\bogleden sonra(?:lari)?\b"), "ogledensonra"),
    (re.compile(r"\bبعد (?:الظهر|الزوال)\b"), "بعدالظهر"),
    (re.compile(r"\bi am\b"), "i"),
)


def said_in(text: str) -> tuple[str, ...]:
    """The half-days that *text* names, when it says nothing else; "mardi" is all of Tuesday.

    "mardi après-midi et mercredi matin", "lundi et jeudi matin", "le matin", "صباح الاثنين".
    """
    words = _words(text)
    if not all(
        word in BESIDE or word in EVERY or word in DAY_WORDS or word in HALF_WORDS for word in words
    ):
        return ()
    return named_in(text)


def named_in(text: str) -> tuple[str, ...]:
    """The half-days that *text* names, in the order of the week; none when it says "not"."""
    words = _words(text)
    named = [word for word in words if word in DAY_WORDS or word in HALF_WORDS]
    if not named or NOT & set(words):
        return ()
    if not any(word in DAY_WORDS for word in named):
        return _all_week(words, named)
    # "mornings of Monday" is read from its end.
    return _paired(named if named[0] in DAY_WORDS else named[::-1])


def _all_week(words: list[str], named: list[str]) -> tuple[str, ...]:
    """ "le matin" is every morning, "tous les jours" the whole week; "ce jour" is nothing."""
    halves = {half for word in named if len(HALF_WORDS[word]) == 1 for half in HALF_WORDS[word]}
    if not halves and EVERY & set(words):
        halves = {*BOTH}
    return _sorted({f"{day}-{half}" for day in WEEK for half in halves})


def _paired(named: list[str]) -> tuple[str, ...]:
    """Days, and the halves that follow them; a day that none follows is a whole one."""
    found: set[str] = set()
    days: list[str] = []
    closed = False  # the days have their half, and may get another: "lundi matin et après-midi"
    for word in named:
        if word in DAY_WORDS:
            days = [] if closed else days
            closed = False
            days.append(DAY_WORDS[word])
        else:
            found |= {f"{day}-{half}" for day in days for half in HALF_WORDS[word]}
            closed = True
    if not closed:
        found |= {f"{day}-{half}" for day in days for half in BOTH}
    return _sorted(found)


def covered(starts_at: datetime, ends_at: datetime) -> frozenset[str]:
    """Every half-day that a session from *starts_at* to *ends_at* (aware) lies in.

    Also those that are none of HALF_DAYS ("sun-am"): nobody is free then.
    """
    starts, ends = starts_at.astimezone(PARIS), ends_at.astimezone(PARIS)
    found = set()
    day = starts.date()
    while day <= ends.date():
        noon = datetime.combine(day, NOON, PARIS)
        name = NAMES[day.weekday()]
        midnight = datetime.combine(day, time(), PARIS)
        if starts < noon and ends > midnight:
            found.add(f"{name}-{MORNING}")
        if ends > noon and starts < midnight + timedelta(days=1):
            found.add(f"{name}-{AFTERNOON}")
        day += timedelta(days=1)
    return frozenset(found)


def school_days(first: date, last: date) -> Iterator[tuple[date, str]]:
    """Each half-day of school from *first* to *last*, both included, but on public holidays.

    School holidays are not left out: nothing here knows them.
    """
    day = first
    while day <= last:
        if day not in public_holidays(day.year):
            for half in BOTH:
                name = f"{NAMES[day.weekday()]}-{half}"
                if name in HALF_DAYS:
                    yield day, name
        day += timedelta(days=1)


def _words(text: str) -> list[str]:
    said = plain(text)
    for pattern, word in TOGETHER:
        said = pattern.sub(word, said)
    return [_bare(word) for word in said.split()]


def _bare(word: str) -> str:
    """Without the Arabic "and" that is written in one with the next word."""
    rest = word.removeprefix("و")
    return rest if rest in DAY_WORDS or rest in HALF_WORDS else word


def _sorted(found: set[str]) -> tuple[str, ...]:
    return tuple(name for name in HALF_DAYS if name in found)
