"""How well messages are understood, how fast, and at what cost: our pipeline and Rasa's own."""
