"""Reminders: when they leave, what they say, and what people answer to them."""
