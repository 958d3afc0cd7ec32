"""Run by Alembic; the address comes from bot.migrate, or from DATABASE_URL."""

import os

from alembic import context

import core.audit
import core.broadcasts.model
import core.console.links
import core.console.visits
import core.inbound
import core.learning.missed
import core.learning.thumbs
import core.outbox.delivery
import core.outbox.holding
import core.outbox.senders
import core.people.consents
import core.people.contacts
import core.people.erasure
import core.people.linking
import core.team.handoffs
import core.team.members
import core.workshops.attendance.attendance
import core.workshops.model
import core.workshops.search.interest
import core.workshops.signing.form
import core.workshops.wishes.invitation
import core.workshops.wishes.wishes  # noqa: F401  (each registers its tables)
from core.db import Base, make_engine
from core.settings import Settings

url = context.config.attributes.get("database_url") or Settings.read(os.environ).database_url
engine = make_engine(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        user_module_prefix="core.db.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
