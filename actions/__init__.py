"""The action server: what Rasa asks to be done. Thin: read the tracker, one core call."""
