"""``/diffuser``: the file that goes with a broadcast, whom it is for, and how often it comes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.answers import Listener
from core.broadcasts import recurring
from core.broadcasts.around import read as read_around
from core.broadcasts.checking import BIGGEST_FILE
from core.broadcasts.model import Broadcast
from core.broadcasts.wording import Maker, attachment
from core.files import Files
from core.inbound import Inbound
from core.messages import Event, Kind
from core.outbox import claiming, making
from core.outbox.delivery import Cause
from core.workshops.wishes.wishes import Wish
from tests.bot.test_broadcasting import Member
from tests.core.broadcasts.crowd import someone
from tests.core.workshops.shop import a_session, signed_up
from tests.world import NOON, has_left, mine, the_library

PDF = b"%PDF-1.4 affiche"
ASKED = "Envoyez ici une photo ou un document"


def a_wish(address, college):
    return Wish(contact_id=address.contact_id, address=address, college=college, changed_at=NOON)


@pytest.fixture
def member(sessions, vault):
    with sessions.begin() as session:
        someone(session, vault, 1, territory="vienne", role="parent", language="fr")
        someone(session, vault, 2, "telegram", territory="vienne", role="parent", language="fr")
    return Member(sessions, vault)


async def writes(member):
    """As far as the options, to the two parents."""
    await member.begins()
    await member.taps("Rôle")
    await member.taps("parents")
    await member.taps("Retour")
    await member.taps("C'est bon : 2 personne(s)")
    return await member.says("Réunion mardi")


def kept(member):
    """What the database holds of the last file."""
    with member.sessions.begin() as session:
        row = session.scalars(select(Broadcast).order_by(Broadcast.id.desc())).first()
        return row.file_name, row.file_type, row.file


def files_of(member):
    """What goes out, by channel: text and file."""
    member.ticks()
    makers = {Cause.BROADCAST: Maker(member.team.means)}
    files = Files({"broadcast": attachment}, member.team.means.kinds)
    got = {}
    with member.sessions.begin() as session:
        for row in claiming.claim(session, "sms", member.now) + claiming.claim(
            session, "telegram", member.now
        ):
            if row.cause_id < 0:
                continue  # what tells the author how far it is
            made = making.make(session, makers, row, member.now)
            row.file = made.file
            got[row.channel] = made.text, files.made(session, row, member.now)
            has_left(mine(session, row), "p", 1, member.now)
    return got


async def test_a_file_is_joined_seen_tried_and_received(member):
    assert "Joindre un fichier" in (await writes(member), member.labels())[1]
    assert "2 Mo au plus" in await member.taps("Joindre un fichier")
    said = await member.sends(PDF)
    assert "Pièce jointe « affiche.pdf » : sur Telegram seulement" in said
    assert "Retirer « affiche.pdf »" in member.labels()
    assert "Joindre un fichier" not in member.labels()
    assert kept(member) == ("affiche.pdf", "application/pdf", PDF)
    await member.taps("Continuer")
    shown = await member.taps("Dès que c'est confirmé")
    assert "Pièce jointe « affiche.pdf » : sur Telegram seulement" in shown
    await member.taps("M'envoyer un essai")
    tried = member.rows[0]
    with member.sessions.begin() as session:
        what, _, number = tried.file.partition(":")
        assert what == "broadcast"
        file = attachment(session, number, Listener(Kind.CHAT), member.now)
        assert (file.name, file.content) == ("affiche.pdf", PDF)
    await member.taps("Confirmer : 2 personne(s)")
    got = files_of(member)
    assert got["sms"] == ("Réunion mardi", None)
    text, file = got["telegram"]
    assert (text, file.name, file.content) == ("Réunion mardi", "affiche.pdf", PDF)
    with member.sessions.begin() as session:
        assert {row.handled_at is None for row in session.scalars(select(Inbound))} == {False}
        assert not any(row.details.get("file") for row in session.scalars(select(Inbound)))


async def test_a_photo_with_words_is_joined_too_and_can_be_taken_away(member):
    await writes(member)
    await member.taps("Joindre un fichier")
    said = await member.sends(b"jpeg", "photo.jpg", Event.PHOTO, text="Voici l'affiche")
    assert "photo.jpg" in said
    assert "Sous le message : –" in await member.taps("Retirer « photo.jpg »")
    assert kept(member) == ("", "", None)
    await member.taps("Continuer")
    assert "Pièce jointe" not in await member.taps("Dès que c'est confirmé")


@pytest.mark.parametrize("size", [0, BIGGEST_FILE + 1])
async def test_a_file_that_is_empty_or_too_big_is_said_to_be(member, size):
    await writes(member)
    await member.taps("Joindre un fichier")
    said = await member.sends(b"x" * size)
    assert said.startswith("la pièce jointe est vide, ou dépasse 2000 ko.")
    assert ASKED in said
    assert kept(member) == ("", "", None)
    assert len(member.hand.fetched) == (0 if size else 1)  # what is too big is not even fetched
    assert "affiche.pdf" in await member.sends(PDF)


async def test_what_is_no_file_is_said_and_it_is_asked_again(member):
    await writes(member)
    await member.taps("Joindre un fichier")
    for said in (
        await member.says(event=Event.VOICE),
        await member.says("je l'envoie demain"),
    ):
        assert said.startswith("Il n'y a là ni photo ni document.")
        assert ASKED in said
    assert "n'est pas arrivé" in await member.sends(None)
    assert "Sous le message" in await member.taps("Retour")


async def test_a_file_that_nobody_asked_for_is_never_fetched(member, sessions, vault):
    parent = Member(sessions, vault, 80, joins=False)
    refused = await parent.sends(PDF)
    await writes(member)
    await member.taps("Joindre un fichier")
    assert await parent.sends(PDF) == refused
    await member.taps("Retour")
    options = list(member.rows)
    assert await member.sends(PDF) == refused
    member.rows = options
    await member.taps("Joindre un fichier")
    await member.says("/menu")
    assert await member.sends(PDF) == refused  # something else was asked since
    assert member.hand.fetched == parent.hand.fetched == []
    assert kept(member) == ("", "", None)
    with sessions.begin() as session:
        assert not any(row.details.get("file") for row in session.scalars(select(Inbound)))


async def test_stop_under_a_picture_is_obeyed_all_the_same(member):
    await writes(member)
    await member.taps("Joindre un fichier")
    await member.sends(b"jpeg", text="STOP")
    assert member.hand.fetched == []


async def test_a_draft_that_is_dropped_meanwhile_takes_no_file(member):
    await writes(member)
    await member.taps("Joindre un fichier")
    fetch = member.hand.fetch

    async def slowly(reference):
        with member.sessions.begin() as session:
            session.scalars(select(Broadcast)).one().state = "cancelled"
        return await fetch(reference)

    member.hand.fetch = slowly
    assert "pas de brouillon" in await member.sends(PDF)
    assert kept(member) == ("", "", None)


async def test_what_was_sent_before_a_crash_is_fetched_after_it(member):
    member.now = NOON  # a message is answered within two hours
    await writes(member)
    await member.taps("Joindre un fichier")
    fetch, tries = member.hand.fetch, []

    async def dies_once(reference):
        tries.append(reference)
        if len(tries) == 1:
            raise ConnectionResetError
        return await fetch(reference)

    member.hand.fetch = dies_once
    assert await member.sends(PDF) == ""
    with member.sessions.begin() as session:
        waits = session.scalars(select(Inbound).where(Inbound.handled_at.is_(None))).one()
        assert "affiche" not in str(waits.details)  # sealed, and no content
    member.now += timedelta(minutes=2)
    assert await member.inbox.resume() == 1
    await member.inbox.idle()
    assert kept(member) == ("affiche.pdf", "application/pdf", PDF)


async def test_after_the_preview_a_file_can_still_be_added_and_is_seen_before_it_leaves(member):
    await writes(member)
    await member.taps("Continuer")
    await member.taps("Dès que c'est confirmé")
    before = list(member.rows)
    await member.taps("Changer les réponses ou le fichier")
    await member.taps("Joindre un fichier")
    await member.sends(PDF)
    after = list(member.rows)
    member.rows = before
    assert "ne va pas avec l'état" in await member.taps("Confirmer : 2 personne(s)")
    member.rows = after
    await member.taps("Continuer")
    assert "affiche.pdf" in await member.taps("Dès que c'est confirmé")


# Schools


async def test_schools_are_ticked_page_by_page_or_written_by_name(member):
    with member.sessions.begin() as session:
        for number, college in ((10, "Collège Jules Verne"), (11, "école de migné")):
            address = someone(session, member.vault, number)
            session.add(a_wish(address, college))
    await member.begins()
    await member.taps("Établissement")
    await member.taps("Suite de la liste")
    assert "Collège La Fontaine-Margot (Brest)" in member.labels()
    await member.taps("Collège La Fontaine-Margot (Brest)")
    assert "✓ Collège La Fontaine-Margot (Brest)" in member.labels()
    await member.taps("✓ Collège La Fontaine-Margot (Brest)")
    await member.says("jules verne")
    assert "✓ Collège Jules Verne (Poitiers)" in member.labels()
    await member.says("École de Migné")
    assert "✓ École de Migné" in member.labels()
    await member.says("jules verne")  # said twice, it stays
    assert (await member.says("x")).startswith("« x » : écrivez un nom d'établissement")
    said = await member.taps("Retour")
    assert "Choisi : Collège Jules Verne (Poitiers), École de Migné\n2 personne(s)." in said
    assert member.one().audience == {"schools": ["Collège Jules Verne", "École de Migné"]}


async def test_who_writes_to_one_territory_ticks_its_schools_only(member):
    await member.begins()
    with member.sessions.begin() as session:
        session.scalars(select(Broadcast)).one().audience = {"reach": "finistere"}
    await member.taps("Établissement")
    assert len(member.labels()) == 4
    assert "Collège Max-Jacob (Quimper)" in member.labels()


async def test_what_the_console_ticked_is_shown_here_too(member):
    await member.begins()
    with member.sessions.begin() as session:
        draft = session.scalars(select(Broadcast)).one()
        draft.audience = {"territories": ["national"], "roles": ["staff"], "states": ["excused"]}
    await member.says("/diffuser")
    assert "Choisi : National + équipe + Excusé" in await member.taps("Le reprendre")


async def test_who_was_ticked_after_the_preview_is_seen_before_it_leaves(member):
    await member.begins()
    await member.taps("Rôle")
    roles = list(member.rows)
    await member.taps("parents")
    await member.taps("Retour")
    await member.taps("C'est bon : 2 personne(s)")
    await member.says("Réunion mardi")
    await member.taps("Continuer")
    await member.taps("Dès que c'est confirmé")
    preview = list(member.rows)
    member.rows = roles  # further up in the chat
    await member.taps("parents")
    member.rows = preview
    assert "ne va pas avec l'état" in await member.taps("Confirmer : 2 personne(s)")


# Around where


@pytest.fixture
def around(member):
    """The member, and two who go to sessions: in Poitiers, and in Latillé 23 km from there."""
    with member.sessions.begin() as session:
        for number, commune in enumerate(("Poitiers", "Latillé"), start=10):
            row = a_session(session, f"w{number}", commune=commune)
            signed_up(session, someone(session, member.vault, number), row)
    return member


async def test_a_commune_and_a_distance_are_written_shown_and_taken_away(around):
    await around.begins()
    assert "Poitiers 20" in await around.taps("Autour d'une commune")
    said = await around.says("poitiers, 30 km")
    assert "Choisi : 30 km autour de Poitiers\n2 personne(s)." in said
    assert around.one().audience == {"communes": ["Poitiers"], "km": 30}
    await around.taps("Autour d'une commune")
    assert "Choisi : Poitiers\n1 personne(s)." in await around.says("Poitiers")
    assert around.one().audience == {"communes": ["Poitiers"]}
    await around.taps("Autour d'une commune")
    assert "Choisi : tout le monde" in await around.taps("Retirer « Poitiers »")
    assert around.one().audience == {}


async def test_a_commune_that_is_not_known_is_said_with_what_may_be_meant(around):
    await around.begins()
    await around.taps("Autour d'une commune")
    said = await around.says("Potiers 30")
    assert said.startswith("« Potiers » n'est pas une commune connue. Peut-être : Poitiers,")
    assert "Écrivez par exemple : Poitiers 20" in said
    assert "30 km autour de Poitiers" in await around.taps("Poitiers 30")
    for words, wrong in (
        ("Xyzw 10", "« Xyzw » n'est pas une commune que nous connaissons."),
        ("12 km", "« 12 km » n'est pas une commune que nous connaissons."),
        ("Poitiers 900", "« 900 » : il faut un nombre entier, de 1 à 200."),
    ):
        await around.taps("Autour d'une commune")
        said = await around.says(words)
        assert said.startswith(wrong)
        assert "Écrivez par exemple : Poitiers 20" in said
        assert "Retirer « 30 km autour de Poitiers »" in around.labels()
        await around.taps("Retour")
    assert around.one().audience == {"communes": ["Poitiers"], "km": 30}


@pytest.mark.parametrize(
    ("words", "communes", "km"),
    [
        ("Poitiers20", ("Poitiers",), 20),
        ("20 km autour de Poitiers", ("Poitiers",), 20),
        ("POITIERS jusqu'à 20 kilomètres.", ("Poitiers",), 20),
        ("Poitiers (20 km)", ("Poitiers",), 20),
        ("st benoit 5", ("Saint-Benoît",), 5),
        ("la roche posay - 10km", ("La Roche-Posay",), 10),
        ("Poitiers, Latillé 15", ("Poitiers", "Latillé"), 15),
        ("Poitiers et Latillé", ("Poitiers", "Latillé"), 0),
        ("3 cités 10", ("Poitiers",), 10),
    ],
)
def test_a_commune_is_read_as_people_write_it(words, communes, km):
    found = read_around(the_library().tables, words)
    assert (found.communes, found.km) == (communes, km)


# How often


async def reaches_when(member):
    await writes(member)
    return await member.taps("Continuer")


async def test_it_comes_each_week_as_many_times_as_is_said(member):
    assert "Répétition" not in await reaches_when(member)
    await member.taps("Répéter")
    assert "✓ Une seule fois" in member.labels()
    assert "combien de fois en tout" in await member.taps("Chaque semaine")
    said = await member.says("4")  # how many, not the fourth choice
    assert said.startswith("Répétition : chaque semaine, 4 fois en tout.")
    shown = await member.taps("Demain à 9 h")
    assert (
        "Se répète (chaque semaine, 4 fois en tout) : "
        "24/11/2026 09:00, 01/12/2026 09:00, 08/12/2026 09:00, …" in shown
    )
    assert member.one().rrule == "FREQ=WEEKLY;COUNT=4"
    await member.taps("Confirmer : 2 personne(s)")
    member.now += timedelta(days=1)
    member.ticks()
    with member.sessions.begin() as session:
        row = session.scalars(select(Broadcast)).one()
        for _ in claiming.claim(session, "sms", member.now):
            pass
        assert (row.state, row.occurrence) == ("running", 1)
        again = recurring.following(row.rrule, row.start_at, member.now)
        assert f"{again:%d/%m %H:%M}" == "01/12 08:00"  # UTC


async def test_every_two_weeks_and_back_to_once(member):
    await reaches_when(member)
    await member.taps("Répéter")
    await member.taps("Toutes les deux semaines")
    said = await member.taps("2 fois")
    assert said.startswith("Répétition : toutes les deux semaines, 2 fois en tout.")
    assert member.one().rrule == "FREQ=WEEKLY;INTERVAL=2;COUNT=2"
    shown = await member.taps("Dès que c'est confirmé")
    assert "(toutes les deux semaines, 2 fois en tout) : 23/11/2026 13:00, 07/12/2026" in shown
    assert "…" not in shown.partition("Se répète")[2].partition("\n")[0]
    preview = list(member.rows)
    await member.taps("Changer quand")
    await member.taps("Changer la répétition")
    assert "✓ Toutes les deux semaines" in member.labels()
    said = await member.taps("Une seule fois")
    assert "Répétition" not in said
    assert member.one().rrule == ""
    now = list(member.rows)
    member.rows = preview  # what was not seen again is not confirmed
    assert "ne va pas avec l'état" in await member.taps("Confirmer : 2 personne(s)")
    member.rows = now
    assert "Se répète" not in await member.taps("Demain à 9 h")


async def test_each_month_until_it_is_cancelled_falls_on_a_quiet_day_and_waits(member):
    await reaches_when(member)
    await member.taps("Répéter")
    await member.taps("Chaque mois")
    said = await member.taps("Jusqu'à ce qu'on l'annule")
    assert said.startswith("Répétition : chaque mois.")
    said = await member.says("25/11/2026 10:00")  # at Christmas too
    assert said.startswith("25/12/2026 10:00 est une heure calme")
    assert "C'est urgent : à toute heure" not in member.labels()
    shown = await member.taps("Attendre le matin")
    assert "Se répète (chaque mois) : 25/11/2026 10:00, 25/12/2026 10:00, 25/01/2027" in shown
    assert (member.one().rrule, member.one().waits) == ("FREQ=MONTHLY", True)


async def test_how_many_times_is_a_number_and_asked_again_otherwise(member):
    await reaches_when(member)
    for words in ("jamais", "0", "101", "1,5"):
        await member.taps("Répéter")
        await member.taps("Chaque semaine")
        said = await member.says(words)
        assert said.startswith(f"« {words} » : il faut un nombre entier, de 1 à 100.")
        assert "combien de fois en tout" in said
        await member.taps("Jusqu'à ce qu'on l'annule")
        await member.taps("Changer la répétition")
        await member.taps("Une seule fois")
    await member.taps("Répéter")
    await member.taps("Chaque semaine")
    assert "10 fois en tout" in await member.says("10 fois")
    assert member.one().rrule == "FREQ=WEEKLY;COUNT=10"
    await member.taps("Changer la répétition")
    await member.taps("✓ Chaque semaine")
    assert "Répétition" not in await member.says("1")
    assert member.one().rrule == ""


async def test_a_rule_that_was_written_elsewhere_is_shown_as_it_is(member):
    await reaches_when(member)
    with member.sessions.begin() as session:
        session.scalars(select(Broadcast)).one().rrule = "FREQ=WEEKLY;BYDAY=TU;COUNT=3"
    await member.says("/diffuser")
    assert "Répétition : FREQ=WEEKLY;BYDAY=TU;COUNT=3." in await member.taps("Le reprendre")
    await member.taps("Changer la répétition")
    assert not [label for label in member.labels() if "✓" in label]
    await member.taps("Retour")
    assert "Se répète (FREQ=WEEKLY;BYDAY=TU;COUNT=3) : 24/11/2026" in await member.taps(
        "Demain à 9 h"
    )
