"""What teachers would like and when they are free, and the sessions that come of it."""
