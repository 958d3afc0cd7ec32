"""Questions that were not answered well: kept without identity, grouped, answered once."""
