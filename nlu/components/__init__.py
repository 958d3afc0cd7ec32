"""Rasa graph components, one file each, named in config.yml."""

from nlu.quiet import never_quote
from nlu.schemas import check_each_schema_once

# Rasa offers no hook for a server that starts; it always imports this package first.
check_each_schema_once()
never_quote()
