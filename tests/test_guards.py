"""What people forget: each guard here fails when something was added on one side only."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from sqlalchemy import inspect

from actions.answer import NAME
from actions.understood import COLLEGE, COMMUNE, DETAILS
from bot.building import SHOWN, telegram_menus
from bot.channels.sms_text import written as written_by_sms
from bot.migrate import alembic_config, upgrade
from core.answers import Listener, Outcome
from core.content.check import check
from core.content.load import load
from core.content.model import LOOKUPS, QuestionKind
from core.content.translations import gaps, written
from core.conversation import COMMANDS, PICKS
from core.db import Base, make_engine
from core.languages import LANGUAGES
from core.lookups import LOOKUP
from core.messages import Kind, Outgoing
from core.settings import Settings
from core.sms import size
from core.texts import OUTCOMES
from core.vault import Vault
from core.wording import Wording
from core.workshops.themes import THEMES
from tests.world import ROOT, texts_of, the_library, the_services


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [ROOT / name for name in names if name]


def test_the_content_has_no_problem():
    assert check(ROOT / "content") == []


def test_every_answer_exists_in_every_language_and_follows_the_french():
    root = ROOT / "content"
    found = gaps(load(root).questions, written(root))
    assert [gap for gap in found if gap.why != "machine"] == []


def test_every_setting_is_documented_with_its_default():
    lines = (ROOT / ".env.example").read_text().splitlines()
    documented = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    assert Settings.read(documented) == Settings()
    assert {name.lower() for name in documented} == set(Settings.__dataclass_fields__)


def said(message: Message) -> str:
    """All its plural forms together; nothing while one of them is missing."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return "\n".join(forms) if all(forms) else ""


@pytest.mark.parametrize(("domain", "languages"), [("tne", LANGUAGES), ("staff", ("fr", "en"))])
def test_every_sentence_exists_in_every_language_with_the_same_fields(domain, languages):
    catalogues = {}
    for language in languages:
        with (ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
            catalogue = read_po(file)
        assert not [message for message in catalogue if message.fuzzy and message.id]
        catalogues[language] = {one.id: said(one) for one in catalogue if said(one) and one.id}
    french = catalogues.pop("fr")
    for language, sentences in catalogues.items():
        # French needs no excuse for being French.
        assert set(sentences) - {"excuse.french"} == set(french), language
        for key, text in sentences.items():
            fields = set(re.findall(r"{(\w+)}", text))
            assert fields == set(re.findall(r"{(\w+)}", french.get(key, ""))), (language, key)


def test_every_sentence_that_the_code_names_exists_and_no_other():
    written = [path for path in tracked() if path.suffix in (".py", ".html")]
    code = "".join(path.read_text() for path in written if "tests" not in path.parts)
    for domain in ("tne", "staff"):
        with (ROOT / f"locale/fr/LC_MESSAGES/{domain}.po").open("rb") as file:
            ids = [message.id for message in read_po(file) if message.id]
            keys = {one if isinstance(one, str) else one[0] for one in ids}
        made = re.compile(
            r"(event|territory|reminder|notice|rate|silence|command|cli|translations|group|judged|verdict|publish|form|mine|reason|refused|theme|wish|wishes)"
            r"\.[\w.-]+$|.*\.sms$"
            # What a page makes of a role, a state, a field.
            r"|console\.(audience|add.wrong|channel|did|log\.of|log\.who|edit_content|folk|field|kind|mark|move.wrong|results|role|said|sign_up|state|talk|territory|training|translations|trouble|when)\."
        )
        unused = {key for key in keys if f'"{key}"' not in code and not made.match(key)}
        assert not unused


def test_every_command_that_is_shown_does_something():
    library, wording = the_library(), Wording(ROOT / "locale")
    known = {*COMMANDS, *the_services(library, Vault(bytes(32), {"1": bytes(32)}, "1")).commands()}
    assert set(SHOWN) <= known
    for menu in telegram_menus(wording).values():
        assert all(3 <= len(does) <= 256 for does in menu.values())  # core.telegram.org/bots/api


def test_every_kind_lookup_and_choice_is_known_on_both_sides():
    assert set(LOOKUP) == set(LOOKUPS)
    assert set(OUTCOMES) == set(QuestionKind)
    assert set(OUTCOMES.values()) <= set(Outcome)
    assert {"stop", "start", "aide", "langue"} <= set(COMMANDS)
    assert "question" in PICKS


def test_rasa_knows_our_actions_and_stays_private():
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    assert domain["actions"] == [NAME]
    for name in ("Procfile", "Dockerfile", "compose.yml", "Makefile", "nlu/serve.py"):
        assert "--enable-api" not in (ROOT / name).read_text()
    assert "python -m nlu.serve" in (ROOT / "Procfile").read_text()
    assert '"--interface", HOST' in (ROOT / "nlu/serve.py").read_text()
    for name in ("Dockerfile", "Makefile", "Procfile"):
        assert re.search(r"RASA_TELEMETRY_ENABLED\W+false", (ROOT / name).read_text())
    compose = yaml.safe_load((ROOT / "compose.yml").read_text())
    published = {name for name, service in compose["services"].items() if service.get("ports")}
    assert published == {"bot"}
    assert compose["networks"]["private"]["internal"] is True


def test_the_entities_of_the_domain_are_those_that_actions_read():
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    named = {name: how for entity in domain["entities"] for name, how in entity.items()}
    assert set(named) == {COMMUNE, COLLEGE, "elsewhere", *DETAILS}
    assert all(how == {"influence_conversation": False} for how in named.values())


def test_workshops_are_about_the_themes_that_are_understood():
    lines = (ROOT / "nlu/data/themes.tsv").read_text().splitlines()
    assert {line.split("\t")[2] for line in lines if line[0] != "#"} == set(THEMES)


def test_every_menu_fits_in_two_sms():
    library = the_library()
    texts, listener = texts_of(library), Listener(Kind.SMS)
    openings = ("menu.ask", "welcome", "unavailable", "relay.back")
    answers = [texts.menu(listener, key) for key in openings]
    answers += [texts.subject(subject.id, listener) for subject in library.subjects]
    for answer in answers:
        (bubble,) = answer.bubbles
        text = written_by_sms(Outgoing(1, "", bubble.text, bubble.choices))
        assert size(text).segments <= 2, text


def test_the_map_in_the_readme_names_everything_at_the_top():
    readme = (ROOT / "README.md").read_text()
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    missing = {name for name in top if f"`{name}`" not in readme and f"`{name}/`" not in readme}
    assert not missing


def test_no_file_holds_a_real_looking_mobile_number():
    # The range kept for fiction, and round numbers overseas, where no such range is known to us.
    fictional = re.compile(r"\+?33\s?6\s?39\s?98|06[\s.]?39[\s.]?98|069[02]000000")
    mobile = re.compile(r"(?:\+33\s?|\b0)[67](?:[ .]?\d\d){4}\b")
    for path in tracked():
        if path.suffix == ".py":
            for number in mobile.findall(path.read_text()):
                assert fictional.search(number), path


def test_migrations_make_the_tables_of_the_code_and_go_back(empty_database_url):
    upgrade(empty_database_url)
    engine = make_engine(empty_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    config = alembic_config(empty_database_url)
    command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(empty_database_url)
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()
