"""What keeps strangers out: headers on every reply, where a form may come from, how often."""

from collections import OrderedDict, deque
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response

# No script or style but our own files, nothing from elsewhere, and no page may frame ours.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
A_YEAR = "max-age=31536000"


def harden(response: Response, secure: bool) -> Response:
    """*response* with what every page of the console says of itself."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    if secure:
        response.headers["Strict-Transport-Security"] = A_YEAR
    return response


def is_from_us(headers: Headers) -> bool:
    """Whether the browser says that a form was sent from a page of ours; all of them say so."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == headers.get("host")


class Limit:
    """At most *most* times *within* so many seconds, for each of the *known* last who came."""

    def __init__(self, most: int, within: float, known: int = 10_000) -> None:
        self._most, self._within, self._known = most, within, known
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, who: str, now: float) -> bool:
        """Whether *who* may, at *now* (seconds of any clock); it counts as done then."""
        times = self._times.setdefault(who, deque())
        self._times.move_to_end(who)
        if len(self._times) > self._known:
            self._times.popitem(last=False)
        while times and times[0] <= now - self._within:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True
