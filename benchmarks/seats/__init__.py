"""How many people a second can sign up, and what the lock on the seats costs."""
