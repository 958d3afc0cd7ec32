"""Workshops, trainings and events: what is offered, when, and who comes."""
