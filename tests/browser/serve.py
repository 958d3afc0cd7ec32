"""The whole assistant with its simulator, on a free port of loopback, without Rasa.

    python -m tests.browser.serve FOLDER

prints its address, then serves until it is told to end. FOLDER receives a database, keys
and a content of two questions. In place of Rasa a route of the same server answers by the
words it finds; a message with "lent" in it takes a second.
"""

import asyncio
import contextlib
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.building import build
from bot.web import make_web
from core.answers import Answer, Listener, Outcome
from core.content.shelf import Shelf
from core.db import Base
from core.messages import Bubble
from core.settings import Settings
from core.texts import Texts
from core.vault import make_keyring
from core.wording import Wording

ROOT = Path(__file__).parents[2]
ENT = """
subject: ent
title: L'ENT et ÉduConnect
menu: [mot_de_passe, tiers_lieu]
questions:
- id: mot_de_passe
  title: Mot de passe oublié
  examples: {fr: [mot de passe]}
  answer: |
    Deux choses à essayer :

    • sur la page de connexion, touchez « Mot de passe oublié » ;
    • sinon, demandez au secrétariat du collège : il le réinitialise.
  sms: >-
    Mot de passe oublié ? Sur educonnect.education.gouv.fr, choisissez "Mot de passe oublié".
    Sinon le secrétariat du collège le réinitialise : appelez-le ou passez le voir.
  links:
  - {label: ÉduConnect, url: "https://educonnect.education.gouv.fr"}
  source: [test]
  checked_on: 2026-11-21
- id: tiers_lieu
  title: Qu'est-ce qu'un tiers-lieu
  examples: {fr: [tiers-lieu]}
  answer: |
    Un tiers-lieu est un lieu ouvert à tous. On y trouve des ordinateurs, et des gens pour aider.
  sms: Un tiers-lieu est un lieu ouvert à tous, avec des ordinateurs et des gens pour aider.
  source: [test]
  checked_on: 2026-11-21
"""
VIENNE = """
subject: ent
title: L'ENT et ÉduConnect
questions:
- id: mot_de_passe
  answer: En Vienne, appelez l'assistance de l'ENT.
  sms: En Vienne, appelez l'assistance de l'ENT.
  source: [test]
  checked_on: 2026-11-21
"""
ADDRESSES = (
    "Voir https://educonnect.education.gouv.fr/aide?a=1, (www.index-education.com) "
    "ou écrire à tne86@ac-poitiers.fr."
)
HOSTILE = "<img src=x onerror=\"document.title='pris'\"> <b>gras</b> javascript:alert(1)"
ARABIC_THEN_FRENCH = "مرحبا، أجيبك الآن بالفرنسية.\n\nVoir educonnect.education.gouv.fr."

WORDS = {"html": HOSTILE, "arabe": ARABIC_THEN_FRENCH, "adresses": ADDRESSES}


def main(folder: Path) -> None:
    """Serve until SIGINT or SIGTERM."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = prepared(folder, address)
    app = build(settings)
    Base.metadata.create_all(app.engine)
    web = make_web(app)
    web.routes.extend(fake_rasa(settings))
    print(address, flush=True)
    server = uvicorn.Server(uvicorn.Config(web, log_level="warning", access_log=False))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def prepared(folder: Path, address: str) -> Settings:
    """Keys and content written into *folder*, and the settings that point to them."""
    content = folder / "content"
    files = {
        "menu.yml": "subjects: [ent]\n", "national/ent.yml": ENT, "vienne/ent.yml": VIENNE,
    }  # fmt: skip
    for name, text in files.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, encoding="utf-8")
    make_keyring(folder / "keys.json")
    return Settings(
        demo=True,
        database_url=f"sqlite:///{folder / 'tne.db'}",
        keys_file=folder / "keys.json",
        content_dir=content,
        locale_dir=ROOT / "locale",
        rasa_url=address,
    )


def fake_rasa(settings: Settings) -> list[Route]:
    """The two routes of Rasa that we use."""
    texts = Texts(Shelf(settings.content_dir, lambda: 0.0), Wording(settings.locale_dir))

    async def webhook(request: Request) -> JSONResponse:
        asked = await request.json()
        text, listener = asked["message"].casefold(), Listener.from_json(asked["metadata"])
        if "lent" in text:
            await asyncio.sleep(1)
        return JSONResponse([{"custom": respond(texts, text, listener).as_json()}])

    async def version(request: Request) -> JSONResponse:
        return JSONResponse({"version": "3.6.21"})

    return [
        Route("/webhooks/rest/webhook", webhook, methods=["POST"]),
        Route("/version", version),
    ]


def respond(texts: Texts, text: str, listener: Listener) -> Answer:
    now = datetime.now(UTC)
    if "mdp" in text or "mot de passe" in text:
        return texts.answer("mot_de_passe", listener, now)
    if "tiers" in text:
        return texts.answer("tiers_lieu", listener, now)
    for word, said in WORDS.items():
        if word in text:
            return Answer((Bubble(said),), Outcome.ANSWERED)
    return texts.unsure(None, listener)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
