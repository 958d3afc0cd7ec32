"""Signing up as a conversation, and giving a place back."""
