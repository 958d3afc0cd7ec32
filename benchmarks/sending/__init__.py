"""How fast, how evenly and how surely the outbox is emptied."""
