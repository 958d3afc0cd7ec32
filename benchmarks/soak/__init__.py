"""What takes minutes: senders that are killed, databases that restart, providers in trouble."""
