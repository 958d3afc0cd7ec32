"""Rules of one line each: consent, languages, SMS, the vault, settings."""

import gc
import json
from pathlib import Path

import pytest
from sqlalchemy import event

from core import reading, sms
from core.db import find
from core.languages import LANGUAGES, Languages
from core.people.consent import Wish, wish
from core.people.contacts import Contact
from core.settings import SettingError, Settings
from core.vault import Vault, VaultError, make_keyring
from core.wording import STAFF, Wording
from tests.world import NOON, ROOT, the_languages


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop svp", " Stop. ", "ARRÊT", "Désinscrire", "stop merci", "/stop", "توقف من فضلك",
     "unsubscribe please", "iptal"],
)  # fmt: skip
def test_stop_is_understood_when_it_is_the_whole_message(text):
    assert wish(text) is Wish.STOP


@pytest.mark.parametrize(
    "text",
    ["comment stopper les notifications de Pronote ?", "non stop", "le bus s'arrête où",
     "je veux arrêter les jeux vidéo de mon fils", "don't stop", "stop harcèlement"],
)  # fmt: skip
def test_stop_inside_a_question_is_a_question(text):
    assert wish(text) is None


def test_start_undoes_stop():
    assert wish("START") is wish("start svp") is Wish.START


@pytest.fixture(scope="module")
def languages() -> Languages:
    return the_languages()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("slt g oublié le mdp de l'ENT, qui peut m'aider ?", "fr"),
        ("I forgot my password for the school website", "en"),
        ("he olvidado la contraseña del ENT", "es"),
        ("esqueci-me da palavra-passe do ENT", "pt"),
        ("نسيت كلمة السر", "ar"),
        ("okul sitesinin şifresini unuttum", "tr"),
        ("sifremi unuttum ne yapmaliyim", "tr"),
        ("what does a conseiller numérique do for parents?", "en"),
        ("¿a qué hora abre la médiathèque?", "es"),
        ("o que são as France services?", "pt"),
        ("nsit le mot de passe dyal ENT chkoun y3awenni", "ar"),
    ],
)
def test_a_whole_question_tells_its_language(languages, text, language):
    assert languages.guess(text, "fr").language == language


@pytest.mark.parametrize("text", ["ok", "merci bcp", "ENT", "c koi", "?!", "", "12", "Pronote"])
@pytest.mark.parametrize("before", ["fr", "tr"])
def test_a_short_message_keeps_the_language_of_before(languages, text, before):
    guess = languages.guess(text, before)
    assert (guess.language, guess.sure) == (before, False)


@pytest.mark.parametrize(
    ("text", "language"), [("merhaba", "tr"), ("Sí", "es"), ("hola!", "es"), ("evet", "tr")]
)
def test_one_word_tells_when_it_is_a_message_of_one_language_only(languages, text, language):
    guess = languages.guess(text, "fr")
    assert (guess.language, guess.sure) == (language, False)
    assert languages.guess(text, "ar").language == "ar"


@pytest.mark.parametrize("name", ["Mehmet", "Poitiers", "Hello", "lol", "Fatou"])
def test_one_word_that_is_a_name_or_said_in_french_too_tells_nothing(languages, name):
    assert languages.guess(name, "fr").language == "fr"


def test_typography_is_spelled_in_the_cheap_alphabet():
    text = "Ça va ? Être à l’école « Jean Macé » … œuvre 👋"
    spelled = sms.spell(text)
    assert spelled == 'Ça va ? Etre à l\'école "Jean Macé" ... oeuvre'
    assert not sms.size(spelled).unicode


def test_arabic_keeps_its_letters_and_costs_unicode():
    assert sms.spell("مرحبا") == "مرحبا"
    assert sms.size("مرحبا").unicode


@pytest.mark.parametrize(("length", "segments"), [(160, 1), (161, 2), (306, 2), (307, 3)])
def test_segments_are_counted_as_operators_bill_them(length, segments):
    assert sms.size("a" * length).segments == segments


def test_an_address_opens_only_for_its_own_channel(vault):
    sealed = vault.seal("+33639980001", "sms")
    assert b"33639980001" not in sealed
    assert vault.open(sealed, "sms") == "+33639980001"
    with pytest.raises(VaultError):
        vault.open(sealed, "telegram")


def test_the_same_address_seals_differently_and_is_found_the_same(vault):
    assert vault.seal("x", "sms") != vault.seal("x", "sms")
    assert vault.index("x", "sms") == vault.index("x", "sms")
    assert vault.index("x", "sms") != vault.index("x", "telegram")


def test_what_an_older_key_sealed_stays_readable(tmp_path):
    path = tmp_path / "keys.json"
    make_keyring(path)
    old = Vault.read(path)
    sealed = old.seal("x", "sms")
    ring = json.loads(path.read_text())
    ring["keys"]["2"], ring["current"] = ring["index"], "2"
    path.write_text(json.dumps(ring))
    new = Vault.read(path)
    assert new.open(sealed, "sms") == "x"
    assert new.index("x", "sms") == old.index("x", "sms")


def test_a_keyring_is_private_and_never_overwritten(tmp_path):
    path = tmp_path / "keys.json"
    make_keyring(path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        make_keyring(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"index": "x", "current": "1", "keys": {}}'])
def test_a_broken_keyring_is_refused_in_words(tmp_path, text):
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(VaultError, match="keyring"):
        Vault.read(path)


def test_a_missing_keyring_says_how_to_make_one(tmp_path):
    with pytest.raises(VaultError, match="python -m bot keys"):
        Vault.read(tmp_path / "none.json")


def test_settings_are_cast_and_empty_means_default():
    settings = Settings.read({"LISTEN_PORT": "9000", "DEMO": "1", "RASA_TIMEOUT": ""})
    assert (settings.listen_port, settings.demo) == (9000, True)
    assert settings.rasa_timeout == Settings().rasa_timeout
    assert isinstance(settings.keys_file, Path)


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"LISTEN_PORT": "many"}, "LISTEN_PORT"),
        ({"DEMO": "maybe"}, "DEMO"),
        ({"TELEGRAM_TOKEN": "t", "PUBLIC_URL": "https://x"}, "TELEGRAM_WEBHOOK_SECRET"),
        ({"SMS_GATEWAY": "kannel"}, "SMS_WEBHOOK_KEY"),
        ({"TELEGRAM_TOKEN": "t", "TELEGRAM_STAFF_GROUP": "@team"}, "TELEGRAM_STAFF_GROUP"),
        ({"TELEGRAM_TOKEN": "t", "TELEGRAM_STAFF_GROUP": "100123"}, "TELEGRAM_STAFF_GROUP"),
        ({"TELEGRAM_STAFF_GROUP": "-100123"}, "TELEGRAM_TOKEN"),
        ({"DEMO": "1", "LISTEN_HOST": "0.0.0.0"}, "LISTEN_HOST"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(environ, name):
    with pytest.raises(SettingError, match=name):
        Settings.read(environ)


def test_a_sentence_missing_in_a_language_is_said_in_french(tmp_path):
    for language, text in (("fr", "Bonjour"), ("en", "")):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "tne.po").write_text(f'msgid "hello"\nmsgstr "{text}"\n')
    wording = Wording(tmp_path)
    assert wording.say("hello", "en") == wording.say("hello", "tr") == "Bonjour"
    with pytest.raises(KeyError):
        wording.say("nothing", "en")


def test_staff_are_spoken_to_in_french_and_english():
    wording = Wording(ROOT / "locale", STAFF)
    for language in ("fr", "en"):
        assert wording.say("check.ok", language, count=3)
    assert len(LANGUAGES) == 6


@pytest.mark.parametrize(
    ("text", "language"),
    [("English please", "en"), ("tu peux parler en anglais stp ?", "en"), ("Türkçe lütfen", "tr"),
     ("تكلم بالعربية", "ar"), ("en español por favor", "es"), ("Pode falar português?", "pt"),
     ("je voudrais en français svp", "fr"), ("ingilizce", "en")],
)  # fmt: skip
def test_a_language_is_asked_for_by_its_name(text, language):
    assert reading.language_wish(text) == language


@pytest.mark.parametrize(
    "text", ["des cours de français ?", "is the English teacher ill", "anglais et arabe", "", "moi"]
)
def test_a_question_about_a_language_asks_for_none(text):
    assert reading.language_wish(text) is None


def test_what_is_not_there_is_asked_once_and_found_when_it_comes(sessions):
    asked = []
    event.listen(sessions.kw["bind"], "before_cursor_execute", lambda *a: asked.append(a[2]))
    with sessions() as session:
        assert find(session, Contact, 1) is None
        before = len(asked)
        assert find(session, Contact, 1) is None
        assert len(asked) == before
        session.add(Contact(id=1, language="fr", created_at=NOON, seen_at=NOON))
        session.flush()
        gc.collect()  # the session holds no row that nobody holds
        assert find(session, Contact, 1).language == "fr"
        session.delete(find(session, Contact, 1))
        session.flush()
        assert find(session, Contact, 1) is None
        session.commit()
        with sessions.begin() as other:
            other.add(Contact(id=1, language="tr", created_at=NOON, seen_at=NOON))
        assert find(session, Contact, 1).language == "tr"
