"""Two phones on a web page, for the demonstration: a smartphone and an old SMS phone.

Each is a channel of its own, a twin of Telegram and of an SMS gateway. The page is in
``simulator_page/``; it posts what a person does and listens to server-sent events.
Nothing here proves who somebody is, so it answers on loopback only.
"""

import base64
import contextlib
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

from bot.channels import webhooks
from bot.channels.base import Doors, Sent
from bot.channels.simulator_threads import Threads, when_told_to_end
from bot.channels.sms_text import written
from core import sms
from core.messages import Attachment, Event, Incoming, Kind, Outgoing

PHONES = (("simulator_chat", Kind.CHAT), ("simulator_sms", Kind.SMS))
PAGE = Path(__file__).parent / "simulator_page"
PAGE_ROUTES = {
    "/": "index.html",
    "/simulator/simulator.css": "simulator.css",
    "/simulator/simulator.js": "simulator.js",
}
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# Bytes: a text of 3,000 letters in any alphabet of ours fits.
LONGEST_BODY = 10_000
EVENTS = (Event.VOICE, Event.PHOTO, Event.STICKER, Event.LOCATION)
NAME = re.compile(r"[0-9A-Za-z+-]{1,64}")
TAP = re.compile(r"[0-9]{1,15}:[0-9]{1,3}")
DOES = ("text", "tapped", "event")

Endpoint = Callable[[Request], Awaitable[Response]]


class MessageError(ValueError):
    """The page posted something else than a message; the text says what."""


class Simulator:
    """One phone model; *name* is one of ``PHONES``. People are random ids made by the page."""

    pace = 0.0

    def __init__(self, name: str, kind: Kind) -> None:
        self.name = name
        self.kind = kind
        self.pace = 0.0
        self._threads = Threads()
        self._doors: Doors | None = None
        self._signals = contextlib.ExitStack()

    async def start(self, doors: Doors) -> None:
        self._doors = doors
        self._threads.open()
        self._signals.close()
        self._signals = when_told_to_end(self._threads.close)

    async def stop(self) -> None:
        self._signals.close()
        self._threads.close()

    async def close(self) -> None:
        await self.stop()

    async def check(self) -> None:
        """Nothing can be wrong with it."""

    def routes(self) -> Sequence[BaseRoute]:
        """This phone's two routes; the page itself comes with the first phone."""
        messages, events = f"/simulator/{self.name}/messages", f"/simulator/{self.name}/events"
        own = [
            Route(messages, _on_loopback(self._receive), methods=["POST"]),
            Route(events, _on_loopback(self._events), methods=["GET"]),
        ]
        return own + (page_routes() if self.name == PHONES[0][0] else [])

    async def typing(self, address: str) -> None:
        self._threads.of(address).type()

    async def send(self, outgoing: Outgoing) -> Sent:
        """Always taken: a person who is away finds it when the page comes back."""
        id_ = uuid.uuid4().hex
        shown: dict[str, object]
        if self.kind is Kind.SMS:
            text = written(outgoing)
            size = sms.size(text)
            segments: int | None = size.segments
            shown = {"text": text, "segments": size.segments, "unicode": size.unicode}
        else:
            segments = None
            shown = {"text": outgoing.text, "choices": _buttons(outgoing)}
            if outgoing.attachment:
                shown["file"] = _file(outgoing.attachment)
        self._show(outgoing.address, {"id": id_, "from": "assistant", **shown})
        return Sent(id_, segments)

    async def _receive(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return PlainTextResponse("content-type must be application/json", status_code=415)
        try:
            incoming = parse(await webhooks.body(request), self.name, datetime.now(UTC))
        except MessageError as error:
            return PlainTextResponse(str(error), status_code=400)
        assert self._doors is not None
        new = await self._doors.receive(incoming)
        if new:
            self._show(incoming.address, _as_shown(incoming))
        return JSONResponse({"new": new}, 202)

    async def _events(self, request: Request) -> Response:
        person = request.query_params.get("person", "")
        if not NAME.fullmatch(person):
            return PlainTextResponse("person must be an id (letters, digits, -)", status_code=400)
        if self._threads.full:
            return PlainTextResponse("too many pages are open", status_code=503)
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=STREAM_HEADERS)
        return StreamingResponse(
            self._threads.stream(person), media_type="text/event-stream", headers=STREAM_HEADERS
        )

    def _show(self, person: str, message: dict[str, object]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._threads.of(person).add({**message, "at": now})


def page_routes() -> list[Route]:
    """The page, its style and its script; nothing of it comes from elsewhere."""

    def serve(file: str) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            return FileResponse(PAGE / file, headers=PAGE_HEADERS)

        return _on_loopback(endpoint)

    return [Route(path, serve(file), methods=["GET"]) for path, file in PAGE_ROUTES.items()]


def parse(body: bytes, channel: str, now: datetime) -> Incoming:
    """What a person did, from the page's JSON. Raises MessageError.

    ``{"person", "id"}`` and one of ``"text"``, ``"tapped"`` (a button's ``tap``) or
    ``"event"``; the event ``location`` may bring ``"location": [latitude, longitude]``.
    """
    if len(body) > LONGEST_BODY:
        raise MessageError(f"the message is longer than {LONGEST_BODY} bytes")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise MessageError("the body is not JSON") from None
    if not isinstance(value, dict):
        raise MessageError("the body must be a JSON object")
    unknown = set(value) - {"person", "id", "location", *DOES}
    if unknown:
        raise MessageError("known keys are person, id, text, tapped, event and location")
    if len([key for key in DOES if key in value]) != 1:
        raise MessageError("exactly one of text, tapped and event is needed")
    event = _string(value, "event")
    if event is not None and event not in EVENTS:
        raise MessageError(f"event must be one of {', '.join(EVENTS)}")
    tapped = _string(value, "tapped")
    if tapped is not None and not TAP.fullmatch(tapped):
        raise MessageError("tapped must be delivery:position")
    return Incoming(
        channel=channel,
        address=_name(value, "person"),
        provider_id=_name(value, "id"),
        received_at=now,
        text=_string(value, "text") or "",
        event=Event(event) if event else None,
        tapped=tapped,
        location=_location(value, event),
    )


def _name(value: Mapping[str, object], key: str) -> str:
    name = value.get(key)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise MessageError(f"{key} must be an id (letters, digits, -)")
    return name


def _string(value: Mapping[str, object], key: str) -> str | None:
    """The text under *key*, None without it; half a surrogate pair is no text."""
    if key not in value:
        return None
    text = value[key]
    if not isinstance(text, str):
        raise MessageError(f"{key} must be text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise MessageError(f"{key} is not Unicode text") from None
    return text


def _location(value: Mapping[str, object], event: str | None) -> tuple[float, float] | None:
    if "location" not in value:
        return None
    place = value["location"]
    if event == Event.LOCATION and isinstance(place, list) and len(place) == 2:
        latitude, longitude = place
        if _within(latitude, 90) and _within(longitude, 180):
            return float(latitude), float(longitude)
    raise MessageError("location goes with the event location, as [latitude, longitude] in degrees")


def _within(degrees: object, limit: int) -> bool:
    return type(degrees) in (int, float) and -limit <= degrees <= limit  # type: ignore[operator]


def _file(attachment: Attachment) -> dict[str, str]:
    """Its content travels as base64."""
    content = base64.b64encode(attachment.content).decode()
    return {"name": attachment.name, "type": attachment.media_type, "content": content}


def _buttons(outgoing: Outgoing) -> list[dict[str, str]]:
    return [
        {"label": choice.label, "tap": f"{outgoing.delivery_id}:{position}"}
        for position, choice in enumerate(outgoing.choices)
    ]


def _as_shown(incoming: Incoming) -> dict[str, object]:
    """What the person did, for the page when it is loaded again."""
    did = {"text": incoming.text, "event": incoming.event, "tapped": incoming.tapped}
    return {"id": incoming.provider_id, "from": "person", **{k: v for k, v in did.items() if v}}


def _on_loopback(endpoint: Endpoint) -> Endpoint:
    """Refuse what another site makes a browser ask, by rebinding a name (Host) or by a form
    or script of its own (Origin)."""

    async def guarded(request: Request) -> Response:
        host = request.headers.get("host", "")
        origin = request.headers.get("origin")
        if not webhooks.is_loopback(host):
            return PlainTextResponse("the simulator answers on 127.0.0.1 only", status_code=403)
        if origin is not None and origin != f"{request.url.scheme}://{host}":
            return PlainTextResponse("the simulator answers its own page only", status_code=403)
        return await endpoint(request)

    return guarded
