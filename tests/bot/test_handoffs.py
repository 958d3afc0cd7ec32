"""A person and the team, through the inbox, with a stub where Rasa stands; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.ask import Ear
from bot.channels.sms_text import written
from bot.inbox import Inbox
from bot.understanding import UnderstandingError
from core import failures
from core.answers import Answer, Outcome
from core.db import make_engine, make_sessions
from core.inbound import Inbound
from core.messages import Bubble, Choice, Event, Kind, Outgoing
from core.outbox import claiming, results
from core.outbox.delivery import Delivery, State
from core.people.contacts import AddressState, change_state, find
from core.sms import size
from core.team import lines, rounds
from core.team.handoffs import Handoff
from tests.bot.test_inbox import LANGUAGES
from tests.world import (
    A_NUMBER,
    StubUnderstanding,
    a_library,
    a_question,
    a_relay,
    has_left,
    incoming,
    leaving,
    texts_of,
    the_services,
)

GROUP = "-1001234567890"
A_CHAT = "700000123"
THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # ten in the morning in Paris
FRIDAY_NIGHT = datetime(2026, 11, 27, 21, 0, tzinfo=UTC)
ANSWERED = Answer((Bubble("Le secrétariat."),), Outcome.ANSWERED, "mot_de_passe", 0.9)
HELP = Answer((Bubble("Appelez le 3018."),), Outcome.ANSWERED, "harcelement", 0.9)
ASKS_FOR_SOMEBODY = Answer((Bubble("Voici qui appeler."),), Outcome.HANDOFF, "humain", 0.9)
UNSURE = Answer((Bubble("Je ne sais pas.", (Choice("x", "human"),)),), Outcome.FALLBACK)
OFFERS = Answer((Bubble("Est-ce ?", (Choice("x", "question:harcelement"),)),), Outcome.SUGGESTED)
DECLINED = Answer((Bubble("Pas de météo ici."),), Outcome.FALLBACK, "meteo", 0.9)
THANKS = Answer((Bubble("Avec plaisir."),), Outcome.SMALLTALK, "merci", 0.9)
ROUNDS = (rounds.remind, rounds.end_idle, rounds.report_lost)


class Office:
    """The inbox of an assistant with a team; *now* moves by a minute with every message."""

    def __init__(self, url, vault, tmp_path, group=GROUP):
        self.engine = make_engine(url)
        self.sessions, self.vault = make_sessions(self.engine), vault
        self.rasa = StubUnderstanding(ANSWERED)
        self.now = THURSDAY
        library = a_library(
            tmp_path / "content", a_question(), a_question("humain", kind="handoff"),
            a_question("harcelement", kind="sensitive", title="Harcèlement"),
            a_question("meteo", kind="out_of_scope"),
        )  # fmt: skip
        texts = texts_of(library)
        self.relay = a_relay(texts, vault, group)
        channels = {"sms": Ear("sms", Kind.SMS), "telegram": Ear("telegram", Kind.CHAT)}
        self.inbox = Inbox(
            self.sessions, vault, texts, self.relay, the_services(library, vault),
            LANGUAGES, self.rasa, channels, lambda: self.now,
        )  # fmt: skip
        self._count = 0

    async def write(self, text="", understood=None, **details):
        """One message; what it made each of the two sides hear: (the person, the group)."""
        self.now += timedelta(minutes=1)
        if understood is not None:
            self.rasa.answer = understood
        self._count += 1
        await self.inbox.answer(incoming(text, provider_id=str(self._count), **details))
        return self.deliver()

    async def staff(self, text="", about=None, event=None):
        """A member writes in the group, in reply to the group's post *about*."""
        self.now += timedelta(minutes=1)
        self._count += 1
        reply_to = self.reference(about) if about else None
        message = incoming(
            text, GROUP, "telegram", provider_id=str(self._count), event=event, reply_to=reply_to
        )
        await self.inbox.answer(message)
        return self.deliver()

    def deliver(self, arrives=True):
        """Send all that is due: the texts for the person and for the group, in their order."""
        person, group = [], []
        with self.sessions.begin() as session:
            ours = find(session, self.vault, "telegram", GROUP)
            for row in leaving(session, self.now, "sms", "telegram"):
                text = row.reveal(self.vault)
                (group if ours and row.address_id == ours.id else person).append(text)
                if arrives:
                    has_left(row, f"p{row.id}", None, self.now)
                else:
                    results.fail(row, "blocked", self.now, unreachable=True)
        return person, group

    def tick(self, after=timedelta()):
        self.now += after
        for one in ROUNDS:
            with self.sessions.begin() as session:
                one(self.relay, session, self.now)
        with self.sessions.begin() as session:
            failures.forget_old(session, self.now)
        return self.deliver()

    def reference(self, purpose):
        """Telegram's name for the newest post whose purpose begins with *purpose*."""
        with self.sessions.begin() as session:
            query = select(Delivery.provider_id).where(
                Delivery.cause == "handoff", Delivery.purpose.startswith(purpose)
            )
            return session.scalars(query.order_by(Delivery.id.desc())).first()

    def handoffs(self):
        with self.sessions.begin() as session:
            return list(session.scalars(select(Handoff).order_by(Handoff.id)))

    def choices(self):
        """What is under the newest message that offers something."""
        with self.sessions.begin() as session:
            rows = session.scalars(select(Delivery).order_by(Delivery.id.desc()))
            return next([one["does"] for one in row.choices] for row in rows if row.choices)


@pytest.fixture
def office(database_url, vault, tmp_path):
    office = Office(database_url, vault, tmp_path)
    yield office
    office.engine.dispose()


# Opening


async def test_who_asks_for_somebody_is_told_that_the_team_knows_and_the_group_gets_it(office):
    person, group = await office.write("je veux parler à quelqu'un", ASKS_FOR_SOMEBODY)
    assert len(person) == 1
    assert "équipe TNE" in person[0]
    assert "dès que possible" in person[0]
    (post,) = group
    assert post.startswith("#1 : quelqu'un demande")
    assert "« je veux parler à quelqu'un »" in post
    assert "français, territoire inconnu, SMS" in post
    (handoff,) = office.handoffs()
    assert (handoff.reason, handoff.taken_at, handoff.closed_at) == ("asked", None, None)


async def test_neither_the_group_nor_a_log_learns_who_asks(office, caplog):
    caplog.set_level("DEBUG")
    _, group = await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    await office.staff("Bonjour, je suis là", about="opened")
    _, more = await office.write("et demain ?")
    with office.sessions.begin() as session:
        uid = find(session, office.vault, "sms", A_NUMBER).contact.uid
    for post in (*group, *more):
        assert A_NUMBER.removeprefix("+33") not in post
        assert uid not in post
    for telling in (A_NUMBER, GROUP, "quelqu'un svp", "je suis là", "et demain"):
        assert telling not in caplog.text


async def test_nothing_that_was_written_stays_in_the_database(office):
    await office.write("mon secret à moi", ASKS_FOR_SOMEBODY)
    await office.staff("la réponse secrète", about="opened")
    await office.write("encore un secret")
    with office.sessions.begin() as session:
        rows = session.scalars(select(Delivery)).all()
        assert {row.state for row in rows} == {State.SENT}
        assert all(row.sealed is None and "secr" not in row.text for row in rows)
        assert all(row.sealed_text is None for row in session.scalars(select(Inbound)))


async def test_words_that_wait_for_telegram_are_sealed(office):
    office._count += 1
    office.rasa.answer = ASKS_FOR_SOMEBODY
    await office.inbox.answer(incoming("mon secret à moi", provider_id="waits"))
    with office.sessions.begin() as session:
        row = session.scalars(select(Delivery).where(Delivery.purpose == "opened")).one()
        assert row.text == ""
        assert b"secret" not in row.sealed
        assert "mon secret à moi" in row.reveal(office.vault)


async def test_the_button_asks_for_somebody_too_and_what_it_is_about_comes_after(office):
    await office.write("menu")
    _, group = await office.write("2")
    assert "a touché un bouton" in group[0]
    person, group = await office.write("ma fille n'a plus d'accès depuis lundi", ANSWERED)
    assert person[0] == "Le secrétariat."
    assert "transmis" in person[1]
    assert "ma fille n'a plus d'accès depuis lundi" in group[0]
    person, group = await office.write("et les ateliers ?", ANSWERED)
    assert (person, group) == (["Le secrétariat."], [])


async def test_a_thank_you_is_not_what_it_is_about(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    assert await office.write("merci beaucoup", THANKS) == (["Avec plaisir."], [])


async def test_asking_again_adds_to_the_same_handoff(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    person, group = await office.write("vous êtes là ?", ASKS_FOR_SOMEBODY)
    assert "aussi" in person[0]
    assert group[0].startswith("#1 : la personne écrit")
    assert len(office.handoffs()) == 1


async def test_outside_office_hours_the_person_is_told_when_somebody_reads_it(office):
    office.now = FRIDAY_NIGHT
    person, group = await office.write(
        "quelqu'un", ASKS_FOR_SOMEBODY, channel="telegram", address=A_CHAT
    )
    assert "lundi 30 novembre à 9 h et vous répondra" in person[0]
    assert group


@pytest.mark.parametrize(
    ("language", "moment"),
    [
        ("en", "Monday 30 November at 9 AM"), ("es", "lunes 30 de noviembre a las 9:00"),
        ("pt", "segunda-feira, 30 de novembro, às 9:00"), ("ar", "الاثنين 30 نوفمبر، 9:00"),
        ("tr", "30 Kasım Pazartesi saat 09:00"),
    ],
)  # fmt: skip
async def test_the_moment_is_said_in_the_language_of_the_person(office, language, moment):
    office.now = FRIDAY_NIGHT
    chat = {"channel": "telegram", "address": A_CHAT}
    await office.write("/langue " + language, **chat)
    person, group = await office.write("?", ASKS_FOR_SOMEBODY, **chat)
    assert moment in person[0]
    assert "Telegram" in group[0]


@pytest.mark.parametrize("first", [UNSURE, OFFERS])
async def test_two_failures_in_a_row_open_one_with_both_messages(office, first):
    assert (await office.write("bla bla un", first))[1] == []
    person, group = await office.write("bla bla deux", UNSURE)
    assert len(person) == 1
    assert "deux fois" in person[0].casefold()
    assert "« bla bla un »" in group[0]
    assert "« bla bla deux »" in group[0]
    assert office.handoffs()[0].reason == "failures"


async def test_a_second_offer_of_questions_is_still_shown(office):
    await office.write("bla bla un", UNSURE)
    person, group = await office.write("bla bla deux", OFFERS)
    assert person[0].startswith("Est-ce ?")
    assert len(person) == 2
    assert group


@pytest.mark.parametrize("between", [ANSWERED, DECLINED, THANKS])
async def test_an_answer_between_two_failures_starts_the_count_again(office, between):
    await office.write("un", UNSURE)
    await office.write("deux", between)
    await office.write("trois", UNSURE)
    assert office.handoffs() == []


async def test_what_is_declined_is_no_failure(office):
    await office.write("il pleut ?", DECLINED)
    await office.write("il neige ?", DECLINED)
    assert office.handoffs() == []


async def test_a_sticker_between_two_failures_changes_nothing(office):
    await office.write("un", UNSURE)
    await office.write(event=Event.STICKER)
    assert (await office.write("deux", UNSURE))[1]


async def test_two_failures_far_apart_open_nothing(office):
    await office.write("un", UNSURE)
    office.now += failures.WITHIN
    await office.write("deux", UNSURE)
    assert office.handoffs() == []


async def test_the_words_of_a_first_failure_are_kept_half_an_hour_and_no_longer(office):
    await office.write("mot à garder", UNSURE)

    def kept():
        with office.sessions.begin() as session:
            return [row.sealed_text for row in session.scalars(select(Inbound))]

    office.tick(timedelta(minutes=29))
    assert kept() != [None]
    office.tick(timedelta(minutes=2))
    assert kept() == [None]
    await office.write("encore", UNSURE)
    await office.write("une vraie question", ANSWERED)
    assert kept() == [None, None, None]


async def test_who_failed_and_then_asks_for_somebody_need_not_write_it_again(office):
    await office.write("ma question compliquée", UNSURE)
    _, group = await office.write("1")  # the choice under it: talk to somebody
    assert "« ma question compliquée »" in group[0]


async def test_what_fails_while_one_is_open_goes_to_the_group(office):
    await office.write("un", UNSURE)
    await office.write("deux", UNSURE)
    person, group = await office.write("trois", UNSURE)
    assert "aussi" in person[0]
    assert "« trois »" in group[0]
    assert "« deux »" not in group[0]


async def test_after_one_is_over_failures_are_counted_from_the_start(office):
    await office.write("un", UNSURE)
    await office.write("deux", UNSURE)
    await office.staff("/fin 1")
    assert await office.write("trois", UNSURE) == (["Je ne sais pas."], [])
    assert (await office.write("quatre", UNSURE))[1][0].startswith("#2")


async def test_while_rasa_is_away_what_comes_after_goes_to_the_group(office):
    await office.write("quelqu'un", ASKS_FOR_SOMEBODY)
    person, group = await office.write("mon compte est bloqué", UnderstandingError("down"))
    assert "panne" in person[0]
    assert "mon compte est bloqué" in group[0]


async def test_where_there_is_no_group_nothing_opens_and_nothing_is_promised(
    database_url, vault, tmp_path
):
    alone = Office(database_url, vault, tmp_path, group="")
    assert await alone.write("quelqu'un", ASKS_FOR_SOMEBODY) == (["Voici qui appeler."], [])
    await alone.write("un", UNSURE)
    assert await alone.write("deux", UNSURE) == (["Je ne sais pas."], [])
    assert await alone.write("on me harcèle", HELP) == (["Appelez le 3018."], [])
    assert alone.handoffs() == []
    with alone.sessions.begin() as session:
        assert all(row.sealed_text is None for row in session.scalars(select(Inbound)))
    alone.engine.dispose()


async def test_very_long_words_are_cut_at_a_word(office):
    _, (post,) = await office.write("aide " * 190 + "FIN", ASKS_FOR_SOMEBODY)
    assert "FIN »" in post
    await office.staff("oui ?", about="opened")
    _, (post,) = await office.write("encore " * 500)
    assert "encore […] »" in post
    assert len(post) < 2000


# Sensitive messages


async def test_the_help_line_comes_first_and_alone(office):
    person, group = await office.write("on me harcèle", HELP)
    assert person[0] == "Appelez le 3018."
    assert "lira aussi" in person[1]
    assert group == []  # a person may still say no
    office.now += timedelta(minutes=2)
    _, group = office.deliver()
    assert "message sensible (Harcèlement)" in group[0]
    assert "« on me harcèle »" in group[0]
    assert "tact" in group[0]


async def test_who_says_no_at_once_is_read_by_nobody(office):
    await office.write("on me harcèle", HELP)
    person, _ = await office.write("1")
    assert "rien n'est transmis" in person[0]
    office.now += timedelta(minutes=10)
    assert office.deliver() == ([], [])
    (handoff,) = office.handoffs()
    assert handoff.ending == "withdrawn"
    with office.sessions.begin() as session:
        row = session.scalars(select(Delivery).where(Delivery.purpose == "opened")).one()
        assert (row.state, row.sealed) == (State.CANCELLED, None)


async def test_who_says_no_later_is_withdrawn_from_the_group(office):
    await office.write("on me harcèle", HELP)
    office.now += timedelta(minutes=5)
    office.deliver()
    person, group = await office.write("ne pas transmettre")
    assert "ne pas vous écrire" in person[0]
    assert "retiré" in group[0]
    person, group = await office.staff("Bonjour", about="opened")
    assert person == []
    assert "déjà terminé" in group[0]


async def test_who_said_no_is_not_passed_on_the_next_time_but_may_ask(office):
    await office.write("on me harcèle", HELP)
    await office.write("1")
    person, _ = await office.write("on me harcèle encore", HELP)
    assert person[0] == "Appelez le 3018."
    assert len(office.handoffs()) == 1
    assert office.choices() == ["human"]
    await office.write("1")
    assert [one.reason for one in office.handoffs()] == ["sensitive", "asked"]


async def test_a_no_counts_for_a_day(office):
    await office.write("on me harcèle", HELP)
    await office.write("1")
    office.now += timedelta(hours=25)
    await office.write("on me harcèle encore", HELP)
    assert [one.reason for one in office.handoffs()] == ["sensitive", "sensitive"]


async def test_nothing_overtakes_what_is_held(office):
    await office.write("on me harcèle", HELP)
    _, group = await office.write("bla bla", UNSURE)
    assert group == []
    office.now += timedelta(minutes=2)
    first, second = office.deliver()[1]
    assert "on me harcèle" in first
    assert "bla bla" in second


async def test_a_no_under_an_old_message_does_not_end_another_handoff(office):
    await office.write("on me harcèle", HELP)
    await office.staff("Bonjour", about="opened")
    with office.sessions.begin() as session:
        row = next(row for row in session.scalars(select(Delivery)) if row.choices)
        row.choices = [{"label": "Non", "does": "withdraw:99"}]
    person, _ = await office.write("non")
    assert "déjà terminée" in person[0]
    assert office.handoffs()[0].closed_at is None


async def test_looking_at_a_sensitive_subject_in_the_menu_only_offers_the_team(office):
    await office.write("menu")
    await office.write("1")
    person, group = await office.write("3")
    assert len(person) == 2
    assert office.choices() == ["human"]
    assert (group, office.handoffs()) == ([], [])


async def test_a_sensitive_question_picked_after_a_doubt_is_a_sensitive_message(office):
    await office.write("y veulent pa me lacher", OFFERS)
    await office.write("1")
    office.now += timedelta(minutes=2)
    _, group = office.deliver()
    assert "« y veulent pa me lacher »" in group[0]


async def test_a_sensitive_message_in_an_open_handoff_is_marked_as_such(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    office.now += timedelta(minutes=5)
    person, group = await office.write("on me harcèle", HELP)
    assert person[0] == "Appelez le 3018."
    assert group == []  # held, as any alarming message
    office.now += timedelta(minutes=2)
    assert office.deliver()[1][0].startswith("#1 : message sensible")
    assert office.choices() == ["withdraw:1"]


async def test_in_danger_the_help_line_comes_even_while_a_member_answers(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    await office.staff("Bonjour, je vous écoute", about="opened")
    office.now += timedelta(hours=12)
    person, group = await office.write("on me harcèle", HELP)
    assert person[0] == "Appelez le 3018."
    assert "« on me harcèle »" in group[0]


async def test_when_the_way_to_the_team_breaks_the_help_line_still_arrives(office, monkeypatch):
    monkeypatch.setattr(office.relay.group, "post", lambda *given: 1 / 0)
    person, group = await office.write("on me harcèle", HELP)
    assert (person, group) == (["Appelez le 3018."], [])
    assert office.handoffs() == []  # and nothing was promised


# Answers of the team


async def test_a_member_answers_and_the_person_gets_it_introduced(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    person, group = await office.staff("Bonjour,\nvenez jeudi {à 14 h}", about="opened")
    assert person == ["Réponse de l'équipe TNE : Bonjour,\nvenez jeudi {à 14 h}"]
    assert group == ["#1 : transmis."]
    (handoff,) = office.handoffs()
    assert handoff.taken_at == handoff.answered_at == office.now
    assert handoff.waiting_since is None


async def test_the_person_goes_on_with_the_member_and_is_acknowledged_once(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    await office.staff("Quel collège ?", about="opened")
    person, group = await office.write("Camille Guérin", ANSWERED)
    assert person[0].endswith("Vous voulez retrouver l'assistant ? Répondez 1.")
    assert "« Camille Guérin »" in group[0]
    assert await office.write("à Poitiers") == ([], ["#1 : la personne écrit\n\n« à Poitiers »"])
    person, _ = await office.staff("Merci, j'appelle.", about="message-")
    assert person == ["Réponse de l'équipe TNE : Merci, j'appelle."]
    assert (await office.write("super"))[0] != []


async def test_a_digit_answers_the_member_and_not_what_was_shown_before(office):
    await office.write("menu")
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    await office.staff("Combien d'enfants ?", about="opened")
    _, group = await office.write("1")
    assert "« 1 »" in group[0]
    assert office.handoffs()[0].closed_at is None


@pytest.mark.parametrize("word", ["1", "menu", "Revenir à l'assistant"])
async def test_the_person_returns_to_the_assistant(office, word):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    await office.staff("Bonjour", about="opened")
    await office.write("merci bien")
    person, group = await office.write(word)
    assert "de nouveau l'assistant" in person[0]
    assert "revenue à l'assistant" in group[0]
    assert office.handoffs()[0].ending == "person"
    assert await office.write("le mot de passe ?", ANSWERED) == (["Le secrétariat."], [])


async def test_the_menu_leaves_a_handoff_open_that_nobody_has_answered(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    await office.write("menu")
    assert office.handoffs()[0].closed_at is None


async def test_stop_is_obeyed_and_an_answer_that_was_asked_for_still_comes(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    await office.write("STOP")
    person, _ = await office.staff("Voici la réponse", about="opened")
    assert person == ["Réponse de l'équipe TNE : Voici la réponse"]
    person, _ = await office.staff("/fin", about="opened")
    assert person == []  # but nothing is written to them just to say that it is over


@pytest.mark.parametrize("how", [{"text": "/fin", "about": "opened"}, {"text": "/fin 1"},
                                 {"text": "/fin@tne_bot #1"}])  # fmt: skip
async def test_fin_closes_tells_the_person_and_the_assistant_answers_again(office, how):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    await office.staff("Bonjour", about="opened")
    person, group = await office.staff(**how)
    assert "terminé cet échange" in person[0]
    assert group == ["#1 : terminé. L'assistant répond de nouveau à cette personne."]
    assert office.handoffs()[0].ending == "team"
    assert await office.write("le mot de passe ?", ANSWERED) == (["Le secrétariat."], [])
    assert "déjà terminé" in (await office.staff("Encore", about="opened"))[1][0]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"text": "Bonjour"}, "Je ne sais pas de quelle demande"),
        ({"text": "/fin"}, "Je ne sais pas de quelle demande"),
        ({"text": "/fin 99"}, "n'existe pas"),
        ({"text": "/fin " + "9" * 30}, "Je ne sais pas de quelle demande"),
        ({"text": "/fni", "about": "opened"}, "que la commande /fin"),
        ({"event": Event.VOICE, "about": "opened"}, "que du texte"),
        ({"text": "   ", "about": "opened"}, "que du texte"),
        ({"text": "mot " * 500, "about": "opened"}, "trop long pour un SMS"),
    ],
)
async def test_what_cannot_be_passed_on_is_said_in_the_group_and_to_nobody_else(office, said, told):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    person, group = await office.staff(**said)
    assert person == []
    assert told in group[0]
    assert office.handoffs()[0].taken_at is None


async def test_an_unreachable_person_is_said_to_be(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    with office.sessions.begin() as session:
        address = find(session, office.vault, "sms", A_NUMBER)
        change_state(address, AddressState.UNREACHABLE, office.now)
    person, group = await office.staff("Bonjour", about="opened")
    assert person == []
    assert "ne peut plus être jointe" in group[0]


async def test_an_answer_that_did_not_arrive_is_reported_to_the_group_once(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    office._count += 1
    reference = office.reference("opened")
    await office.inbox.answer(
        incoming("Bonjour", GROUP, "telegram", provider_id="lost", reply_to=reference)
    )
    office.deliver(arrives=False)
    _, group = office.tick()
    assert "n'est sans doute pas arrivée" in group[0]
    assert office.tick() == ([], [])


async def test_somebody_who_was_erased_is_gone_for_the_group_too(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    with office.sessions.begin() as session:
        session.delete(find(session, office.vault, "sms", A_NUMBER).contact)
    person, group = await office.staff("Bonjour", about="opened")
    assert person == []
    assert "n'existe plus" in group[0]


# The clock


async def test_staff_are_reminded_in_office_time_and_four_times_at_most(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)  # Thursday, 10:01 in Paris
    reminded = []
    for _ in range(5 * 24 * 12):
        if office.tick(timedelta(minutes=5))[1]:
            reminded.append(f"{office.now:%a %H:%M}")
    assert reminded == ["Thu 09:31", "Thu 12:31", "Thu 14:31", "Fri 08:31"]
    assert office.handoffs()[0].reminders == 4


async def test_an_answer_ends_the_reminders_and_a_new_message_begins_them_again(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    assert (
        "attend une réponse depuis jeudi 26 novembre à 10 h 01"
        in (office.tick(timedelta(minutes=31))[1][0])
    )
    assert office.tick() == ([], [])  # a tick may be repeated
    await office.staff("Bonjour", about="reminder-")
    assert office.tick(timedelta(hours=1)) == ([], [])
    await office.write("vous êtes là ?")
    assert len(office.tick(timedelta(hours=2))[1]) == 1


async def test_a_taken_handoff_that_is_silent_for_a_day_ends_in_office_hours(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    office.now = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
    await office.staff("Bonjour", about="opened")
    office.tick(timedelta(hours=25))  # Friday night
    assert office.handoffs()[0].closed_at is None
    office.now = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    person, group = office.tick()
    assert "terminé cet échange" in person[0]
    assert "24 heures" in group[0]
    assert office.handoffs()[0].ending == "idle"
    assert office.tick() == ([], [])


async def test_one_that_nobody_took_stays_open(office):
    await office.write("quelqu'un svp", ASKS_FOR_SOMEBODY)
    office.tick(timedelta(days=5))
    assert office.handoffs()[0].closed_at is None


async def test_what_telegram_does_not_take_today_is_tried_again_tomorrow(office):
    office.rasa.answer = ASKS_FOR_SOMEBODY
    await office.inbox.answer(incoming("quelqu'un svp", provider_id="away"))
    for _ in range(200):
        office.now += timedelta(minutes=10)
        with office.sessions.begin() as session:
            for row in claiming.claim(session, "telegram", office.now):
                results.retry(row, "away", office.now)
    office.now += timedelta(minutes=10)
    assert "quelqu'un svp" in office.deliver()[1][0]


@pytest.mark.parametrize("language", ["fr", "en", "es", "pt", "ar", "tr"])
@pytest.mark.parametrize("now", [THURSDAY, FRIDAY_NIGHT, datetime(2026, 9, 22, 11, 0, tzinfo=UTC)])
async def test_everything_said_to_a_person_fits_in_two_sms(vault, tmp_path, sessions, engine,
                                                           language, now):  # fmt: skip
    office = Office(engine.url.render_as_string(False), vault, tmp_path)
    office.now = now
    await office.write("/langue " + language)
    said = []
    for understood in (ASKS_FOR_SOMEBODY, ASKS_FOR_SOMEBODY, HELP):
        said += (await office.write("!!", understood))[0]
    said += (await office.write("1"))[0]
    for understood in (UNSURE, UNSURE):
        said += (await office.write("!!", understood))[0]
    await office.staff("ok", about="opened")
    said += (await office.write("!!"))[0] + (await office.write("menu"))[0]
    with office.sessions.begin() as session:
        numbered = [
            written(Outgoing(row.id, "", row.text, row.picks()))
            for row in session.scalars(select(Delivery).where(Delivery.channel == "sms"))
        ]
    assert len(numbered) >= 8
    for text in numbered:
        assert size(text).segments <= 2, text
    office.engine.dispose()


async def test_what_both_sides_say_is_kept_sealed_for_the_console_until_the_end(office):
    await office.write("je veux parler à quelqu'un", ASKS_FOR_SOMEBODY)
    await office.staff("Bonjour, j'écoute.", about="opened")
    await office.write("ma tablette")
    with office.sessions.begin() as session:
        kept = lines.shown(session, 1, office.now)
        said = [(row.author, row.reveal(office.vault)) for row in kept]
        assert said == [
            ("person", "je veux parler à quelqu'un"),
            ("group", "Bonjour, j'écoute."),
            ("person", "ma tablette"),
        ]
        assert kept[1].delivery.state == State.SENT
        assert b"tablette" not in kept[2].sealed
    await office.staff("/fin", about="opened")
    with office.sessions.begin() as session:
        assert lines.shown(session, 1, office.now) == []


async def test_a_sensitive_message_is_shown_to_nobody_before_it_leaves(office):
    await office.write("on me frappe", HELP)
    with office.sessions.begin() as session:
        assert lines.shown(session, 1, office.now) == []
        assert len(lines.shown(session, 1, office.now + timedelta(minutes=2))) == 1
