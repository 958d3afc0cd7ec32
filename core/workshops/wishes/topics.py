"""Themes as teachers name them, in six languages; each also goes by its label in ``locale/``."""

import re
from collections.abc import Mapping
from functools import lru_cache

from core.people.consent import plain
from core.workshops.themes import THEMES

# The order in which they are offered: what teachers were trained in most comes first.
OFFERED = (
    "ia", "robotique", "programmation", "ecran_interactif", "tablettes", "webradio", "video",
    "realite_virtuelle", "impression_3d", "ent", "moodle", "pix", "medias", "reseaux_sociaux",
    "harcelement", "ecrans", "inclusion", "lecture", "langues", "mathematiques", "orientation",
    "projet", "fablab", "jeux_video", "donnees", "pronote", "educonnect", "controle_parental",
    "parentalite",
)  # fmt: skip
# Their words, parted by commas; "*" stands for any ending.
WORDS: Mapping[str, str] = {
    "controle_parental": "contrôle* parental*, control parental, parental control*, controlo"
    " parental, ebeveyn denetimi, ebeveyn kontrolü, الرقابة الابوية, المراقبة الابوية",
    "donnees": "rgpd, gdpr, kvkk, données*, vie privée, personal data, data protection, privacy,"
    " datos personales, protección de datos, privacidad, dados pessoais, proteção de dados,"
    " kişisel veri*, البيانات الشخصية, حماية البيانات, الخصوصية",
    "ecran_interactif": "écran* interacti*, tableau* interacti*, tableau* numérique*, tni, tbi,"
    " vpi, eni, interactive board*, interactive whiteboard*, interactive screen*, smartboard*,"
    " pizarra* interactiva*, pizarra* digital*, quadro* interativo*, akıllı tahta*,"
    " السبورة التفاعلية",
    "ecrans": "écran*, temps d'écran, screen time, screens, pantallas, ecrãs, telas, ekranlar,"
    " الشاشات",
    "educonnect": "éduconnect, edu connect, educonect",
    "ent": "ent, toutatice, enej, espace numérique de travail, environnement numérique de travail",
    "fablab": "fablab*, fab lab*",
    "harcelement": "harcèlement, cyberharcèlement, cyberbullying, bullying, acoso, ciberacoso,"
    " zorbalık, التنمر",
    "ia": "ia, i a, chatgpt, chat gpt, intelligence* artificielle*, artificial intelligence,"
    " inteligencia artificial, inteligência artificial, yapay zeka, الذكاء الاصطناعي",
    "impression_3d": "impression 3d, imprimante* 3d, 3d, 3d print*, impresión 3d, impresora* 3d,"
    " impressão 3d, impressora* 3d, 3d yazıcı*, الطباعة ثلاثية الابعاد",
    "inclusion": "inclusi*, handicap, besoins particuliers, dys, dyslexi*, accessib*, autis*,"
    " special needs, inclusão, kaynaştırma, özel eğitim, الدمج, الاعاقة",
    "jeux_video": "jeux vidéo*, jeu vidéo*, video game*, videojuego*, videojogo*, video oyun*,"
    " العاب الفيديو",
    "langues": "langue*, foreign languages, modern languages, idiomas, línguas, yabancı dil*,"
    " اللغات",
    "lecture": "lecture, fluence, reading, literacy, lectura, leitura, okuma, القراءة",
    "mathematiques": "math*, matemati*, mates, الرياضيات",
    "medias": "médias, éducation aux médias, emi, fake news, infox, désinformation,"
    " esprit critique, media literacy, media education, desinformación, desinformação,"
    " medya okuryazarlığı, التربية على الاعلام",
    "moodle": "moodle, moodel",
    "orientation": "orientation, métiers, parcoursup, careers, orientación, orientação, kariyer,"
    " التوجيه",
    "parentalite": "parentalité*, coéducation, parenting, parentalidad*, ebeveynlik, الوالدية",
    "pix": "pix",
    "programmation": "programm*, programa*, codage, coder, code, coding, scratch, python, microbit,"
    " micro bit, arduino, algorithm*, kodlama, البرمجة, برمجة",
    "projet": "projet*, pédagogie de projet, project*, proyecto*, projeto*, proje, المشاريع",
    "pronote": "pronote",
    "realite_virtuelle": "réalité virtuelle, réalité augmentée, vr, casque* vr, virtual reality,"
    " realidad virtual, realidade virtual, sanal gerçeklik, الواقع الافتراضي",
    "reseaux_sociaux": "réseau* socia*, social media, social networks, redes socia*, sosyal medya,"
    " مواقع التواصل, وسائل التواصل",
    "robotique": "robot*, thymio, ozobot, bluebot, blue bot, beebot, mbot, الروبوت*, روبوت*",
    "tablettes": "tablette*, tablet*, ipad*, classe* mobile*, الالواح الرقمية, اللوحات الرقمية",
    "video": "vidéo*, montage vidéo, stop motion, fond vert, video, video editing, filmmaking,"
    " الفيديو",
    "webradio": "webradio*, web radio*, podcast*, radio web, internet radyosu, radio, اذاعة مدرسية",
}
# Said around them, and saying nothing else.
BESIDE = {
    "et", "ou", "de", "du", "des", "d", "la", "le", "les", "l", "un", "une", "sur", "pour",
    "avec", "en", "classe", "formation", "formations", "je", "j", "veux", "voudrais",
    "aimerais", "interesse", "m", "moi", "aussi", "surtout", "plutot", "stp", "svp", "merci",
    "numerique", "and", "or", "the", "a", "an", "on", "about", "training", "i", "would",
    "like", "want", "please", "me", "too", "y", "o", "el", "los", "las", "una", "sobre",
    "formacion", "quiero", "quisiera", "por", "favor", "e", "os", "as", "uma", "formacao",
    "quero", "gostaria", "ve", "veya", "egitim", "egitimi", "istiyorum", "lutfen", "و", "او",
    "عن", "في", "تكوين", "اريد",
}  # fmt: skip
NOT = {
    "pas", "sauf", "ni", "plus", "not", "except", "no", "nunca", "nao", "exceto", "degil",
    "haric", "ليس", "الا", "لا",
}  # fmt: skip


def said_in(text: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The themes that *text* names, when it says nothing else.

    *labels* are their names in the language of whoever writes.
    """
    found, rest = _found(text, labels)
    return found if all(word in BESIDE for word in rest) else ()


def named_in(text: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The themes that *text* names; none when it says "not"."""
    found, rest = _found(text, labels)
    return () if NOT & set(rest) else found


def _found(text: str, labels: Mapping[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """The themes in *text*, and the words that are left."""
    pattern, themes = _pattern(tuple(labels.items()))
    words, found = plain(text), []
    for match in pattern.finditer(words):
        assert match.lastgroup
        found.append(themes[int(match.lastgroup[1:])])
    return tuple(dict.fromkeys(found)), pattern.sub(" ", words).split()


@lru_cache(maxsize=8)
def _pattern(labels: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """One pattern of everything that is said, the longest first; the theme of each group."""
    said = [(phrase, theme) for theme in THEMES for phrase in WORDS[theme].split(",")]
    said += [(label, theme) for theme, label in labels]
    said.sort(key=lambda one: -len(one[0]))
    parts = [f"(?P<g{number}>{_as_pattern(phrase)})" for number, (phrase, _) in enumerate(said)]
    # The Arabic "and" is written in one with the next word.
    return re.compile(rf"(?<!\w)و?(?:{'|'.join(parts)})(?!\w)"), tuple(name for _, name in said)


def _as_pattern(phrase: str) -> str:
    """Each word with any ending after a "*", else as it is or with an "s"."""
    ends = {True: r"\w*", False: "s?"}
    return " ".join(
        re.escape(plain(word)).replace(r"\ ", " ") + ends[word.endswith("*")]
        for word in phrase.split()
    )
