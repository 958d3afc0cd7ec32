"""The two cookies of the console: who is signed in, and the language that they read it in."""

from starlette.requests import Request
from starlette.responses import Response

from core.console.visits import LONGEST
from core.languages import FRENCH

LANGUAGES = (FRENCH, "en")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
VISIT, LANGUAGE = "tne-console", "tne-language"
YEAR = 365 * 24 * 3600  # seconds


def is_secure(request: Request, public_url: str) -> bool:
    """Whether the browser reaches us by HTTPS: always, but on this machine itself."""
    here = request.url.scheme == "http" and request.url.hostname in LOOPBACK
    return bool(public_url) or not here


def visit_of(request: Request, secure: bool) -> str:
    """The token of the browser, "" when it has none."""
    return request.cookies.get(_name(secure), "")


def language_of(request: Request) -> str:
    chosen = request.cookies.get(LANGUAGE, "")
    return chosen if chosen in LANGUAGES else FRENCH


def give_visit(response: Response, token: str, secure: bool) -> None:
    response.set_cookie(
        _name(secure), token, max_age=int(LONGEST.total_seconds()), path="/", secure=secure,
        httponly=True, samesite="strict",
    )  # fmt: skip


def take_visit(response: Response, secure: bool) -> None:
    response.delete_cookie(_name(secure), path="/", secure=secure, httponly=True, samesite="strict")


def give_language(response: Response, language: str, secure: bool) -> None:
    response.set_cookie(
        LANGUAGE, language, max_age=YEAR, path="/console", secure=secure, httponly=True,
        samesite="strict",
    )  # fmt: skip


def _name(secure: bool) -> str:
    """A browser takes ``__Host-`` only by HTTPS and from this very host: nobody else can set it."""
    return f"__Host-{VISIT}" if secure else VISIT
