"""Names under which our components leave things on a Rasa message, each written once."""

READING = "reading"
"""str: the text as it was meant (PhoneWriting); in the parse result."""

WRITTEN_IN = "written_in"
"""str: the language the text is in, "fr" when unsure (PhoneWriting); in the parse result."""

MADE_UP = "made_up"
"""bool: a training example made by noise, not written by a person (PhoneNoise)."""

OPINION = "opinion"
"""(k,) array: the log-confidences of the classifiers so far."""

OUTCOME = "outcome"
"""str: "answered", "suggested" or "fallback" (Limits); in the parse result."""

BACKGROUND = "none_of_the_questions"
"""Intent of the sentences about anything else; in training only, never in a ranking."""
