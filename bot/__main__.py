"""``python -m bot``: settings from ``.env`` where there is one, the environment over them."""

import os
import sys
from pathlib import Path

from honcho.environ import parse

from bot.cli.main import main

DOTENV = Path(".env")

if __name__ == "__main__":
    # The demonstration is the same on every machine: it reads no .env.
    if DOTENV.exists() and not os.environ.get("DEMO"):
        for name, value in parse(DOTENV.read_text(encoding="utf-8")).items():
            os.environ.setdefault(name, value)
    sys.exit(main(sys.argv[1:]))
