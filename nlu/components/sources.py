"""Fingerprints of our own files, so that Rasa's training cache notices a change in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORDS = ("data/words_*", "data/phone_*", "data/spoken_ar.tsv", "data/arabizi.tsv")
NAMES = ("data/elsewhere.txt", "data/names.tsv", "data/ordinary_names.txt")


def fingerprint(*patterns: str) -> str:
    """Hash of the files under nlu/ that match any of the glob patterns."""
    digest = hashlib.sha256()
    for path in sorted({p for pattern in patterns for p in ROOT.glob(pattern) if p.is_file()}):
        digest.update(path.read_bytes())
    return digest.hexdigest()
