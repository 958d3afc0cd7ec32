"""The team that answers when the assistant cannot: handoffs, its group, its hours."""
