"""The console of staff: web pages over core.console, served by the bot's own process."""
