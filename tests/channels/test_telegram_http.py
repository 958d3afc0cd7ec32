"""What goes to Telegram over HTTP, as a server sees it."""

from aiohttp import web
from aiohttp.test_utils import RawTestServer
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channels.telegram_http import AiohttpRequest

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


async def asked(monkeypatch, url: str | None = None, **environment: str) -> tuple[str, bytes, str]:
    """The request as it came to a server, which is the proxy where *url* is somewhere else."""
    came = []

    async def hear(request):
        came.append((request.raw_path, await request.read(), request.headers["Content-Type"]))
        return web.Response(text="{}")

    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    async with RawTestServer(hear) as server:
        here = str(server.make_url("/"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value.format(here=here))
        over = AiohttpRequest(at_once=2, timeout=5)
        data = RequestData([RequestParameter.from_input("text", "à 18 h & après")])
        try:
            await over.do_request(url or here, "POST", data)
        finally:
            await over.shutdown()
    return came[0]


async def test_what_has_no_file_goes_as_a_form(monkeypatch):
    path, body, kind = await asked(monkeypatch)
    assert (path, body) == ("/", b"text=%C3%A0+18+h+%26+apr%C3%A8s")
    assert kind == "application/x-www-form-urlencoded"


async def test_a_proxy_of_the_environment_is_used(monkeypatch):
    path, *_ = await asked(monkeypatch, "http://telegram.invalid/bot", HTTP_PROXY="{here}")
    assert path == "http://telegram.invalid/bot"


async def test_no_proxy_where_the_environment_says_none(monkeypatch):
    path, *_ = await asked(monkeypatch, HTTP_PROXY="http://nowhere.invalid", NO_PROXY="127.0.0.1")
    assert path == "/"
