"""Words without the person in them: numbers, addresses and names become ``[…]``.

Careful rather than clever: what only might be a number is taken out too. Names are found by
the words before them ("mon fils", "je m'appelle"), never by lists of names. What stays can
still tell a story that somebody recognizes: staff read it, and nobody else.
"""

import re
import unicodedata

from core.people.consent import plain

SIGN = "[…]"
NAMES_MOST = 4  # words: "Anne Le Goff et Paul"

WEB = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)+/\S+", re.IGNORECASE)
MAIL = re.compile(
    r"[\w.+-]+(?:@|\s@\s|\s?[(\[]at[)\]]\s?)[\w-]+(?:\.[\w-]+)*"
    r"|(?:[\w.+-]+\s)?[\w.+-]+\s(?:arobase|arobas)\s[\w.-]+(?:\s(?:point|dot)\s\w+)*",
    re.IGNORECASE,
)
AT_NAME = re.compile(r"@\w[\w.]*")
STREET = re.compile(
    r"\b\d{1,4}\s?(?:bis|ter)?,?\s+(?:rue|avenue|av\.?|boulevard|bd|impasse|place|chemin|allée|"
    r"allee|route|quai|square)\s+(?:(?:de|du|des|la|le|les)\s+|[dl]['’])*[\w'’-]+",
    re.IGNORECASE,
)
# A word with a digit in it after these; "mon mot de passe est oublié" stays.
SECRET = re.compile(
    r"\b(mot de passe|mdp|codes?|identifiant|login|password|contraseña|senha|şifrem?)"
    r"(\s*(?:c['’]?est|est|is|es|é|:|=)\s*)(?=\S*\d)\S+",
    re.IGNORECASE,
)
SCHOOL_YEAR = r"(?<!\d)20\d\d\s?[-/]\s?20\d\d(?!\d)"
# Six digits together with what is tied to them (a code, a student's number), or seven however
# they are spaced (a telephone, a birth date).
DIGITS = re.compile(
    rf"(?P<year>{SCHOOL_YEAR})|\w*\d{{6,}}\w*|(?:\+\s?)?\(?\d(?:[\s.,:;/()_·\-–]{{0,3}}\d){{6,}}"
)
# What announces a name. After a *called* one the next word is a name, capital or not.
ANNOUNCED = re.compile(
    r"(?<!\w)(?:(?P<called>je m['’]?\s?appell?e|my name is|me llamo|chamo-me|me chamo|"
    r"meu nome é|(?:pré)?nom\s?:|benim adım|adım|ismim|اسمي|اسمه|اسمها)\s+|(?:"
    r"(?:petite?[- ])?(?:fils|filles?|enfants?|garçon|gamine?|ado|élèves?|eleves?|mari|femme|"
    r"maman|papa|frère|sœur|soeur|neveu|nièce|prof|professeure?|maître|maîtresse|directeur|"
    r"directrice)|monsieur|madame|mademoiselle|mme|mlle|mr|m\.|mrs|miss|je suis|s['’]appelle|"
    r"cordialement|bien à vous|my (?:son|daughter|child)|mi (?:hijo|hija)|se llama|"
    r"(?:meu|minha) (?:filho|filha)|i am|i'm|(?:his|her) name is|oğlum|kızım"
    r")[\s,.:]*(?<!\w))",
    re.IGNORECASE,
)
PARTICLES = re.compile(
    r"(?:(?:de|du|la|le|ben|bin|el|al|da|do|dos|van|von|et|and)\s+|[dl]['’])*", re.I
)
WORD = re.compile(r"\w[\w'’-]*")
# Words with a capital that are no names where a name could stand: "mon fils ENT bloqué".
OURS = {
    "ent", "educonnect", "edu", "pronote", "tne", "toutatice", "enej", "pix", "cap", "bts", "ulis",
    "segpa", "cp", "ce1", "ce2", "cm1", "cm2", "ecole", "college", "lycee", "je", "il", "elle",
    "vienne", "finistere", "sms", "telegram", "no", "i",
}  # fmt: skip


def redact(text: str) -> str:
    """*text* with ``[…]`` in the place of what could name or reach somebody.

    School years ("2026-2027") and short numbers (3018, a postcode, an age) stay.
    """
    text = unicodedata.normalize("NFC", text)
    for pattern in (WEB, MAIL, AT_NAME, STREET):
        text = pattern.sub(SIGN, text)
    text = SECRET.sub(rf"\1\2{SIGN}", text)
    text = DIGITS.sub(lambda found: found[0] if found["year"] else SIGN, text)
    return _without_names(text)


def _without_names(text: str) -> str:
    kept: list[str] = []
    at = 0
    while found := ANNOUNCED.search(text, at):
        kept.append(text[at : found.end()])
        at = _end_of_names(text, found.end(), bool(found["called"]))
        if at > found.end():
            kept.append(SIGN)
    return "".join([*kept, text[at:]])


def _end_of_names(text: str, at: int, any_word: bool) -> int:
    """Where the names that begin at *at* end; *at* itself when none does."""
    end = at
    for count in range(NAMES_MOST):
        particles = PARTICLES.match(text, end if not count else end + 1)
        word = WORD.match(text, particles.end()) if particles else None
        apart = not count or text[end : end + 1] == " "
        if word is None or not apart or not (_is_name(word[0]) or (any_word and not count)):
            return end
        end = word.end()
    return end


def _is_name(word: str) -> bool:
    return word[0].isupper() and plain(word) not in OURS


def says_something(redacted: str) -> bool:
    """Whether words are left once all that was taken out is out."""
    return any(char.isalpha() for char in redacted.replace(SIGN, ""))
