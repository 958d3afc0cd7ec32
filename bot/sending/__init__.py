"""The senders: what is due in the outbox, handed to the channels at the pace that each allows."""
