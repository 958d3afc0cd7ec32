"""Addresses at rest: encrypted with AES-256-GCM, found again through a keyed index.

The keyring is a small JSON file readable by its owner only::

    {"index": "<32 bytes, base64>", "current": "1", "keys": {"1": "<32 bytes, base64>"}}

Rotation adds a key and makes it current: what older keys sealed stays readable, and the
index key never changes, so that look-ups survive.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY = 32


class VaultError(Exception):
    """The keyring is missing or malformed, or does not open what it is asked to open."""


class Vault:
    """Seals and opens short texts, and computes the index that finds them.

    *keys* maps a key's name to 32 bytes; *current* names the key that seals.
    """

    def __init__(self, index: bytes, keys: Mapping[str, bytes], current: str) -> None:
        if len(index) != KEY or current not in keys or any(len(k) != KEY for k in keys.values()):
            raise VaultError("keyring: each key is 32 bytes in base64, and `current` names one")
        self._index = index
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._current = current

    @classmethod
    def read(cls, path: Path) -> "Vault":
        """Raises VaultError saying how to make a keyring when there is none."""
        try:
            ring = json.loads(path.read_text())
            keys = {name: base64.b64decode(key) for name, key in ring["keys"].items()}
            return cls(base64.b64decode(ring["index"]), keys, ring["current"])
        except FileNotFoundError:
            raise VaultError(
                f"{path}: no keyring here. Make one with `python -m bot keys` and keep a copy: "
                "without it no address can be read again."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise VaultError(f"{path}: not a keyring (see core/vault.py for its form)") from None

    def seal(self, text: str, purpose: str) -> bytes:
        """Encrypt *text*; it opens only for the same *purpose* (bound as associated data)."""
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), purpose.encode())
        return self._current.encode() + b":" + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> str:
        """The text again. Raises VaultError when key or purpose do not fit."""
        name, _, rest = sealed.partition(b":")
        try:
            cipher = self._ciphers[name.decode()]
            return cipher.decrypt(rest[:NONCE], rest[NONCE:], purpose.encode()).decode()
        except (KeyError, InvalidTag, UnicodeDecodeError):
            raise VaultError("this keyring does not open that value") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the newest key sealed it."""
        return sealed.partition(b":")[0].decode(errors="replace") == self._current

    def index(self, text: str, purpose: str) -> str:
        """Keyed fingerprint (HMAC-SHA256, hex) under which a sealed *text* is looked up."""
        return hmac.new(self._index, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def add_key(path: Path) -> str:
    """A new key seals from now on, in every process that reads the keyring after this; its name.

    What older keys sealed stays readable. Raises VaultError when there is no keyring.
    """
    Vault.read(path)
    ring = json.loads(path.read_text())
    name = str(max((int(one) for one in ring["keys"] if one.isdecimal()), default=0) + 1)
    ring["keys"][name], ring["current"] = _new_key(), name
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(partial, flags, 0o600), "w") as file:
        json.dump(ring, file)
    partial.replace(path)  # in one step: half a keyring would lose every address
    return name


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY)).decode()


def make_keyring(path: Path) -> None:
    """Write a new keyring, readable by its owner only. Never overwrites (FileExistsError)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "w") as file:
        json.dump({"index": _new_key(), "current": "1", "keys": {"1": _new_key()}}, file)
