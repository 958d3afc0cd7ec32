"""How Rasa understands: our own pipeline components (Python 3.10, the nlu environment)."""
