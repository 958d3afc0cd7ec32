"""Broadcasts: one message of staff to many people.

    draft ─(checked)→ ready ─(confirmed)→ scheduled ─(due)→ running ⇄ paused ─(all left)→ finished
                        └─(many people)→ waiting ─(a second member)→ scheduled
    … ─→ cancelled, from any of these but finished

``model`` is the row, ``audience`` says to whom and ``people`` finds them in one select; ``texts``
words it for each language and screen, ``checking`` says what is wrong with it, ``preview`` what
would happen; ``deciding`` is what staff decide, ``sending`` writes the outbox, ``running`` is what
the clock does, and ``report`` tells who got it and who did not.
"""
