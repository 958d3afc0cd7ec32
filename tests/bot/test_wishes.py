"""Wishes of teachers, as a conversation: what a person reads, and what the database holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.understanding import UnderstandingError
from core import sms
from core.answers import Answer, Asked, Outcome
from core.languages import LANGUAGES
from core.messages import Bubble, Kind
from core.outbox import claiming
from core.people.contacts import Contact
from core.workshops.search.interest import Telling
from core.workshops.wishes.opening import Planned, open_session
from core.workshops.wishes.wishes import Wish
from tests.bot.test_sign_ups import FREE, HELP_LINE, LIBRARY, Phone, offer
from tests.core.workshops.shop import at
from tests.world import texts_of

TALK = Answer((Bubble("Voici Moodle."),), Outcome.ANSWERED, "prof_moodle", 0.6)


@pytest.fixture
def phone(sessions, vault):
    return Phone(sessions, vault)


@pytest.fixture
def chat(sessions, vault):
    return Phone(sessions, vault, "telegram")


def wish_of(phone):
    with phone.sessions.begin() as session:
        row = session.scalar(select(Wish))
        return row and (row.themes, row.half_days, row.college)


def digit_of(phone, label):
    """The digit that picks the choice of that label."""
    labels = [choice.label for choice in phone.rows[-1].picks()]
    return str(labels.index(label) + 1)


async def test_a_teacher_ticks_themes_and_half_days_on_a_screen(chat):
    asked = await chat.says("/souhaits")
    assert "Quelles formations au numérique vous intéressent ?" in asked
    said = await chat.taps("robotique")
    assert said.startswith("Choisi : robotique.")
    assert "✓ robotique" in [choice.label for choice in chat.rows[-1].picks()]
    await chat.taps("IA")
    await chat.taps("✓ robotique")
    assert wish_of(chat)[0] == ["ia"]
    assert "Quand n'avez-vous pas d'élèves" in await chat.taps("C'est tout")
    await chat.taps("mardi après-midi")
    await chat.taps("samedi matin")
    assert "Dans quel collège" in await chat.taps("C'est tout")
    done = await chat.says("au collège rimbaud")
    assert "Thèmes : IA." in done
    assert "Sans élèves : mardi après-midi, samedi matin." in done
    assert "La convocation officielle reste celle de Sofia-FMO." in done
    assert wish_of(chat) == (["ia"], ["tue-pm", "sat-am"], "Collège Arthur Rimbaud")


async def test_by_sms_several_digits_tick_several_things(phone, sessions):
    assert "Quels thèmes" in await phone.says("/souhaits")
    said = await phone.says("1 3, 4")
    assert wish_of(phone)[0] == ["ecran_interactif", "ia", "programmation"]
    assert "1 IA*\n2 robotique\n3 programmation*" in said
    done = digit_of(phone, "C'est tout")
    assert "sans élèves ?" in await phone.says(f"2 {done}")
    assert wish_of(phone)[0] == ["ecran_interactif", "ia", "programmation", "robotique"]
    await phone.says("4 et 5")
    await phone.says("C'est tout")
    assert "Sofia-FMO" in await phone.says("1")
    assert wish_of(phone)[1:] == (["tue-pm", "wed-am"], "")
    with sessions.begin() as session:
        assert session.scalar(select(Contact.role)) == "teacher"


async def test_themes_and_half_days_may_be_written_in_words(phone):
    await phone.says("/souhaits")
    assert "robotique*" in await phone.says("la robotique et l'IA")
    await phone.says("C'est tout")
    await phone.says("mardi après-midi et mercredi matin")
    assert wish_of(phone)[:2] == (["ia", "robotique"], ["tue-pm", "wed-am"])
    assert not phone.rasa.asked


async def test_a_theme_on_another_page_is_shown_where_it_is(phone):
    await phone.says("/souhaits")
    first = [choice.label for choice in phone.rows[-1].picks()]
    assert "Autres thèmes" in first
    assert "pédagogie de projet*" in await phone.says("je voudrais la pédagogie de projet")
    seen = set(first)
    for _ in range(3):
        await phone.says("autres thèmes")
        seen |= {choice.label for choice in phone.rows[-1].picks()}
    assert {"IA", "Moodle", "parentalité", "webradio"} <= {one.rstrip("*") for one in seen}


async def test_a_sentence_that_names_a_theme_is_taken_unless_it_is_a_question(phone):
    await phone.says("/souhaits")
    phone.rasa.answer = TALK
    said = await phone.says("c'est quoi moodle ?")
    assert said.startswith("Voici Moodle.")
    assert "Quels thèmes" in said
    assert wish_of(phone)[0] == []
    await phone.says("franchement moodle me serait bien utile cette année")
    assert wish_of(phone)[0] == ["moodle"]
    await phone.says("mais alors pas la robotique")
    assert wish_of(phone)[0] == ["moodle"]


async def test_what_the_model_is_sure_of_is_answered_though_it_names_a_theme(phone):
    await phone.says("/souhaits")
    phone.rasa.answer = FREE
    said = await phone.says("on m'a dit que le fablab coutait cher")
    assert said.startswith("C'est gratuit.")
    assert "Quels thèmes" in said
    assert wish_of(phone)[0] == []


async def test_somebody_in_danger_reads_the_help_line_and_nothing_is_ticked(phone):
    await phone.says("/souhaits")
    phone.rasa.answer = HELP_LINE
    assert await phone.says("je veux mourir") == "Appelez le 3114."
    assert wish_of(phone)[0] == []


async def test_nothing_ticked_is_asked_again(phone):
    await phone.says("/souhaits")
    assert "au moins un thème" in await phone.says("c'est tout")
    await phone.says("ia")
    await phone.says("c'est tout")
    assert "au moins une demi-journée" in await phone.says("c'est tout")


async def fill_in(phone, college="1"):
    for words in ("/souhaits", "robotique", "c'est tout", "mardi", "c'est tout", college):
        said = await phone.says(words)
    return said


async def test_wishes_are_changed_and_erased_later(phone):
    await fill_in(phone)
    phone.now += timedelta(days=60)
    assert "robotique" in await phone.says("/souhaits")
    assert "Que voulez-vous changer ?" in await phone.says("1")
    await phone.says("2")
    await phone.says(digit_of(phone, "mar. après-midi*"))
    said = await phone.says("c'est tout")
    assert "mar. matin" in said
    assert "après-midi" not in said
    assert wish_of(phone) == (["robotique"], ["tue-am"], "")
    assert "C'est effacé" in await phone.says("2")
    assert wish_of(phone) is None


async def test_the_name_of_a_school_is_kept_and_nothing_that_reaches_somebody(phone):
    said = await fill_in(phone, "Mme Durand, 06 39 98 00 01")
    assert "Seulement le nom de l'établissement" in said
    assert wish_of(phone)[2] is None
    assert "Seulement le nom" in await phone.says("école " * 20)
    assert "École de la Mer" in await phone.says("École de la Mer, Concarneau")
    assert wish_of(phone)[2] == "École de la Mer, Concarneau"


async def test_it_works_while_the_understanding_is_away_and_after_a_night(phone):
    phone.rasa.answer = UnderstandingError("away")
    await phone.says("/souhaits")
    await phone.says("1 2")
    phone.now += timedelta(hours=20)
    await phone.says("c'est tout")
    await phone.says("mardi")
    await phone.says("c'est tout")
    assert "Sofia-FMO" in await phone.says("Rimbaud")
    assert wish_of(phone)[2] == "Collège Arthur Rimbaud"


async def test_words_go_to_whatever_was_shown_last(phone, sessions):
    await phone.says(f"atelier {offer(sessions)}")
    await phone.says("1")
    await phone.says("/souhaits")
    await phone.says("robotique et ia")
    assert wish_of(phone)[0] == ["ia", "robotique"]
    await phone.says("atelier 1")
    await phone.says("1")
    assert "Et combien d'enfants" in await phone.says("deux adultes")
    phone.rasa.answer = FREE
    said = await phone.says("c'est gratuit ?")
    assert "Et combien d'enfants" in said
    assert "thèmes" not in said


async def test_who_says_it_in_a_question_has_it_ticked_already(phone):
    text = "je voudrais une formation robotique le mercredi matin"
    phone.rasa.answer = Answer(
        (Bubble("Dites-moi vos souhaits."),), Outcome.ANSWERED, "prof_souhaits", 0.95,
        asked=Asked(text, details={"theme": ("robotique",)}),
    )  # fmt: skip
    assert "Dans quel collège" in await phone.says(text)
    assert wish_of(phone) == (["robotique"], ["wed-am"], None)


async def test_wishes_become_a_session_and_those_who_wished_come_first(sessions, vault):
    phone, other = (Phone(sessions, vault, "telegram", number) for number in (1, 2))
    monday = at("2026-11-23", 9)
    phone.now = other.now = monday
    for words in ("/souhaits", "robotique", "c'est tout", "mardi après-midi", "c'est tout"):
        await phone.says(words)
    await phone.says("collège rimbaud")
    await other.says("bonjour")
    planned = Planned(
        "robotique", "Robots en classe", "Équipe TNE", "12/01/2027 14:00", "16:00",
        "Collège Rimbaud", "Latillé", 1, timedelta(hours=48),
    )  # fmt: skip
    with sessions.begin() as session:
        telling = Telling(texts_of(LIBRARY), LIBRARY.tables, {"telegram": Kind.CHAT})
        opened = open_session(session, telling, planned, monday)
        assert opened.invited == 1
    with sessions.begin() as session:
        (invitation,) = claiming.claim(session, "telegram", monday)
        assert "Une formation répond à vos souhaits : Robots en classe" in invitation.text
        assert "Jusqu'au mercredi 25 novembre à 10 h" in invitation.text
    assert "ne sont pas encore ouvertes" in await other.says(f"formation {opened.number}")
    phone.rows = [invitation]
    assert "Votre prénom et votre nom" in await phone.taps("Je m'inscris")
    for words in ("Anne Le Goff", "Collège Rimbaud"):
        await phone.says(words)
    await phone.says("anne.le-goff@ac-poitiers.fr")
    assert "Sofia-FMO" in await phone.taps("Je confirme")
    other.now += timedelta(hours=48)
    await other.says(f"formation {opened.number}")
    await other.taps("Liste d'attente")
    await other.says("Paul Martin")
    await other.says("Collège Camus")
    await other.says("paul.martin@ac-poitiers.fr")
    assert "liste d'attente" in await other.taps("Liste d'attente")
    assert [state for state, _ in phone.sign_ups()] == ["confirmed", "waiting"]


async def test_who_stopped_is_told_how_to_be_told(phone):
    await phone.says("stop")
    assert "écrivez START" in await fill_in(phone)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_by_sms_every_step_fits_into_two_segments(phone, language):
    said = [await phone.says(f"/langue {language}"), await phone.says("/souhaits")]
    done = {}
    for _ in range(8):  # every page of themes, everything ticked
        labels = [choice.label for choice in phone.rows[-1].picks()]
        numbers = [
            str(number) for number, choice in enumerate(phone.rows[-1].picks(), start=1)
            if choice.does.startswith("wish:theme:") and not choice.label.endswith("*")
        ]  # fmt: skip
        done = labels[-1]
        if numbers:
            said.append(await phone.says(" ".join(numbers)))
        more = [choice.label for choice in phone.rows[-1].picks()][-2]
        said.append(await phone.says(more))
    assert len(wish_of(phone)[0]) == 29
    said.append(await phone.says(done))
    for _ in range(3):
        numbers = [
            str(number) for number, choice in enumerate(phone.rows[-1].picks(), start=1)
            if choice.does.startswith("wish:half:") and not choice.label.endswith("*")
        ]  # fmt: skip
        if numbers:
            said.append(await phone.says(" ".join(numbers)))
        picks = phone.rows[-1].picks()
        if picks[-2].does.startswith("wish:page:"):
            said.append(await phone.says(picks[-2].label))
    assert len(wish_of(phone)[1]) == 11
    said.append(await phone.says(phone.rows[-1].picks()[-1].label))
    said.append(await phone.says("M. Durand"))  # refused
    said.append(await phone.says("Collège " + "a" * 70))
    assert wish_of(phone)[2]
    said.append(await phone.says("1"))
    assert "Sofia-FMO" in said[-2]
    for text in said:
        assert sms.size(sms.spell(text)).segments <= 2, text


async def test_a_teacher_who_finds_no_session_may_say_what_they_wish(chat):
    await fill_in(chat)
    await chat.says("/souhaits")
    await chat.taps("Effacer mes souhaits")
    chat.rasa.answer = Answer(
        (Bubble("Je n'ai pas de date."),), Outcome.ANSWERED, "prof_formations_dates", 0.95,
        asked=Asked("quelles formations sont prévues ?"),
    )  # fmt: skip
    await chat.says("quelles formations sont prévues ?")
    assert "Quelles formations au numérique" in await chat.taps("Dire mes souhaits")
