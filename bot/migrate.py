"""The database's schema, brought up to date by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration without an ini file: the address comes from our settings."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str) -> None:
    """Run every migration that has not run yet."""
    _make_folder(database_url)
    command.upgrade(alembic_config(database_url), "head")


def _make_folder(database_url: str) -> None:
    """SQLite makes its file, but not the folder around it."""
    prefix = "sqlite:///"
    if database_url.startswith(prefix) and ":memory:" not in database_url:
        Path(database_url.removeprefix(prefix)).parent.mkdir(parents=True, exist_ok=True)
