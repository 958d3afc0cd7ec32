"""How long a message takes through the whole assistant, how many a second it bears, its memory."""
