"""The clock of the whole assistant sees to workshops."""

from bot.ask import Ear
from bot.building import build
from core.db import Base
from core.messages import Kind
from core.settings import Settings
from core.vault import make_keyring
from core.workshops.model import SignUpState
from tests.core.workshops.hall import NOW, Hall


async def test_a_tick_offers_a_free_seat_to_whoever_waits(tmp_path):
    make_keyring(tmp_path / "keys.json")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/tne.db", keys_file=tmp_path / "keys.json"
    )
    app = build(settings, [Ear("telegram", Kind.CHAT)], clock=lambda: NOW)
    Base.metadata.create_all(app.engine)
    hall = Hall(app.sessions, app.vault, seats=1)
    for person in (0, 1):
        hall.signs_up(person)
    hall.becomes(seats=2)
    await app.ticks.tick()
    assert hall.in_state(SignUpState.OFFERED) == [1]
    await app.close()
