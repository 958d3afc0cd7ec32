"""Never more in a second than the provider allows, as the provider counts them; and hardly less."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sending.post_office import most_in_a_second
from bot.sending import pace as module
from bot.sending.pace import ON_ITS_WAY, Pace, arrived

# (until it arrives, until we know; how late we wake), in seconds
TRIPS = st.lists(
    st.tuples(st.floats(0, ON_ITS_WAY), st.floats(0, 0.2), st.floats(0, 0.03)),
    min_size=1, max_size=20,
)  # fmt: skip


class Road:
    """Messages that leave when the pace allows, in a time of our own; *arrivals* in seconds."""

    def __init__(self, monkeypatch, a_second):
        self.now, self.arrivals, self._known = 100.0, [], []
        monkeypatch.setattr(module, "_now", lambda: self.now)
        self.pace = Pace(a_second)

    def send(self, until_there, until_known, late):
        self._advance(max(self.now, self.pace._opens_at()) + late)
        departure = self.pace.leaves()
        self.arrivals.append(self.now + until_there)
        self._known.append((self.now + until_there + until_known, departure))

    def _advance(self, then):
        for known in sorted(self._known, key=lambda one: one[0]):
            if known[0] <= then:
                self.now = known[0]
                arrived(known[1])
                self._known.remove(known)
        # What was learned meanwhile may let the next leave earlier or later; never before now.
        self.now = max(then, self.now)


@given(a_second=st.sampled_from([1, 2, 7, 30]), trips=TRIPS)
@settings(max_examples=60, deadline=None)
def test_never_too_many_in_any_second(a_second, trips):
    with pytest.MonkeyPatch.context() as monkeypatch:
        road = Road(monkeypatch, a_second)
        for number in range(6 * a_second):
            road.send(*trips[number % len(trips)])
    assert most_in_a_second(sorted(road.arrivals)) <= a_second


def test_nearly_as_many_as_are_allowed(monkeypatch):
    road = Road(monkeypatch, 30)
    for _ in range(3000):
        road.send(0.004, 0.004, 0.001)
    assert 3000 / (road.arrivals[-1] - road.arrivals[0]) >= 0.98 * 30


def test_less_than_one_a_second_is_one_in_so_many(monkeypatch):
    road = Road(monkeypatch, 0.25)
    for _ in range(4):
        road.send(0, 0, 0)
    gaps = [
        later - earlier for earlier, later in zip(road.arrivals, road.arrivals[1:], strict=False)
    ]
    assert min(gaps) >= 4


def test_nothing_leaves_while_it_is_held(monkeypatch):
    road = Road(monkeypatch, 30)
    road.pace.hold(7)
    road.send(0, 0, 0)
    assert road.arrivals == [107.0]
