"""How long a page of the console takes to open when much is in the database."""
