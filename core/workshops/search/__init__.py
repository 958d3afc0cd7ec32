"""What people look for, and the sessions that fit; to be told of those that open later."""
