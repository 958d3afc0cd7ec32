"""Killed at any step of a sign-up, a release or an offer: all of it is done, or nothing."""

import contextlib
import json
import subprocess
import sys
from datetime import timedelta
from itertools import count

import pytest

from core.workshops.booking.refusals import NotSignedUp
from core.workshops.model import SignUpState
from tests.core.workshops.hall import NOW, Hall
from tests.world import ROOT

LATER = NOW + timedelta(days=3)
_names = count()


class Killer:
    """Lets another process act, and die at a step."""

    def __init__(self, keys, url):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.workshops.dying", str(keys), url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip

    def act(self, step, now=NOW, **order):
        order |= {"step": step, "now": now.isoformat()}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def stop(self):
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@pytest.fixture
def killer(kept_engine, kept_sessions, vault, tmp_path):
    killer = Killer(tmp_path / "keys.json", kept_engine.url.render_as_string(hide_password=False))
    yield killer
    killer.stop()


def a_full_hall(sessions, vault):
    """0 has the two seats, 1 and 2 wait: 1 as two people, 2 alone; 3 is not there yet."""
    hall = Hall(sessions, vault, 4, name=f"k{next(_names)}", seats=2)
    for person, size in ((0, 2), (1, 2), (2, 1)):
        hall.signs_up(person, size)
    return hall


def picture(hall):
    names = hall.names()
    return [
        (hall.people.index(row.address_id), row.state, row.size, names[row.id], row.offers,
         row.reason, [(one.purpose, one.state) for one in hall.told() if one.cause_id == row.id])
        for row in hall.rows()
    ] + [hall.waiting()]  # fmt: skip


def an_empty_hall(sessions, vault):
    return Hall(sessions, vault, 4, name=f"k{next(_names)}", seats=2)


def an_offer_that_passed(sessions, vault):
    hall = a_full_hall(sessions, vault)
    hall.releases(0)
    assert hall.in_state(SignUpState.OFFERED) == [1]
    return hall


ACTS = {
    "a seat is taken": (
        an_empty_hall,
        lambda hall: {"act": "sign up", "who": hall.people[3], "session": hall.id},
        lambda hall: hall.signs_up(3, 2),
    ),
    "a place in the list is taken": (
        a_full_hall,
        lambda hall: {"act": "sign up", "who": hall.people[3], "session": hall.id},
        lambda hall: hall.signs_up(3, 2),
    ),
    "seats are given back, and offered": (
        a_full_hall,
        lambda hall: {"act": "release", "sign_up": hall.row(0).id},
        lambda hall: hall.releases(0, reason=None),
    ),
    "an offer passes, and the next is made": (
        an_offer_that_passed,
        lambda hall: {"act": "tick", "now": LATER},
        lambda hall: hall.clock_ticks(LATER),
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_killed_at_any_step_all_is_done_or_nothing_and_a_restart_does_the_rest(
    kept_sessions, vault, killer, name
):
    made, order, again = ACTS[name]
    hall = made(kept_sessions, vault)
    before = picture(hall)
    assert killer.act(0, **order(hall)) == "done"
    done = picture(hall)
    assert done != before
    hall.is_forgotten()
    found = []
    for step in count(1):
        hall = made(kept_sessions, vault)
        ended = killer.act(step, **order(hall))
        if ended == "done":
            assert picture(hall) == done
            break
        assert ended == "killed"
        found.append(picture(hall))
        with contextlib.suppress(NotSignedUp):  # it was given back before the end
            again(hall)
        assert picture(hall) == done
        hall.is_forgotten()
    # Nothing before the commit, all after it; and there were steps to die at.
    assert found == [before] * (len(found) - 1) + [done]
    assert len(found) > 4
