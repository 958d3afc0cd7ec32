"""A real Kannel (bearerbox and smsbox) with two ways to play the operator behind it.

``Operator`` speaks the line protocol of Kannel's ``fake`` SMSC itself: many phones, exact
bytes. ``FakeSmsc`` is Kannel's own program for it: one message out, then it prints what comes.
Only one of them can be connected at a time.
"""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from tests.peers.missing import program
from tests.peers.programs import Program
from tests.peers.waiting import free_port, listening, until

SBIN = Path("/usr/sbin")
EXTRAS = Path("/usr/lib/kannel/test")
SENDER = "3011"
USER, PASSWORD = "bot", "kannel-password"
KEY = "kannel-key"
# Not in international form, and so refused by the configuration of docs/sms.md.
NOT_ALLOWED = "0639980099"
GUIDE = Path(__file__).parents[2] / "docs" / "sms.md"
BLOCKS = ("everything but the operator", "a played operator")


def configuration(replaced: Mapping[str, str]) -> str:
    """What docs/sms.md tells people to write, but for what is *replaced*, each found once or more.

    So the guide is tried at each run.
    """
    guide = GUIDE.read_text(encoding="utf-8")
    text = "\n".join(
        guide.split(f"# kannel.conf: {block}\n")[1].split("```")[0] for block in BLOCKS
    )
    for old, new in replaced.items():
        assert old in text, f"docs/sms.md no longer says {old!r}"
        text = text.replace(old, new)
    return text


class Gateway:
    """Kannel, running. It asks ``http://127.0.0.1:{web_port}/sms/kannel/receive`` for us."""

    def __init__(self, folder: Path) -> None:
        bearerbox = program("bearerbox", SBIN, package="kannel")
        smsbox = program("smsbox", SBIN, package="kannel")
        self.web_port, self.operator_port = free_port(), free_port()
        boxes, sendsms = free_port(), free_port()
        self.sendsms_url = f"http://127.0.0.1:{sendsms}/cgi-bin/sendsms"
        path = folder / "kannel.conf"
        path.write_text(
            configuration(
                {
                    "= 13000": f"= {free_port()}",
                    "= 13001": f"= {boxes}",
                    "= 13013": f"= {sendsms}",
                    "= 13010": f"= {self.operator_port}",
                    "127.0.0.1:8080": f"127.0.0.1:{self.web_port}",
                    "CHANGE-ME-SENDSMS": PASSWORD,
                    "CHANGE-ME-KEY": KEY,
                    # Less patient than for people: a report that comes after its test is dropped.
                    "http-request-retry = 10000": "http-request-retry = 20",
                    "sms-resend-freq = 10": "sms-resend-freq = 1",
                }
            )
        )
        self._boxes: list[Program] = []
        self._start([bearerbox, "-v", "2", str(path)], folder, boxes)
        self._start([smsbox, "-v", "2", str(path)], folder, sendsms)

    def stop(self) -> None:
        for box in reversed(self._boxes):
            box.stop()

    def output(self) -> str:
        return "\n".join(box.output() for box in self._boxes)

    def _start(self, command: list[str], folder: Path, port: int) -> None:
        name = Path(command[0]).name
        box = Program(command, folder / f"{name}.log", cwd=folder)
        self._boxes.append(box)
        try:
            box.wait_for(lambda: listening(port), name)
        except AssertionError:
            self.stop()
            raise


@dataclass(frozen=True)
class Part:
    """One part of an SMS as the operator carries it; *number* of *count*, from 1."""

    sender: str
    receiver: str
    unicode: bool
    content: bytes
    reference: int = 0
    count: int = 1
    number: int = 1


@dataclass(frozen=True)
class Text:
    """A whole SMS on a phone, and what it cost."""

    sender: str
    text: str
    unicode: bool
    segments: int


class Operator:
    """The mobile network: hand messages in as any phone, read what each phone shows."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lines: list[bytes] = []
        self._shown: dict[str, int] = {}

    async def connect(self) -> None:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._reading = asyncio.create_task(self._read(reader))

    async def disconnect(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
        await self._reading

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self._lines.append(line)

    async def send(self, phone: str, text: str) -> None:
        """*phone* writes *text* to us, in GSM-7 when it fits as an operator would see it."""
        if text.isascii() and "\n" not in text:
            await self._write(f"{phone} {SENDER} text {text}")
        else:
            await self._write(f"{phone} {SENDER} ucs2 {quote(text.encode('utf-16-be'))}")

    async def send_in_parts(self, phone: str, *texts: str, reference: int = 7) -> None:
        """A long SMS: *texts* are its parts."""
        for number, text in enumerate(texts, start=1):
            header = bytes((5, 0, 3, reference, len(texts), number))
            await self._write(
                f"{phone} {SENDER} udh {quote(header, safe='')} {quote(text, safe='')}"
            )

    async def text(self, phone: str) -> Text:
        """The next whole SMS that *phone* shows."""

        def whole() -> Text | None:
            texts = [one for to, one in _assemble(_parse(self._lines)) if to == phone]
            seen = self._shown.get(phone, 0)
            return texts[seen] if len(texts) > seen else None

        found = await until(whole, "an SMS")
        assert found is not None
        self._shown[phone] = self._shown.get(phone, 0) + 1
        return found

    def texts(self) -> list[tuple[str, Text]]:
        """All that arrived: (phone, whole SMS)."""
        return _assemble(_parse(self._lines))

    async def _write(self, line: str) -> None:
        self._writer.write(line.encode() + b"\n")
        await self._writer.drain()


class FakeSmsc:
    """Kannel's fakesmsc: sends *text* from *phone*, then prints what arrives."""

    def __init__(self, gateway: Gateway, phone: str, text: str, folder: Path) -> None:
        fakesmsc = program("fakesmsc", EXTRAS, package="kannel-extras")
        message = f"{phone} {SENDER} text {text}"
        self._program = Program(
            [
                fakesmsc, "-H", "127.0.0.1", "-r", str(gateway.operator_port),
                "-i", "0.1", "-m", "1", message,
            ],
            folder / "fakesmsc.log",
        )  # fmt: skip

    async def text(self) -> Text:
        """The first whole SMS that came."""

        def whole() -> Text | None:
            got = re.findall(r"Got message \d+: <(.*)>", self._program.output())
            texts = list(_assemble(_parse([line.encode() + b"\n" for line in got])))
            return texts[0][1] if texts else None

        found = await until(whole, "an SMS at fakesmsc")
        assert found is not None
        return found

    def stop(self) -> None:
        self._program.stop()


# A line: sender, receiver, then a type and what it says. A "text" goes on over line ends.
HEAD = re.compile(rb"^%s (?P<to>\S+) (?P<rest>(?:text|data|ucs-2|udh) .*)" % SENDER.encode())


def _parse(lines: list[bytes]) -> list[Part]:
    parts: list[tuple[str, bytes]] = []
    for line in lines:
        if head := HEAD.match(line.rstrip(b"\n")):
            parts.append((head["to"].decode(), head["rest"]))
        elif parts:
            parts[-1] = (parts[-1][0], parts[-1][1] + b"\n" + line.rstrip(b"\n"))
    return [_part(to, rest) for to, rest in parts]


def _part(to: str, rest: bytes) -> Part:
    kind, _, content = rest.partition(b" ")
    if kind == b"text":
        return Part(SENDER, to, False, content)
    if kind in (b"ucs-2", b"data"):
        return Part(SENDER, to, kind == b"ucs-2", _unquote(content))
    header, _, data = content.split(b" ", 2)
    *_, reference, count, number = _unquote(header)
    plain = _unquote(data)
    # The protocol does not name the alphabet here; the high bytes of UCS-2 are no letters.
    unicode = any(byte < 32 and byte not in b"\n\r" for byte in plain)
    return Part(SENDER, to, unicode, plain, reference, count, number)


def _assemble(parts: list[Part]) -> list[tuple[str, Text]]:
    """(phone, whole SMS) in the order in which they became whole."""
    waiting: dict[tuple[str, int], dict[int, Part]] = {}
    whole = []
    for part in parts:
        pieces = waiting.setdefault((part.receiver, part.reference), {})
        pieces[part.number] = part
        if len(pieces) == part.count:
            del waiting[part.receiver, part.reference]
            content = b"".join(pieces[number].content for number in sorted(pieces))
            unicode = any(piece.unicode for piece in pieces.values())
            words = content.decode("utf-16-be" if unicode else "utf-8")
            whole.append((part.receiver, Text(part.sender, words, unicode, part.count)))
    return whole


def _unquote(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))
