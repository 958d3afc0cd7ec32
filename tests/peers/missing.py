"""A peer that is not installed skips its tests and says so; under ``CI=true`` it fails them."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    reason = f"{what} is missing here: its tests did not run"
    if os.environ.get("CI", "").casefold() == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(name: str, *folders: Path, package: str) -> str:
    """Where *name* is, on the path or in *folders*; *package* is Debian's name for it."""
    for folder in (None, *folders):
        found = shutil.which(name, path=str(folder) if folder else None)
        if found:
            return found
    missing(f"{name} (apt-get install {package})")
