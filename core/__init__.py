"""The rules and the database: no framework, no network, no clock of its own.

Functions are synchronous and take a SQLAlchemy ``Session`` and ``now`` (an aware
datetime); the async edges in ``bot`` and ``actions`` call them in a thread, one
transaction each.
"""
