"""What the assistant knows: ``content/*.yml`` read, checked, looked up, made into training data."""
