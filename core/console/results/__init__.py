"""What came of it all, in numbers that name nobody: the tables of the page of results."""
