"""An office for every test of the console."""

import pytest

from tests.console.office import Office


@pytest.fixture
def office(sessions, vault) -> Office:
    return Office(sessions, vault)
