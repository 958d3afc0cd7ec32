"""What providers post to us, read with care: nothing about it is known yet."""

import hmac
import ipaddress
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

# Bytes. The longest thing that anybody posts here is some kilobytes.
LONGEST_BODY = 1_000_000
MOST_FIELDS = 200


async def body(request: Request, longest: int = LONGEST_BODY) -> bytes:
    """What was posted. Raises HTTPException (413) as soon as it is longer than *longest* bytes."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > longest:
            raise HTTPException(413, "too long")
    return bytes(read)


async def form(request: Request) -> list[tuple[str, str]]:
    """The fields of a posted form, in order. Raises HTTPException (400, 413)."""
    text = (await body(request)).decode(errors="replace")
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400, "not a form") from None


def read_json(content: bytes) -> Any:
    """What *content* says. Raises ValueError for what is no JSON, or no Unicode text within.

    Half a surrogate pair can be written in JSON; nothing after this could store or send it.
    """
    try:
        value = json.loads(content, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def same(given: str, secret: str) -> bool:
    """Whether *given* is the *secret*, in a time that tells nothing. No secret is never it."""
    return bool(secret) and hmac.compare_digest(
        given.encode(errors="replace"), secret.encode(errors="replace")
    )


def is_loopback(host: str) -> bool:
    """Whether ``Host`` names this machine: any other name was bound to it by a stranger."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
