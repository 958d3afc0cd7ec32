"""The outbox: one row per person per message, written in the same transaction as its cause.

queued → sending → sent → delivered | failed | uncertain | skipped(reason) | cancelled

``delivery`` is the row, ``posting`` writes it, ``claiming`` takes what is due for a sender, which
closes its transaction, calls the provider and writes down what became of it (``results``).
``making`` words a row at the moment of sending, ``rerouting`` tries a person's other channel.
"""
