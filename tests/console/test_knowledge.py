"""Answering once what was missed, editing content without breaking it, training and publishing."""

import json
import re
from html import unescape

import pytest
import yaml
from sqlalchemy import select

from bot import publication, publishing
from core.audit import Audit
from core.console import content
from core.console.members import StaffMember, StaffRole
from core.content.check import check
from core.content.load import load
from core.content.translations import fingerprint
from core.languages import LANGUAGES
from core.learning import alike
from core.learning.missed import MissedQuestion, MissedState, WantsAnswer
from core.outbox.delivery import Cause, Delivery
from core.settings import Settings
from tests.console.office import Office, fields_of
from tests.console.test_hostile import SCRIPT
from tests.console.test_sessions import queries
from tests.core.workshops.shop import somebody
from tests.world import NOON, ROOT, a_question, the_library, write_content

HERE = "/knowledge/content/mot_de_passe/national/fr"
ANSWERED = {
    "title": "Tablette cassée", "subject": "ent", "answer": "Apportez-la au collège.\n\nElle est "
    "réparée.", "sms": "Apportez-la au collège.", "source": "guide.md §2",
}  # fmt: skip


@pytest.fixture
def office(sessions, vault, tmp_path):
    """One of a content with two questions, one translated."""
    root = write_content(tmp_path / "content", a_question(), a_question("notes", title="Notes"))
    french = load(root).questions["mot_de_passe"].words["national"]
    entry = {
        "id": "mot_de_passe", "of": fingerprint(french), "checked": "machine",
        "title": "Password", "answer": "Ask the school.\n", "sms": "Ask the school.\n",
    }  # fmt: skip
    path = root / "translations/en/national/ent.yml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump({"title": "ENT", "questions": [entry]}, sort_keys=False))
    return Office(
        sessions, vault,
        Settings(locale_dir=ROOT / "locale", telegram_bot_name="tne_bot", content_dir=root),
    )  # fmt: skip


def missed(office, *texts, wanted_by=None):
    with office.sessions.begin() as session:
        for text in texts:
            row = MissedQuestion(
                text=text, language="fr", reason="unanswered", asked_on=NOON.date()
            )
            session.add(row)
            session.flush()
            if wanted_by is not None:
                address = somebody(session, office.vault, wanted_by)
                session.add(
                    WantsAnswer(
                        missed_id=row.id, contact_id=address.contact_id, address_id=address.id,
                        agreed_at=office.now,
                    )
                )  # fmt: skip


def text_of(office, file="national/ent.yml"):
    return (office.settings.content_dir / file).read_text()


def states(office):
    with office.sessions.begin() as session:
        return [one.state for one in session.scalars(select(MissedQuestion))]


def logged(office):
    with office.sessions.begin() as session:
        return [(row.action, row.subject) for row in session.scalars(select(Audit))]


def test_questions_that_look_alike_are_one_group_and_others_are_not(office):
    missed(office, "ma tablette est cassée", "Ma tablete est cassé !", "c'est quoi la cantine ?")
    page = office.signed_in(StaffRole.ORGANIZER).get("/knowledge").text
    assert page.count("/console/knowledge/groups/") == 2
    assert "demandé 2 fois" in page
    assert "réunies par ressemblance des mots" in page


def test_grouping_is_quick_and_forgets_nobody():
    texts = {
        number: f"question numéro {number * 7919 % 1000} sur la tablette" for number in range(1000)
    }
    groups = alike.together(texts)
    assert sorted(one for group in groups for one in group.ids) == list(range(1000))


def test_a_group_is_answered_once_completed_and_put_online_and_who_asked_is_told(office):
    missed(office, "ma tablette est cassée", "ma tablette est cassé", wanted_by=1)
    missed(office, "rien à voir")
    browser = office.signed_in()
    reply = browser.post("/knowledge/groups/1/answer", ANSWERED)
    there = "/console/knowledge/drafts/tablette_cassee"
    assert reply.headers["location"] == f"{there}?said=drafted&count=2"
    assert states(office) == [MissedState.ANSWERED, MissedState.ANSWERED, MissedState.OPEN]
    page = browser.get("/knowledge/drafts/tablette_cassee").text
    assert "ma tablette est cassée" in page
    refused = browser.post("/knowledge/drafts/tablette_cassee/publish")
    assert refused.status_code == 422  # it lacks examples
    assert "tablette_cassee" not in text_of(office)
    examples = {
        f"field.examples.{one}": "\n".join(f"tablette {one} {number}" for number in range(10))
        for one in LANGUAGES
    }
    saved = browser.sends("/knowledge/drafts/tablette_cassee", do="save", **examples)
    assert "said=edited" in saved.headers["location"]
    done = browser.post("/knowledge/drafts/tablette_cassee/publish")
    assert done.headers["location"] == "/console/knowledge?said=published&count=1"
    assert check(office.settings.content_dir) == []
    with office.sessions.begin() as session:
        told = session.scalars(select(Delivery).where(Delivery.cause == Cause.ANSWER)).all()
        assert {row.contact_id for row in told} == {1}
        assert "Apportez-la" in "".join(row.text for row in told)
    assert [action for action, _ in logged(office)] == [
        "question.drafted", "content.changed", "question.published",
    ]  # fmt: skip


def test_what_is_ticked_stays_to_be_answered(office):
    missed(office, "ma tablette est cassée", "ma tablette est cassee")
    browser = office.signed_in(StaffRole.ORGANIZER)
    browser.post("/knowledge/groups/1/answer", ANSWERED | {"apart.2": "1"})
    assert states(office) == [MissedState.ANSWERED, MissedState.OPEN]
    browser.post("/knowledge/groups/2/dismiss")
    assert states(office) == [MissedState.ANSWERED, MissedState.DISMISSED]


def test_a_group_that_a_colleague_answered_is_not_answered_again(office):
    missed(office, "ma tablette est cassée")
    browser = office.signed_in()
    browser.post("/knowledge/groups/1/answer", ANSWERED)
    assert browser.post("/knowledge/groups/1/answer", ANSWERED).status_code == 404


@pytest.mark.parametrize("wrong", [{"sms": "x" * 400}, {"title": ""}, {"subject": "../../x"}])
def test_an_answer_with_something_wrong_is_shown_again_and_nothing_is_written(office, wrong):
    missed(office, "ma tablette est cassée")
    reply = office.signed_in().post("/knowledge/groups/1/answer", ANSWERED | wrong)
    assert reply.status_code == 422
    assert "Apportez-la au collège." in reply.text
    assert states(office) == [MissedState.OPEN]
    assert not (office.settings.content_dir / "drafts").exists()


def test_an_edit_is_in_place_at_once_and_leaves_the_rest_of_the_file_as_it_was(office):
    before = text_of(office)
    reply = office.signed_in().sends(
        HERE, do="save", **{"field.sms": "Demandez : au collège # vite"}
    )
    assert "said=edited" in reply.headers["location"]
    question = load(office.settings.content_dir).questions["mot_de_passe"].words["national"]
    assert question.sms == "Demandez : au collège # vite"
    assert question.checked_on == office.now.date()
    after = text_of(office)
    assert after[after.index("- id: notes") :] == before[before.index("- id: notes") :]
    assert logged(office) == [("content.changed", "question:mot_de_passe")]


def test_trying_shows_both_telephones_in_each_language_and_saves_nothing(office):
    before = text_of(office)
    page = office.signed_in().sends(HERE, do="try", **{"field.answer": "Voici la réponse."})
    assert page.status_code == 200
    assert "pas encore enregistré" in unescape(page.text)
    assert page.text.count('class="phone"') >= 2 * len(LANGUAGES)
    assert "Voici la réponse." in page.text
    assert text_of(office) == before


@pytest.mark.parametrize(
    "bad",
    [
        {"field.sms": "x" * 400}, {"field.answer": ""}, {"field.title": "t" * 40},
        {"field.answer": "Il y a {mystere}."}, {"field.examples.fr": "un seul"},
        {"field.examples.en": "notes en exemple 1\nb\nc"},
    ],
)  # fmt: skip
def test_a_bad_edit_says_what_to_do_and_never_reaches_the_assistant(office, bad):
    before = text_of(office)
    reply = office.signed_in().sends(HERE, do="save", **bad)
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert text_of(office) == before
    assert logged(office) == []


@pytest.mark.parametrize(
    "text",
    ["- id: autre", "a: b\n- c", "{{ x", "é\x00\x07t\x1b", '"', "|", "#", "'",
     "  deux\n\n\n  fin  ", "---", "...", "%YAML",
     "!!python/object:os.system x", "&a *a", "\u2028x", "؟ نعم", "\ufeffx"],
)  # fmt: skip
def test_whatever_is_typed_is_text_in_the_file(office, text):
    reply = office.signed_in().sends(HERE, do="save", **{"field.answer": f"Bonjour {text}"})
    root = office.settings.content_dir
    assert check(root) == []
    assert set(load(root).questions) == {"mot_de_passe", "notes"}
    if reply.status_code == 303:
        assert load(root).questions["mot_de_passe"].words["national"].answer.startswith("Bonjour")


def test_two_who_edit_one_question_the_second_is_told_and_decides(office):
    first, second = office.signed_in(), office.signed_in()
    form = fields_of(second.get(HERE).text)
    first.sends(HERE, do="save", **{"field.answer": "Le texte de l'autre."})
    mine = form | {"csrf": second.csrf, "do": "save", "field.answer": "Le mien."}
    reply = second.post(HERE, mine)
    assert reply.status_code == 409
    assert "Le texte de l&#39;autre." in reply.text
    assert "Le mien." in reply.text
    assert "Le texte de l'autre." in text_of(office)
    again = second.post(HERE, fields_of(reply.text) | {"csrf": second.csrf, "do": "save"})
    assert again.status_code == 303
    assert "Le mien." in text_of(office)


def test_two_who_edit_two_questions_of_one_file_both_are_kept(office):
    other = HERE.replace("mot_de_passe", "notes")
    first, second = office.signed_in(), office.signed_in()
    form = fields_of(second.get(other).text)
    first.sends(HERE, do="save", **{"field.answer": "Un."})
    second.post(other, form | {"do": "save", "field.answer": "Deux."})
    assert "Un." in text_of(office)
    assert "Deux." in text_of(office)


@pytest.mark.parametrize(
    "path",
    ["/knowledge/content/..%2f..%2fetc/national/fr", "/knowledge/content/mot_de_passe/../fr",
     "/knowledge/content/mot_de_passe/national/..", "/knowledge/content/mot_de_passe/vienne/fr",
     "/knowledge/content/mot_de_passe/national/xx", "/knowledge/content/mot_de_passe/tables/fr",
     "/knowledge/drafts/..%2fnational%2fent", "/knowledge/drafts/%2e%2e", "/knowledge/drafts/x%00"],
)  # fmt: skip
def test_only_names_that_are_known_lead_to_a_file(office, path):
    browser = office.signed_in()
    before = text_of(office)
    assert browser.get(path).status_code in (404, 405)
    fields = {"do": "save", "was": "", "field.answer": "x"}
    assert browser.post(path, fields).status_code in (404, 405)
    assert text_of(office) == before


def test_a_field_that_the_question_has_not_is_not_heard(office):
    reply = office.signed_in().sends(
        HERE,
        do="save",
        **{"field.kind": "sensitive", "field.id": "autre", "field.cases.x.sms": "y"},
    )
    assert reply.status_code == 303
    assert "sensitive" not in text_of(office)
    assert "autre" not in text_of(office)


def test_an_organizer_answers_and_does_not_edit_or_publish(office):
    browser = office.signed_in(StaffRole.ORGANIZER)
    page = browser.get("/knowledge").text
    assert "/console/knowledge/content" not in page
    assert browser.get(HERE).status_code == 403
    assert browser.post("/knowledge/publish").status_code == 403


def test_a_translation_is_signed_only_for_the_french_that_was_read(office):
    browser = office.signed_in()
    page = browser.get("/knowledge/translations?language=en").text
    assert "Faite par une machine" in page
    (of,) = set(re.findall(r'name="of" value="(\w+)"', page))
    there = "/knowledge/content/mot_de_passe/national/en/sign"
    assert "said=not_signed" in browser.post(there, {"of": "00000000"}).headers["location"]
    assert "said=signed" in browser.post(there, {"of": of}).headers["location"]
    assert "checked: human" in text_of(office, "translations/en/national/ent.yml")
    assert logged(office) == [("translation.signed", "question:mot_de_passe")]


def test_an_old_translation_is_mended_beside_the_french(office):
    browser = office.signed_in()
    browser.sends(HERE, do="save", **{"field.answer": "Nouveau texte."})
    there = HERE.replace("/fr", "/en")
    page = browser.get(there).text
    assert "Nouveau texte." in page
    browser.sends(there, do="save", **{"field.answer": "New text."})
    said = load(office.settings.content_dir).questions["mot_de_passe"].said["en"]["national"]
    assert (said.answer, said.checked) == ("New text.", "human")


def test_a_translation_that_is_missing_is_written(office):
    there = HERE.replace("/fr", "/tr")
    office.signed_in().sends(
        there, do="save",
        **{"field.title": "Parola", "field.answer": "Okula sorun.", "field.sms": "Okula sorun."},
    )  # fmt: skip
    question = load(office.settings.content_dir).questions["mot_de_passe"]
    assert question.said["tr"]["national"].answer == "Okula sorun."


def test_what_is_missed_and_written_is_text_on_every_page(office):
    missed(office, SCRIPT)
    browser = office.signed_in()
    browser.sends(HERE, do="save", **{"field.answer": f"Bonjour {SCRIPT}"})
    for path in ("/knowledge", "/knowledge/groups/1", HERE, "/knowledge/translations",
                 f"/knowledge/content?words={SCRIPT}"):  # fmt: skip
        page = browser.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


def test_a_question_with_the_words_in_its_title_is_found_first():
    admin = StaffMember(role=StaffRole.ADMINISTRATOR)
    found = content.find(admin, the_library(), "mot de passe", "", 1)
    assert found.total > 2  # answers and examples hold them too
    assert found.shown[0].title == "Mot de passe oublié"


def test_publishing_begins_once_and_is_written_down(office, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    browser = office.signed_in()
    assert "said=publishing&" in browser.post("/knowledge/publish").headers["location"]
    assert "said=publishing_already" in browser.post("/knowledge/publish").headers["location"]
    assert logged(office) == [("model.publishing", "model")]


@pytest.mark.parametrize(
    ("stage", "words"),
    [("training", "Interrompu"), ("done", "Publié"), ("worse", "Publier quand même")],
)
def test_the_page_says_how_far_it_is_and_what_became_of_it(
    office, tmp_path, monkeypatch, stage, words
):
    monkeypatch.chdir(tmp_path)
    row = {"group": SCRIPT, "asked": 10, "right": [9, 8], "wrong": [1, 2], "worse": True}
    publication.Report().stage(stage, rows=[row], spoilt=["mon mdp"])
    page = office.signed_in().get("/knowledge/publish").text
    assert words in page
    assert "9 → 8" in page
    assert "<script>alert" not in page


def test_while_it_runs_the_page_asks_for_news_only(office, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report = publication.Report()
    report.stage("judging_new")
    report.tell(done=3, of=40)
    browser, asked = office.signed_in(), {"hx-request": "true"}
    with publishing.scratch():
        report.stage("judging_new", done=3, of=40)
        piece = browser.http.get("/console/knowledge/publish/now", headers=asked)
        assert "3 questions sur 40" in piece.text
        have = json.loads(publication.REPORT.read_text())["at"]
        again = browser.http.get(f"/console/knowledge/publish/now?have={have}", headers=asked)
        assert again.status_code == 204
        assert publication.start() is False


def test_pages_of_knowledge_ask_as_often_however_much_was_missed(office):
    browser = office.signed_in()
    missed(office, "ma tablette est cassée")
    few = queries(office, browser, "/knowledge")
    missed(office, *(f"{name} est {name[::-1]}" for name in map(str, range(100, 160))))
    assert queries(office, browser, "/knowledge") == few
    assert few <= 12
