"""Whom a broadcast is for: the select against a plain Python filter, on both databases."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from core.broadcasts import people
from core.broadcasts.audience import Audience, BadAudience, read, within
from core.broadcasts.people import Why
from core.db import Base
from core.messages import Kind
from core.outbox.delivery import Cause, Delivery, State
from core.people import consents
from core.people.contacts import AddressState
from core.people.erasure import Erasure
from core.workshops.model import SignUpState
from core.workshops.search import interest
from core.workshops.search.wanted import Wanted
from core.workshops.wishes import wishes
from core.workshops.wishes.wishes import Ask
from tests.core.broadcasts.crowd import also, means, someone
from tests.core.workshops.shop import a_session, signed_up, the_tables
from tests.world import NOON


@pytest.fixture
def sessions(kept_sessions):
    return kept_sessions


def who(session, vault, audience=None, about=None, begins=NOON, **more):
    """Contact → (channel, why)."""
    found = people.find(session, means(vault, **more), audience or Audience(), about, begins, NOON)
    rows = session.execute(select(found.c.contact_id, found.c.channel, found.c.why))
    return {contact: (channel, why) for contact, channel, why in rows}


def test_one_address_for_each_person_telegram_first_if_it_is_open(sessions, vault):
    with sessions.begin() as session:
        both, stopped = someone(session, vault, 1), someone(session, vault, 2)
        also(session, both, someone(session, vault, 1, "telegram"))
        gone = someone(session, vault, 2, "telegram", state=AddressState.STOPPED)
        also(session, stopped, gone)
        assert who(session, vault) == {
            both.contact_id: ("telegram", None), stopped.contact_id: ("sms", None),
        }  # fmt: skip
        by_sms = who(session, vault, Audience(kind=Kind.SMS))
        assert by_sms == dict.fromkeys((both.contact_id, stopped.contact_id), ("sms", None))
        on_screen = who(session, vault, Audience(kind=Kind.CHAT))
        assert on_screen[stopped.contact_id] == ("telegram", Why.STOPPED)


def test_everybody_who_is_left_out_is_there_with_the_reason(sessions, vault):
    with sessions.begin() as session:
        row = a_session(session)
        cases = {
            Why.NEVER_WROTE: someone(session, vault, 1, wrote=False),
            Why.STOPPED: someone(session, vault, 2, state=AddressState.STOPPED),
            Why.UNREACHABLE: someone(session, vault, 3, state=AddressState.UNREACHABLE),
            Why.STOPPED_SESSION: someone(session, vault, 4),
            Why.CAPPED: someone(session, vault, 5),
            None: someone(session, vault, 6),
        }
        consents.stop_stream(session, cases[Why.STOPPED_SESSION], row.id, NOON)
        for number in range(4):
            session.add(
                Delivery(
                    cause=Cause.REMINDER, cause_id=number, purpose="1", channel="sms",
                    contact_id=cases[Why.CAPPED].contact_id, address=cases[Why.CAPPED],
                    state=State.SENT, sent_at=NOON, not_before=NOON, created_at=NOON,
                )
            )  # fmt: skip
        erased = someone(session, vault, 7)
        session.add(Erasure(contact_id=erased.contact_id, since=NOON))
        session.flush()
        found = who(session, vault, about=row.id)
        assert {contact: why for contact, (_, why) in found.items()} == {
            address.contact_id: why for why, address in cases.items()
        }
        assert who(session, vault, about=None)[cases[Why.STOPPED_SESSION].contact_id][1] is None
        tomorrow = who(session, vault, begins=NOON + timedelta(days=1))
        assert tomorrow[cases[Why.CAPPED].contact_id][1] is None
        nowhere = who(session, vault, Audience(kind=Kind.CHAT))
        assert {why for _, why in nowhere.values()} == {Why.NO_ADDRESS}


def test_the_chat_of_the_team_is_nobody(sessions, vault):
    with sessions.begin() as session:
        group = someone(session, vault, 1, "telegram", role="staff")
        member = someone(session, vault, 2, "telegram", role="staff")
        found = who(session, vault, Audience(roles=("staff",)), group=group.fingerprint)
        assert set(found) == {member.contact_id}


def test_where_people_live_is_where_they_go_want_to_go_or_teach(sessions, vault):
    tables = the_tables()
    with sessions.begin() as session:
        went, told, teaches, elsewhere = (someone(session, vault, one) for one in range(4))
        signed_up(session, went, a_session(session, commune="Latillé"))
        interest.note(session, told, Wanted(communes=("Vouillé",)), NOON)
        college = next(one for one in tables.colleges if one.commune == "Poitiers")
        wishes.of(session, teaches, NOON).college = college.name
        signed_up(session, elsewhere, a_session(session, "far", commune="Brest"))
        session.flush()
        near = Audience(communes=("Latillé",), km=30)
        assert set(who(session, vault, near)) == {
            went.contact_id, told.contact_id, teaches.contact_id,
        }  # fmt: skip
        assert set(who(session, vault, Audience(communes=("Latillé",)))) == {went.contact_id}
        school = read({"ecole": college.names[-1]}, tables)
        assert set(who(session, vault, school)) == {teaches.contact_id}


def test_a_school_that_is_in_no_table_is_found_however_it_is_spelled(sessions, vault):
    with sessions.begin() as session:
        teacher = someone(session, vault)
        wishes.of(session, teacher, NOON).college = "École de la Mer"
        session.flush()
        assert who(session, vault, read({"ecole": "ecole de la MER"}, the_tables()))


THEMES, PLACES = ("ent", "ia", "controle_parental"), ("vienne", "finistere", None)
STATES = ("confirmed", "waiting", "attended", "absent", "cancelled")
a_person = st.fixed_dictionaries(
    {
        "territory": st.sampled_from(PLACES),
        "role": st.sampled_from(("parent", "teacher", None)),
        "language": st.sampled_from(("fr", "ar", "tr")),
        "channels": st.sampled_from((("sms",), ("telegram",), ("sms", "telegram"))),
        "signed": st.dictionaries(st.integers(0, 2), st.sampled_from(STATES), max_size=2),
        "told": st.sets(st.sampled_from(THEMES), max_size=1),
        "wished": st.sets(st.sampled_from(THEMES), max_size=2),
    }
)
an_audience = st.fixed_dictionaries(
    {},
    optional={
        "territories": st.sampled_from((("vienne",), ("vienne", "finistere"))),
        "roles": st.sampled_from((("parent",), ("teacher",), ("parent", "teacher"))),
        "languages": st.sampled_from((("fr",), ("ar", "tr"))),
        "themes": st.sampled_from((("ent",), ("ia", "controle_parental"))),
        "states": st.sampled_from((("confirmed",), ("attended", "absent"), ("waiting",))),
        "session": st.integers(0, 2),
        "kind": st.sampled_from((Kind.SMS, Kind.CHAT)),
    },
)


def plainly(person, wanted) -> bool:
    """The same, in plain Python; the session number *n* is about THEMES[n]."""
    for one, many in (("territory", "territories"), ("role", "roles"), ("language", "languages")):
        if many in wanted and person[one] not in wanted[many]:
            return False
    themes, states = wanted.get("themes"), wanted.get("states")
    places = {
        number
        for number, state in person["signed"].items()
        if (state in states if states else state != "cancelled")
        and ("session" not in wanted or number == wanted["session"])
        and (not themes or THEMES[number] in themes)
    }
    if "session" in wanted or states:
        return bool(places)
    if themes:
        return bool(places or (person["told"] | person["wished"]) & set(themes))
    return True


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(crowd=st.lists(a_person, max_size=7), wanted=an_audience)
def test_the_select_finds_those_whom_a_plain_filter_finds(sessions, vault, crowd, wanted):
    with sessions.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        session.expunge_all()
        rows = [a_session(session, theme, theme=theme) for theme in THEMES]
        expected = {}
        for number, person in enumerate(crowd):
            first, *more = [
                someone(session, vault, number, channel) for channel in person["channels"]
            ]
            for other in more:
                also(session, first, other)
            for name in ("territory", "role", "language"):
                setattr(first.contact, name, person[name])
            for place, state in person["signed"].items():
                signed_up(session, first, rows[place], state=SignUpState(state))
            for theme in person["told"]:
                interest.note(session, first, Wanted(themes=(theme,)), NOON)
            if person["wished"]:
                wishes.of(session, first, NOON).add(Ask.THEMES, person["wished"], NOON)
            first.contact.role = person["role"]
            if plainly(person, wanted):
                kind = wanted.get("kind")
                on = {"sms": Kind.SMS, "telegram": Kind.CHAT}
                open_ = [one for one in person["channels"] if kind in (None, on[one])]
                best = max(open_, default=None)  # telegram comes after sms
                expected[first.contact_id] = (best, None if best else Why.NO_ADDRESS)
        if "session" in wanted:
            wanted = wanted | {"session": rows[wanted["session"]].id}
        session.flush()
        audience = Audience(**wanted)
        assert Audience.from_json(audience.as_json()) == audience
        assert who(session, vault, audience) == expected


@pytest.mark.parametrize(
    ("written", "at", "key"),
    [
        ({"territoire": "landes"}, "territoire", "broadcasts.unknown_value"),
        ({"commune": "Latile"}, "commune", "broadcasts.unknown_commune"),
        ({"commune": []}, "commune", "broadcasts.empty_criterion"),
        ({"rayon_km": 10}, "rayon_km", "broadcasts.radius_alone"),
        ({"commune": "Latillé", "rayon_km": 9999}, "rayon_km", "broadcasts.not_a_number"),
        ({"seance": "douze"}, "seance", "broadcasts.not_a_number"),
        ({"canal": "pigeon"}, "canal", "broadcasts.unknown_value"),
        ({"region": "x"}, "region", "broadcasts.unknown_criterion"),
        ({"ecole": "x" * 99}, "ecole", "broadcasts.unknown_school"),
    ],
)
def test_what_is_no_audience_is_said_with_its_criterion(written, at, key):
    with pytest.raises(BadAudience) as error:
        read(written, the_tables())
    assert (error.value.at, error.value.key) == (at, key)


def test_words_of_staff_become_an_audience():
    written = {
        "territoire": "vienne", "role": ["Enseignants", "parent"], "inscrits": "absents",
        "theme": "ia", "commune": ["latille"], "rayon_km": 20, "canal": "sms", "langue": ["ar"],
    }  # fmt: skip
    assert read(written, the_tables()) == Audience(
        territories=("vienne",), roles=("teacher", "parent"), states=("absent",), themes=("ia",),
        communes=("Latillé",), km=20, kind=Kind.SMS, languages=("ar",),
    )  # fmt: skip
    assert "Vouillé" in within(the_tables(), ("Latillé",), 20)
    assert within(the_tables(), ("Latillé",), 0) == ["Latillé"]
