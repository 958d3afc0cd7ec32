"""``/diffuser``: a member of the team writes to many people from Telegram."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.ask import Ear
from bot.channels.base import NotFetched
from bot.inbox import Inbox
from core.audit import Audit
from core.broadcasts import authors, running
from core.broadcasts.model import Broadcast, BroadcastAnswer
from core.broadcasts.team import LIST
from core.broadcasts.wording import Maker
from core.console.members import StaffMember
from core.messages import Event, Kind, SentFile
from core.outbox import claiming, making
from core.outbox.delivery import Cause, Delivery, State
from core.people.contacts import Contact
from core.team import members
from tests.bot.test_sign_ups import LANGUAGES, LIBRARY, Phone
from tests.core.broadcasts.crowd import a_broadcast, someone
from tests.core.workshops.shop import a_session, signed_up
from tests.world import NOON, a_relay, a_team, has_left, mine, texts_of, the_services

MONDAY = NOON + timedelta(days=2)


class Hand(Ear):
    """A channel on which people can send files: *files* is what is in them, by reference."""

    def __init__(self):
        super().__init__("telegram", Kind.CHAT)
        self.files, self.fetched = {}, []

    async def fetch(self, reference):
        self.fetched.append(reference)
        if reference not in self.files:
            raise NotFetched("gone")
        return self.files[reference]


class Member(Phone):
    """Somebody on Telegram, a member unless *joins* is false; beyond *second_at* two confirm."""

    def __init__(self, sessions, vault, number=90, joins=True, second_at=500, channel="telegram"):
        super().__init__(sessions, vault, channel, number)
        self.now, self.second_at, self.hand = MONDAY, second_at, Hand()
        texts = texts_of(LIBRARY)
        services = the_services(LIBRARY, vault, second_at=second_at)
        self.inbox = Inbox(
            sessions, vault, texts, a_relay(texts, vault), services, LANGUAGES, self.rasa,
            {"sms": Ear("sms", Kind.SMS), "telegram": self.hand},
            lambda: self.now,
        )  # fmt: skip
        self.team = a_team(texts, vault, LIBRARY, second_at)
        self.joins = joins

    async def says(self, text="", **details):
        """As a screen shows it."""
        await super().says(text, **details)
        return "\n".join(row.reveal(self.vault) for row in self.rows)

    async def begins(self):
        if self.joins:
            with self.sessions.begin() as session:
                code = members.make_code(session, self.vault, "cli:root", self.now)
            assert "/diffuser" in await self.says(f"/equipe {code}")
        return await self.says("/diffuser")

    async def sends(self, content, name="affiche.pdf", event=Event.DOCUMENT, text=""):
        """A file in which *content* is, None: that the channel has no more."""
        reference = f"file-{self._count}"
        if content is not None:
            self.hand.files[reference] = content
        file = SentFile(reference, name, len(content or b"") or None)
        return await self.says(text, event=None if text else event, file=file)

    def labels(self):
        return [choice.label for choice in self.rows[-1].picks()]

    async def taps_on(self, beginning):
        [label] = [one for one in self.labels() if one.startswith(beginning)]
        return await self.taps(label)

    def ticks(self):
        with self.sessions.begin() as session:
            running.due(self.team, session, self.now)

    def gets(self):
        """What was sent to them without having asked, as buttons under the last."""
        with self.sessions.begin() as session:
            rows = claiming.claim(session, "telegram", self.now)
            for row in rows:
                has_left(mine(session, row), "p", None, self.now)
            whose = {row.id: row.address.reveal(self.vault) for row in rows}
            self.rows = [row for row in rows if whose[row.id] == self.number]
        return [row.text for row in self.rows]

    def one(self):
        with self.sessions.begin() as session:
            return session.scalars(select(Broadcast).order_by(Broadcast.id.desc())).first()


@pytest.fixture
def member(sessions, vault):
    with sessions.begin() as session:
        for number, language in enumerate(("fr", "fr", "tr")):
            territory = "vienne" if number else None
            someone(session, vault, number, language=language, territory=territory, role="parent")
    return Member(sessions, vault)


async def writes_to_parents(member):
    """As far as the preview: the parents of Vienne, in French and not in Turkish."""
    assert "Choisi : tout le monde" in await member.begins()
    assert "Tout le monde : 4 personne(s)" in member.labels()
    await member.taps("Territoire")
    await member.taps("Vienne (86)")
    await member.taps("Retour")
    await member.taps("Rôle")
    await member.taps("parents")
    assert "✓ parents" in member.labels()
    said = await member.taps("Retour")
    assert "Choisi : Vienne (86) + parents\n2 personne(s)." in said
    assert "(1 personne(s) le lisent)" in await member.taps("C'est bon : 2 personne(s)")
    assert "1 personne(s) lisent : turc" in await member.says("Réunion mardi.\nVenez !")
    assert "Sous le message : –" in await member.taps("Passer : pas de traduction")
    await member.taps("Des réponses à toucher")
    assert "« Oui », « Non »" in await member.says("Oui / Non")
    await member.taps("Continuer")
    return await member.taps("Dès que c'est confirmé")


async def test_from_whom_to_the_report(member):
    shown = await writes_to_parents(member)
    assert "Pour 2 personne(s) : SMS 2." in shown
    assert (
        "Pas de traduction : 1 personne(s) liront le français, après un mot d'excuse (turc)"
        in shown
    )
    assert "Réunion mardi.\nVenez ! Répondez 1 ou 2." in shown
    tested = await member.taps("M'envoyer un essai")
    assert tested.startswith("Réunion mardi.\nVenez !\nDiffusion 1 (prête")
    assert [one.label for one in member.rows[0].picks()] == ["Oui", "Non"]
    assert "confirmée" in await member.taps("Confirmer : 2 personne(s)")
    member.ticks()
    makers = {Cause.BROADCAST: Maker(member.team.means)}
    with member.sessions.begin() as session:
        rows = claiming.claim(session, "sms", member.now)
        said = sorted(making.make(session, makers, row, member.now).text for row in rows)
        for row in rows:
            has_left(mine(session, row), "p", 1, member.now)
    assert said[0] == "Réunion mardi.\nVenez ! Répondez 1 ou 2."
    assert said[1].startswith("Üzgünüz, bu mesaj yalnızca Fransızca:\n\nRéunion")
    parent = Phone(member.sessions, member.vault, number=1)
    assert 'C\'est noté : "Oui"' in await parent.says("1")
    assert 'C\'est noté : "Non"' in await parent.says("non")
    with member.sessions.begin() as session:
        assert [one.button for one in session.scalars(select(BroadcastAnswer))] == [1]
    member.ticks()
    live, report = *member.gets(), *member.gets()
    assert "(en cours" in live
    assert "(finie" in report
    assert "Envoyés : 2" in report
    assert "Réponse « Oui » : 0\nRéponse « Non » : 1" in report
    await member.taps("Qui rappeler (fichier)")
    assert member.rows[-1].file.startswith(f"{LIST}:1:")
    with member.sessions.begin() as session:
        made = member.team.phone_list(
            session, member.rows[-1].file.partition(":")[2], None, member.now
        )
        assert made.content.decode("utf-8-sig").startswith("numero;prenom;")
        assert member.team.phone_list(session, "1:nobody", None, member.now) is None
        done = list(session.scalars(select(Audit.action)))
    assert done[-1] == "broadcast.phone_list"
    assert {"staff.joined", "broadcast.created", "broadcast.confirmed"} <= set(done)


async def test_to_anybody_else_there_is_no_such_command(sessions, vault):
    stranger = Member(sessions, vault, joins=False)
    unknown = await stranger.says("/nimportequoi")
    assert await stranger.begins() == unknown
    assert await stranger.says("/equipe ABCDEFGHJK") == unknown
    by_sms = Member(sessions, vault, 5, joins=False, channel="sms")
    assert await by_sms.begins() == await by_sms.says("/nimportequoi")
    with sessions.begin() as session:
        for contact in session.scalars(select(Contact)):
            contact.role = "staff"
    assert await by_sms.begins() == await by_sms.says("/nimportequoi")
    assert "À qui" in await stranger.says("/diffuser")


async def test_who_is_no_member_any_more_decides_nothing(member):
    await writes_to_parents(member)
    with member.sessions.begin() as session:
        for contact in session.scalars(select(Contact).where(Contact.role == "staff")):
            members.leave(session, contact.uid, "cli:root", MONDAY)
    assert "commande" in await member.taps("Confirmer : 2 personne(s)")
    assert member.one().state == "ready"


async def test_a_draft_is_there_the_next_day_and_is_taken_up_or_dropped(member):
    await member.begins()
    await member.taps("Tout le monde : 4 personne(s)")
    member.now += timedelta(days=1)
    assert "Un brouillon" in await member.says("/diffuser")
    assert "Écrivez le message en français" in await member.taps("Le reprendre")
    await member.says("/diffuser")
    assert "Rien n'a été envoyé" in await member.taps("Abandonner")
    assert member.one().state == "cancelled"
    assert "À qui" in await member.says("/diffuser")


async def test_what_is_wrong_with_a_text_is_said_and_it_is_asked_again(member):
    await member.begins()
    await member.taps("Tout le monde : 4 personne(s)")
    said = await member.says("Bonjour {nom}")
    assert said.startswith("« {nom} » n'est pas un champ")
    assert "Écrivez le message en français" in said
    assert "vient d'une séance" in await member.says("Bonjour {prenom}")
    assert "turc" in await member.says("Bonjour")


async def test_quiet_hours_are_told_and_chosen(member):
    await writes_to_parents(member)
    await member.taps("Changer quand")
    assert "n'est pas une date" in await member.says("mardi prochain")
    said = await member.says("24/11/2026 22:00")
    assert "24/11/2026 22:00 est une heure calme" in said
    assert "C'est urgent : à toute heure" not in member.labels()
    assert "Départ : 25/11/2026 08:00" in await member.taps("Attendre le matin")
    await member.taps("Changer quand")
    assert "Départ : 24/11/2026 09:00" in await member.taps("Demain à 9 h")
    await member.taps("Changer quand")
    assert "est passé" in await member.says("24/11/2020 10:00")


async def test_the_people_of_a_session_of_the_day_may_be_woken_with_a_reason(member):
    with member.sessions.begin() as session:
        row = a_session(session, starts_at=MONDAY.replace(hour=8))
        signed_up(session, someone(session, member.vault, 40), row)
    member.now = MONDAY.replace(hour=5)  # six in Paris
    await member.begins()
    await member.taps("Les inscrits d'une séance")
    await member.taps_on(f"{row.id} ·")
    await member.taps("C'est bon : 1 personne(s)")
    await member.says("{atelier} est annulé")
    await member.taps("Continuer")
    assert "heure calme" in await member.taps("Dès que c'est confirmé")
    await member.taps("C'est urgent : à toute heure")
    assert "en 5 à 200 lettres" in await member.says("!")
    assert "URGENT, part à toute heure : salle inondée" in await member.says("salle inondée")
    await member.taps("Confirmer : 1 personne(s)")
    member.ticks()
    with member.sessions.begin() as session:
        assert len(claiming.claim(session, "sms", member.now)) == 1
        [done] = session.scalars(select(Audit).where(Audit.action == "broadcast.confirmed"))
        assert done.details["urgent"] == "salle inondée"


async def test_many_people_need_a_second_member_who_may_refuse(sessions, vault):
    with sessions.begin() as session:
        for number in range(3):
            someone(session, vault, number, territory="vienne", role="parent", language="fr")
    author, other = (Member(sessions, vault, number, second_at=2) for number in (90, 91))
    await other.begins()
    await author.begins()
    await author.taps("Rôle")
    await author.taps("parents")
    await author.taps("Retour")
    await author.taps("C'est bon : 3 personne(s)")
    await author.says("Bonjour")
    await author.taps("Continuer")
    await author.taps("Dès que c'est confirmé")
    preview = list(author.rows)
    assert "1 membre(s) ont reçu l'aperçu" in await author.taps("Confirmer : 3 personne(s)")
    author.rows = preview
    assert "une autre personne de l'équipe" in await author.taps("Confirmer : 3 personne(s)")
    [asked] = other.gets()
    assert "Pour 3 personne(s) : SMS 3." in asked
    assert "Exemple (SMS, français) —\nBonjour" in asked
    shown = list(other.rows)
    await other.taps("Non")
    assert "n'a pas confirmé" in author.gets()[0]
    await author.says("/diffuser")
    await author.taps("Le reprendre")
    author.now += timedelta(minutes=1)
    await author.taps("Confirmer : 3 personne(s)")
    other.now = author.now
    other.gets()
    assert "confirmée" in await other.taps("Oui, l'envoyer")
    other.rows = shown
    assert "ne va pas avec l'état" in await other.taps("Oui, l'envoyer")
    assert (other.one().state, other.one().confirmer[:8]) == ("scheduled", "contact:")
    author.ticks()
    assert "confirmée" in author.gets()[0]
    with sessions.begin() as session:
        queued = select(Delivery).where(Delivery.state == State.QUEUED, Delivery.cause_id > 0)
        assert len(session.scalars(queued).all()) == 3


async def test_it_is_paused_and_goes_on_from_the_chat(member):
    await writes_to_parents(member)
    await member.taps("Confirmer : 2 personne(s)")
    member.ticks()
    await member.taps("Où en est-on ?")
    assert "(en pause" in await member.taps("Pause")
    assert "(en cours" in await member.taps("Continuer")
    said = await member.taps("Annuler l'envoi")
    assert "Annulés : 2" in said


async def test_a_tap_on_an_answer_that_is_gone_is_no_crash(member):
    await writes_to_parents(member)
    await member.taps("M'envoyer un essai")
    test = member.rows[0]
    with member.sessions.begin() as session:
        session.get_one(Broadcast, 1).buttons = []
    assert await member.says(tapped=f"{test.id}:0")


async def test_an_organizer_of_the_console_writes_to_their_own_territory_here_too(sessions, vault):
    with sessions.begin() as session:
        for number, territory in enumerate(("vienne", "vienne", "finistere")):
            someone(session, vault, number, territory=territory, role="parent")
        a_session(session, "s1", MONDAY + timedelta(days=3), title="Ici")
        a_session(session, "s2", MONDAY + timedelta(days=3), title="Ailleurs", commune="Brest")
    member = Member(sessions, vault, joins=False)
    assert "2 personne(s)" not in await member.begins()  # nobody that we know of
    with sessions.begin() as session:
        contact = session.scalars(select(Contact).order_by(Contact.id.desc())).first()
        session.add(
            StaffMember(
                contact_id=contact.id,
                role="organizer",
                territory="vienne",
                name="D",
                changed_at=NOON,
            )
        )
        a_broadcast(session, state="waiting", title="De tous")
    assert "2 personne(s)." in await member.begins()
    assert member.one().audience == {"reach": "vienne"}
    await member.taps("Les inscrits d'une séance")
    assert [label for label in member.labels() if "Ailleurs" in label] == []
    assert [label for label in member.labels() if "Ici" in label]
    with sessions.begin() as session:
        [waits] = session.scalars(select(Broadcast).where(Broadcast.state == "waiting"))
        assert authors.addresses(session, "telegram", "", waits) == []
        waits.audience = {"reach": "vienne"}
        [address] = authors.addresses(session, "telegram", "", waits)
        assert authors.may_decide(session, address.contact, waits)
        waits.audience = {"reach": "finistere"}
        assert not authors.may_decide(session, address.contact, waits)
        assert authors.addresses(session, "telegram", "", waits) == []
