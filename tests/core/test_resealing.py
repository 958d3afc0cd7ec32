"""A new key seals, the old ones still open, and afterwards none of them is needed."""

import json

import pytest
from sqlalchemy import LargeBinary, select

from bot.cli.main import main
from core.db import Base
from core.people import personal
from core.people.contacts import Address, find
from core.people.resealing import SEALED
from core.vault import Vault, VaultError, add_key, make_keyring
from tests.core.lives import a_life
from tests.core.workshops.shop import a_session, somebody
from tests.world import A_NUMBER


def test_every_sealed_column_is_sealed_again():
    columns = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    columns.remove(("broadcast", "file"))  # what staff send to everybody is no secret
    assert {(one.class_.__tablename__, one.key) for one in SEALED} == columns


def test_a_keyring_that_gets_a_key_stays_its_owners_and_opens_what_was_sealed(tmp_path):
    path = tmp_path / "keys.json"
    make_keyring(path)
    sealed = Vault.read(path).seal("Lina", "name")
    assert add_key(path) == "2"
    vault = Vault.read(path)
    assert vault.open(sealed, "name") == "Lina"
    assert not vault.is_current(sealed)
    assert vault.is_current(vault.seal("Lina", "name"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


def test_without_a_keyring_there_is_nothing_to_rotate(tmp_path):
    with pytest.raises(VaultError):
        add_key(tmp_path / "none.json")


def test_after_rotating_and_resealing_the_old_key_opens_nothing_and_is_not_needed(
    sessions, engine, vault, tmp_path, monkeypatch, capsys
):
    path = tmp_path / "keys.json"
    monkeypatch.setenv("KEYS_FILE", str(path))
    monkeypatch.setenv("DATABASE_URL", str(engine.url))
    with sessions.begin() as session:
        address = somebody(session, vault)
        a_life(session, vault, address, a_session(session))
        before = personal.collect(session, vault, address.contact_id)
    assert main(["keys", "rotate"]) == 0
    assert main(["keys", "reseal"]) == 0
    assert "8" in capsys.readouterr().err
    ring = json.loads(path.read_text())
    del ring["keys"]["1"]
    path.write_text(json.dumps(ring))
    alone = Vault.read(path)
    with sessions.begin() as session:
        assert personal.collect(session, alone, address.contact_id) == before
        assert find(session, alone, "sms", A_NUMBER)
        sealed = session.scalars(select(Address.sealed)).one()
        with pytest.raises(VaultError):
            vault.open(sealed, "sms")
    assert main(["keys", "reseal"]) == 0
    assert "0" in capsys.readouterr().err
