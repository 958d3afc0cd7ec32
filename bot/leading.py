"""One clock of several: whoever holds the lock, for as long as its connection lives."""

import logging

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)
CLOCK = 6  # the advisory lock; it is nobody else's


class Leadership:
    """On PostgreSQL an advisory lock of a connection of its own; elsewhere there is one clock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._holding: Connection | None = None

    def holds(self) -> bool:
        """Whether we are the one, now; tries to become it. May wait for the database."""
        if self._engine.dialect.name != "postgresql":
            return True
        try:
            if self._holding is None:
                self._holding = self._try()
            else:
                self._holding.execute(select(1))
        except SQLAlchemyError as error:
            log.warning("clock: the lead is lost (%s)", type(error).__name__)
            self.give_up()
        return self._holding is not None

    def give_up(self) -> None:
        if self._holding is not None:
            self._holding.invalidate()  # closed, not pooled: the lock ends with it
            self._holding.close()
            self._holding = None

    def _try(self) -> Connection | None:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(select(func.pg_try_advisory_lock(CLOCK))):
            return connection
        connection.close()
        return None
