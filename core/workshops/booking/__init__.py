"""Seats, and never more than there are: who has one, who waits, who is offered one."""
