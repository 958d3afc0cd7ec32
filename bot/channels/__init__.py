"""One file a channel, all under the contract of ``bot.channels.base``."""
