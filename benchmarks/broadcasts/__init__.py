"""How long it takes to queue a broadcast for a hundred thousand people, and in how much memory."""
