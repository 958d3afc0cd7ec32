"""Who came: the code of the day, and the word of staff."""
