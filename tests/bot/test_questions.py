"""The weekly routine of staff: see what was missed, answer a group once, tell who asked."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from sqlalchemy import select

from bot.cli import grouping, questions
from bot.cli.main import main
from core.answers import Answer, Listener, Outcome
from core.content.load import load
from core.content.translations import fingerprint
from core.daytime import next_daytime, paris_day
from core.db import Base, make_engine, make_sessions
from core.languages import LANGUAGES
from core.learning import missed, thumbs
from core.learning.backlog import Together
from core.learning.missed import MissedQuestion, MissedState, WantsAnswer
from core.messages import Bubble
from core.outbox import delivery, posting
from core.outbox.delivery import Delivery
from core.people.contacts import AddressState, change_state, meet
from tests.world import ROOT, a_question, write_content

UNSURE = Answer((Bubble("Je ne sais pas."),), Outcome.FALLBACK, closest="mot_de_passe")
TABLET = "ma tablette est cassée"
CANTEEN = "à quelle heure est la cantine ?"
ANSWER = "Apportez la tablette au secrétariat.\n\nIl la fait réparer : c'est gratuit.\n"


@pytest.fixture
def office(tmp_path, vault, monkeypatch):
    office = Office(tmp_path, vault)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/office.db")
    monkeypatch.setenv("CONTENT_DIR", str(office.content))
    monkeypatch.setenv("LOCALE_DIR", str(ROOT / "locale"))
    yield office
    office.engine.dispose()


@pytest.fixture
def by_first_word(monkeypatch):
    """Grouping where the test is not about meaning: questions that begin alike."""

    def together(desk, texts):
        alike = {}
        for key, text in texts.items():
            alike.setdefault(text.split()[0].casefold(), []).append(key)
        return [Together(tuple(ids), ids[-1]) for ids in alike.values()]

    monkeypatch.setattr(questions, "together", together)


class Office:
    """A database with what people asked, a content folder, and the command line."""

    def __init__(self, folder, vault):
        self.folder, self.vault = folder, vault
        self.content = write_content(folder / "content", a_question())
        self.engine = make_engine(f"sqlite:///{folder}/office.db")
        Base.metadata.create_all(self.engine)
        self.sessions = make_sessions(self.engine)
        self.now = datetime.now(UTC)
        self._count = 0

    def asks(self, text, phone="+33639980001", wants=False, channel="sms", **who):
        """Somebody asks what nobody knows; the id of the missed question."""
        self._count += 1
        with self.sessions.begin() as session:
            address = meet(session, self.vault, channel, phone, self.now)
            shown = posting.reply(session, address, self._count, UNSURE.bubbles, self.now)
            missed.learn(session, shown, text, Listener(**who), UNSURE, self.now)
            if wants:
                missed.agree(session, shown[0], self.now)
            return session.scalars(select(MissedQuestion.id)).all()[-1]

    def stops(self, phone):
        with self.sessions.begin() as session:
            address = meet(session, self.vault, "sms", phone, self.now)
            change_state(address, AddressState.STOPPED, self.now)

    def answers(self, number, question_id="tablette_cassee", **changes):
        """The exit code of ``questions answer``."""
        (self.folder / "answer.txt").write_text(changes.pop("answer", ANSWER))
        (self.folder / "sms.txt").write_text(changes.pop("sms", "Au secretariat, c'est gratuit."))
        options = {
            "--id": question_id, "--subject": "ent", "--title": "Tablette cassée",
            "--source": "guide.md §1", "--answer": str(self.folder / "answer.txt"),
            "--sms": str(self.folder / "sms.txt"),
        } | {f"--{name}": value for name, value in changes.items()}  # fmt: skip
        given = [word for option in options.items() for word in option]
        return main(["questions", "answer", str(number), *given])

    def completes(self, question_id="tablette_cassee"):
        """A member of staff adds the examples that the draft lacks."""
        path = self.content / "drafts" / f"{question_id}.yml"
        body = yaml.safe_load(path.read_text())
        examples = body["questions"][0]["examples"]
        for language in LANGUAGES:
            more = [f"{question_id} {language} façon {number}" for number in range(10)]
            examples.setdefault(language, []).extend(more)
        path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False))

    def state(self):
        with self.sessions.begin() as session:
            rows = session.scalars(select(MissedQuestion).order_by(MissedQuestion.id))
            return [(row.state, row.answered_by) for row in rows]

    def sent(self):
        with self.sessions.begin() as session:
            query = select(Delivery).where(Delivery.cause == "answer").order_by(Delivery.id)
            return list(session.scalars(query))

    def waiting(self):
        with self.sessions.begin() as session:
            return len(session.scalars(select(WantsAnswer)).all())


def test_the_list_shows_groups_the_largest_first_and_what_is_known_of_them(
    office, by_first_word, capsys
):
    office.asks(CANTEEN)
    first = office.asks(TABLET, wants=True)
    office.asks("ma fille veut savoir, 06 39 98 00 01", "+33639980002", language="en")
    assert main(["questions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        f"n° {first} · demandée 2 fois · en 1, fr 1 · sans réponse 2 · 1 personne(s) à prévenir "
        "· la plus proche : mot_de_passe"
    )
    assert lines[1:3] == ["    ma fille veut savoir, […]", f"    {TABLET}"]
    assert "demandée 1 fois" in lines[3]


def test_nothing_to_answer_is_said(office, by_first_word, capsys):
    assert main(["questions"]) == 0
    assert capsys.readouterr().out == "Aucune question n'attend.\n"


def test_the_list_names_answers_that_people_did_not_like(office, by_first_word, capsys):
    office.asks(TABLET)
    with office.sessions.begin() as session:
        delivery = session.scalars(select(Delivery)).one()
        thumbs.press(session, delivery, "mot_de_passe", "fr", paris_day(office.now), False)
    main(["questions"])
    assert "Réponse à revoir : mot_de_passe · 👎 1, 👍 0" in capsys.readouterr().out


def test_the_list_forgets_what_is_too_old(office, by_first_word, capsys):
    office.now -= timedelta(days=100)
    office.asks(TABLET)
    main(["questions"])
    assert office.state() == []


def test_show_lists_every_question_of_a_group_by_any_of_its_numbers(office, by_first_word, capsys):
    first, second = office.asks(TABLET), office.asks("ma tablette est kc")
    assert main(["questions", "show", str(second)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"n° {first} ")
    assert "ma tablette est kc" in shown


def test_an_answer_becomes_a_draft_with_the_examples_filled_in(office, by_first_word, capsys):
    number = office.asks(TABLET)
    office.asks("ma tablette de Lucas, élève Lucas, est kc", "+33639980002")
    office.asks("Ma tablette est cassée !", "+33639980003")
    office.asks("ma tableta está rota", "+33639980004", language="es")
    other = office.asks(CANTEEN)
    assert office.answers(number) == 0
    text = (office.content / "drafts" / "tablette_cassee.yml").read_text()
    (entry,) = yaml.safe_load(text)["questions"]
    assert entry["examples"] == {"fr": [TABLET], "es": ["ma tableta está rota"]}
    assert (entry["answer"], entry["source"]) == (ANSWER, ["guide.md §1"])
    assert "    # tr : ajoutez" in text
    assert "TODO" not in text
    answered = (MissedState.ANSWERED, "tablette_cassee")
    assert office.state() == [answered] * 4 + [(MissedState.OPEN, None)]
    assert "tablette_cassee" not in load(office.content).questions
    assert "fr" in capsys.readouterr().out
    assert main(["questions", "show", str(other)]) == 0


def test_what_does_not_belong_can_be_left_out_of_the_answer(office, by_first_word):
    number, other = office.asks(TABLET), office.asks("ma fille est malade", wants=True)
    assert office.answers(number, **{"except": str(other)}) == 0
    assert [state for state, _ in office.state()] == ["answered", "open"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": "cuisine"}, "« cuisine »"),
        ({"question_id": "mot_de_passe"}, "existe déjà"),
        ({"question_id": "Pas-Un-Id"}, "minuscules"),
        ({"question_id": "../../menu"}, "minuscules"),
        ({"title": "Un titre beaucoup trop long pour un bouton"}, "pour tenir sur un bouton"),
        ({"sms": "a" * 307}, "306 au plus"),
        ({"sms": "مرحبا"}, "double son prix"),
        ({"answer": " "}, "il manque « answer »"),
        ({"answer": "{prix} euros"}, "accolades"),
    ],
)
def test_what_cannot_be_published_is_refused_with_a_reason_and_changes_nothing(
    office, by_first_word, capsys, changes, said
):
    number = office.asks(TABLET)
    before = (office.content / "national" / "ent.yml").read_text()
    assert office.answers(number, **changes) == 2
    assert said in capsys.readouterr().err
    assert not (office.content / "drafts").exists()
    assert (office.content / "national" / "ent.yml").read_text() == before
    assert office.state() == [(MissedState.OPEN, None)]


def test_a_group_that_does_not_exist_is_said_to_be(office, by_first_word, capsys):
    assert main(["questions", "show", "7"]) == 2
    assert "n° 7" in capsys.readouterr().err


def test_a_second_answer_of_the_same_name_is_refused(office, by_first_word, capsys):
    office.answers(office.asks(TABLET))
    assert office.answers(office.asks(CANTEEN)) == 2
    assert "existe déjà" in capsys.readouterr().err


def test_an_incomplete_draft_is_not_published_and_says_what_it_lacks(office, by_first_word, capsys):
    office.answers(office.asks(TABLET, wants=True))
    capsys.readouterr()
    assert main(["questions", "publish", "tablette_cassee"]) == 1
    assert (
        "drafts/tablette_cassee.yml:5: « tablette_cassee » a 1 exemple" in capsys.readouterr().out
    )
    assert "tablette_cassee" not in load(office.content).questions
    assert (office.sent(), office.waiting()) == ([], 1)


def published(office, **who):
    office.answers(office.asks(TABLET, wants=True, **who))
    office.completes()
    assert main(["questions", "publish", "tablette_cassee"]) == 0


def test_who_agreed_is_sent_the_answer_once_by_day_in_bulk(office, by_first_word, capsys):
    office.asks("ma tablette ?", "+33639980009")  # did not agree
    office.asks("ma tablette est kc", wants=True)  # the same person, twice
    published(office)
    assert load(office.content).questions["tablette_cassee"].title == "Tablette cassée"
    assert not list((office.content / "drafts").glob("*"))
    why, answer = office.sent()
    assert why.text == "Vous m'aviez demandé de vous prévenir : voici la réponse."
    assert answer.text == "Au secretariat, c'est gratuit."
    assert (answer.lane, answer.state) == (delivery.Lane.BULK, delivery.State.QUEUED)
    assert abs(answer.not_before - next_daytime(office.now)) < timedelta(minutes=5)
    assert office.waiting() == 0
    assert "1 personne(s) recevront la réponse" in capsys.readouterr().err
    assert main(["questions", "publish", "tablette_cassee"]) == 0
    assert len(office.sent()) == 2


def test_who_agreed_after_it_went_live_is_listed_and_told_by_publishing_again(
    office, by_first_word, capsys
):
    office.asks("ma tablette ?", "+33639980009")
    with office.sessions.begin() as session:
        unsure = session.scalars(select(Delivery.id)).one()
    published(office)
    with office.sessions.begin() as session:
        assert missed.agree(session, session.get_one(Delivery, unsure), office.now)
    capsys.readouterr()
    main(["questions"])
    assert "Déjà en ligne : tablette_cassee · 1 personne(s)" in capsys.readouterr().out
    main(["questions", "publish", "tablette_cassee"])
    assert len({row.contact_id for row in office.sent()}) == 2


def test_in_another_language_the_french_answer_comes_with_a_word_of_excuse(office, by_first_word):
    published(office, language="es")
    why, answer = office.sent()
    assert why.text.startswith("Me pidió que le avisara")
    assert "solo en francés" in why.text
    assert answer.text == "Au secretariat, c'est gratuit."


def test_on_a_screen_it_is_one_message_with_thumbs(office, by_first_word):
    published(office, channel="telegram", phone="100")
    (answer,) = office.sent()
    assert answer.text.startswith("Vous m'aviez demandé de vous prévenir")
    assert "c'est gratuit" in answer.text
    assert [choice.label for choice in answer.picks()] == ["👍", "👎"]


def test_a_translated_answer_comes_in_their_language(office, by_first_word):
    office.answers(office.asks(TABLET, wants=True, language="en"))
    office.completes()
    main(["questions", "publish", "tablette_cassee"])
    assert "Sorry" in office.sent()[0].text
    french = load(office.content).questions["tablette_cassee"].words["national"]
    folder = office.content / "translations" / "en" / "national"
    folder.mkdir(parents=True)
    entry = {
        "id": "tablette_cassee", "of": fingerprint(french), "title": "Broken tablet",
        "answer": "Take it to the office.", "sms": "Take it to the office.",
    }  # fmt: skip
    (folder / "ent.yml").write_text(yaml.safe_dump({"title": "ENT", "questions": [entry]}))
    with office.sessions.begin() as session:
        row = session.scalars(select(MissedQuestion)).one()
        address = meet(session, office.vault, "sms", "+33639980005", office.now)
        session.add(
            WantsAnswer(
                missed_id=row.id, contact_id=address.contact_id, address_id=address.id,
                agreed_at=office.now,
            )
        )  # fmt: skip
    main(["questions", "publish", "tablette_cassee"])
    assert office.sent()[-1].text == "Take it to the office."


def test_who_wrote_stop_meanwhile_is_sent_nothing_and_forgotten(office, by_first_word, capsys):
    number = office.asks(TABLET, wants=True)
    office.stops("+33639980001")
    office.answers(number)
    office.completes()
    assert main(["questions", "publish", "tablette_cassee"]) == 0
    assert (office.sent(), office.waiting()) == ([], 0)
    assert "ne peuvent plus être prévenues" in capsys.readouterr().err


def test_an_unknown_draft_is_said_to_be(office, by_first_word, capsys):
    assert main(["questions", "publish", "inconnue"]) == 2
    assert "inconnue.yml" in capsys.readouterr().err


def test_a_draft_that_an_editor_broke_is_pointed_at(office, by_first_word, capsys):
    office.answers(office.asks(TABLET))
    path = office.content / "drafts" / "tablette_cassee.yml"
    path.write_text(path.read_text().replace("subject: ent", "subject: cuisine"))
    capsys.readouterr()
    assert main(["questions", "publish", "tablette_cassee"]) == 1
    assert "tablette_cassee.yml:1: le sujet « cuisine »" in capsys.readouterr().out
    path.write_text("subject: [")
    assert main(["questions", "publish", "tablette_cassee"]) == 1
    assert "YAML" in capsys.readouterr().out


def test_a_dismissed_group_is_gone_and_nobody_stays_tied_to_it(office, by_first_word, capsys):
    number = office.asks(TABLET, wants=True)
    assert main(["questions", "dismiss", str(number)]) == 0
    assert (office.state(), office.waiting()) == ([("dismissed", None)], 0)
    with office.sessions.begin() as session:
        unsure = session.scalars(select(Delivery)).one()
        assert not missed.agree(session, unsure, office.now)
    main(["questions"])
    assert "Aucune question" in capsys.readouterr().out


def test_without_the_understanding_installed_a_sentence_says_so(
    office, monkeypatch, capsys, tmp_path
):
    office.asks(TABLET)
    monkeypatch.setattr(grouping, "NLU_PYTHON", tmp_path / "nlu" / "python")
    assert main(["questions"]) == 2
    assert "make train" in capsys.readouterr().err


@pytest.mark.skipif(not grouping.NLU_PYTHON.exists(), reason="nlu/.venv is not installed")
def test_questions_that_mean_the_same_come_together_whatever_the_language(office, capsys):
    first = office.asks(TABLET)
    office.asks(CANTEEN, "+33639980002")
    office.asks("la tablette de mon fils est kc", "+33639980003")
    office.asks("my son's school tablet is broken", "+33639980004", language="en")
    assert main(["questions"]) == 0
    shown = capsys.readouterr().out
    assert f"n° {first} · demandée 3 fois · fr 2, en 1" in shown
    assert shown.count("demandée") == 2
