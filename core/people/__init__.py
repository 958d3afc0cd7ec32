"""Who writes to us: contacts and addresses, consent, one person on two channels, their data."""
