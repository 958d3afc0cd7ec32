"""Telegram on the emulated Bot API: what people do comes in, what we say goes out."""

import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from bot import logs
from bot.channels.base import Busy, NotFetched, Refused, TryLater, Uncertain, Unreachable
from bot.channels.telegram import PROOF, WEBHOOK, Telegram
from bot.channels.telegram_words import pieces
from core.messages import Attachment, Choice, Event, Outgoing, SentFile
from core.settings import SettingError
from tests.peers.doors import Recorder
from tests.peers.telegram_emulator import (
    BOT_NAME,
    CONTACT,
    FILE,
    GROUP,
    LOCATION,
    PHOTO,
    STICKER,
    TEAM,
    TOKEN,
    VOICE,
    Fault,
    Json,
    Person,
    TelegramEmulator,
)
from tests.peers.waiting import free_port
from tests.peers.web import listen, port_of, serving

SECRET = "webhook-secret"
NO_UPDATES = (
    b"", b"{", b"null", b"[]", b"[1]", b"7", b'"x"', b"{}", b"\xff\xfe", b'{"update_id": 1, ',
    b'{"message": {}}', b'{"update_id": 1, "message": {}}', b'{"update_id": 1, "message": 5}',
    b'{"update_id": 1, "message": {"message_id": 1, "date": "x", "chat": {}}}',
    b'{"update_id": 1, "callback_query": []}',
)  # fmt: skip


class Forgetful(dict[str, Json]):
    """Knows of every file, and has none."""

    def get(self, key: str, default: object = None) -> None:
        return None


def outgoing(person: Person, text: str = "Bonjour", *labels: str) -> Outgoing:
    choices = tuple(Choice(label, "menu") for label in labels)
    return Outgoing(41, str(person.chat), text, choices)


@pytest.fixture
async def telegram(emulator: TelegramEmulator) -> AsyncIterator[Telegram]:
    """Built, not started: enough to send."""
    channel = Telegram(TOKEN, emulator.api_url)
    yield channel
    await channel.close()


@pytest.fixture
async def polled(telegram: Telegram, recorder: Recorder) -> Telegram:
    await telegram.start(recorder.doors)
    return telegram


@asynccontextmanager
async def in_the_team(emulator: TelegramEmulator, recorder: Recorder) -> AsyncIterator[None]:
    """A started channel that knows the group of the team."""
    channel = Telegram(TOKEN, emulator.api_url, staff_group=str(TEAM["id"]))
    await channel.start(recorder.doors)
    yield
    await channel.close()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def person() -> Person:
    return Person()


# Receiving by long polling


async def test_a_text_comes_in_with_its_chat_and_the_language_of_the_phone(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder
) -> None:
    person = Person(language="pt-BR")
    number = await emulator.update(message=person.message(text="Olá _ <b> 😀\nsegunda"))
    incoming = await recorder.next()
    assert (incoming.channel, incoming.address) == ("telegram", str(person.chat))
    assert incoming.text == "Olá _ <b> 😀\nsegunda"
    assert incoming.language_hint == "pt-BR"
    assert incoming.provider_id == f"update:{number}"
    assert incoming.received_at.utcoffset() == timedelta(0)


async def test_a_deep_link_arrives_whole(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    await emulator.update(message=person.message(text="/start finistere"))
    assert (await recorder.next()).text == "/start finistere"


@pytest.mark.parametrize(
    ("content", "event"),
    [
        ({"voice": VOICE}, Event.VOICE),
        ({"video_note": {**VOICE, "length": 240}}, Event.VOICE),
        ({"photo": PHOTO}, Event.PHOTO),
        ({"sticker": STICKER}, Event.STICKER),
        ({"location": LOCATION}, Event.LOCATION),
        (
            {"venue": {"location": LOCATION, "title": "Mairie", "address": "1 place"}},
            Event.LOCATION,
        ),
        ({"document": FILE}, Event.DOCUMENT),
        ({"contact": CONTACT}, Event.CONTACT),
    ],
)
async def test_what_is_not_text_is_named_for_what_it_is(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person,
    content: Json, event: Event,
) -> None:  # fmt: skip
    await emulator.update(message=person.message(**content))
    incoming = await recorder.next()
    assert (incoming.event, incoming.text) == (event, "")
    expected = (LOCATION["latitude"], LOCATION["longitude"]) if event is Event.LOCATION else None
    assert incoming.location == expected


async def test_ones_own_number_comes_in_and_nobody_elses(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    for number in ("33639980077", "+33 6 39 98 00 77"):
        card = {**CONTACT, "phone_number": number, "user_id": person.chat}
        await emulator.update(message=person.message(contact=card))
        incoming = await recorder.next()
        assert (incoming.event, incoming.text) == (Event.CONTACT, "+33639980077")
    for other in ({}, {"user_id": person.chat + 1}):
        await emulator.update(message=person.message(contact={**CONTACT, **other}))
        incoming = await recorder.next()
        assert (incoming.event, incoming.text) == (Event.CONTACT, "")


async def test_where_a_number_is_asked_for_a_tap_shares_it(
    emulator: TelegramEmulator, telegram: Telegram, person: Person
) -> None:
    choices = (Choice("Donner mon numéro", "link:number"), Choice("Non merci", "link:no"))
    await telegram.send(Outgoing(41, str(person.chat), "Votre numéro ?", choices))
    shown = await emulator.message(person.chat)
    keys = json.loads(shown.fields["reply_markup"])
    assert keys["one_time_keyboard"] is True
    assert [[key["text"] for key in row] for row in keys["keyboard"]] == [
        ["Donner mon numéro"], ["Non merci"],
    ]  # fmt: skip
    assert [bool(row[0].get("request_contact")) for row in keys["keyboard"]] == [True, False]


async def test_a_photo_with_words_is_its_words(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    await emulator.update(message=person.message(photo=PHOTO, caption="C'est quoi cette page ?"))
    incoming = await recorder.next()
    assert (incoming.text, incoming.event) == ("C'est quoi cette page ?", None)


async def test_of_a_file_comes_in_where_it_is_and_nothing_is_fetched(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    small, large = emulator.holds("small", b"1"), emulator.holds("large", b"12")
    sizes = [{**one, "width": 90, "height": 90} for one in (small, large)]
    pdf = {**emulator.holds("pdf", b"123"), "mime_type": "application/pdf"}
    for content, file in (
        ({"photo": sizes}, SentFile("large", "photo.jpg", 2)),
        ({"photo": sizes, "caption": "Voici"}, SentFile("large", "photo.jpg", 2)),
        ({"document": {**pdf, "file_name": "Affiche été.pdf"}},
         SentFile("pdf", "Affiche été.pdf", 3)),
        ({"document": pdf}, SentFile("pdf", "document.pdf", 3)),
        ({"document": FILE}, SentFile("f", "document", None)),
        ({"voice": VOICE}, None),
        ({"document": FILE, "animation": {**VOICE, "width": 9, "height": 9}}, None),
    ):  # fmt: skip
        await emulator.update(message=person.message(**content))
        assert (await recorder.next()).file == file
    await emulator.update(edited_message=person.message(photo=sizes, caption="Non", edit_date=1))
    await emulator.update(message=person.message(chat=GROUP, photo=sizes, caption=f"@{BOT_NAME}"))
    assert [(await recorder.next()).file for _ in range(2)] == [None, None]
    assert emulator.count("getFile") == 0


async def test_a_file_is_fetched_by_what_came_in_and_what_is_gone_is_said_without_secrets(
    emulator: TelegramEmulator, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)
    emulator.holds("large", b"\xff\xd8 photo")
    assert await telegram.fetch("large") == b"\xff\xd8 photo"
    emulator.fail("getFile", None, Fault(400, "Bad Request: file is too big"), Fault(502), Fault(0))
    for reference in ("never sent", "large", "large", "large"):
        with pytest.raises(NotFetched) as caught:
            await telegram.fetch(reference)
        assert TOKEN not in caught.value.reason
    assert TOKEN not in caplog.text


async def test_a_file_that_telegram_no_longer_has_cannot_be_had(
    emulator: TelegramEmulator, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.holds("large", b"photo")
    monkeypatch.setattr(emulator, "assets", Forgetful(emulator.assets))
    with pytest.raises(NotFetched):
        await telegram.fetch("large")


async def test_an_album_is_one_message(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    for _ in range(2):
        await emulator.update(message=person.message(photo=PHOTO, media_group_id="album-1"))
    first, second = await recorder.next(), await recorder.next()
    assert first.provider_id == second.provider_id


async def test_a_tapped_button_comes_in_and_stops_waiting(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    await emulator.update(callback_query=person.tap("41:2"))
    incoming = await recorder.next()
    assert (incoming.tapped, incoming.address) == ("41:2", str(person.chat))
    await emulator.called("answerCallbackQuery")


async def test_an_edited_text_is_read_again_and_an_edited_photo_is_not(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    await emulator.update(edited_message=person.message(location=LOCATION, edit_date=1_795_000_001))
    await emulator.update(edited_message=person.message(text="mot de passe", edit_date=1))
    assert (await recorder.next()).text == "mot de passe"
    assert len(recorder.incoming) == 1


@pytest.mark.parametrize(
    "words",
    [
        {"text": f"@{BOT_NAME} bonjour"},
        {"text": f"bonjour @{BOT_NAME.upper()} !"},
        {"text": "/start"},
        {"text": f"/aide@{BOT_NAME} vite"},
        {"photo": PHOTO, "caption": f"regarde @{BOT_NAME}"},
        {
            "text": "merci",
            "reply_to_message": {
                "message_id": 5, "date": 1, "chat": GROUP, "text": "?",
                "from": {"id": 7, "is_bot": True, "first_name": "TNE", "username": BOT_NAME},
            },
        },
    ],
)  # fmt: skip
async def test_in_a_group_we_hear_who_speaks_to_us(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person, words: Json
) -> None:
    await emulator.update(message=person.message(chat=GROUP, **words))
    incoming = await recorder.next()
    assert (incoming.event, incoming.text) == (Event.GROUP, "")
    assert incoming.address == str(GROUP["id"])


async def test_what_is_not_said_to_us_is_not_heard(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    channel = {"id": -100_777, "type": "channel", "title": "Annonces"}
    deaf: list[Json] = [
        {"message": person.message(chat=GROUP, text="On se voit demain ?")},
        {"message": person.message(chat=GROUP, text=f"@{BOT_NAME}_bis bonjour")},
        {"message": person.message(chat=GROUP, text="/start@another_bot")},
        {"message": person.message(chat=GROUP, new_chat_members=[person.user])},
        {"channel_post": person.message(chat=channel, text="Bonne rentrée")},
        {"edited_channel_post": person.message(chat=channel, text="Bonne rentrée !")},
        {"message": person.message(delete_chat_photo=True)},
    ]
    for update in deaf:
        await emulator.update(**update)
    await emulator.update(message=person.message(text="fin"))
    assert (await recorder.next()).text == "fin"
    assert len(recorder.incoming) == 1


async def test_in_the_group_of_the_team_answers_and_commands_to_us_are_read(
    emulator: TelegramEmulator, recorder: Recorder, person: Person
) -> None:
    async with in_the_team(emulator, recorder):
        for content in (
            {"text": "Bonjour, venez jeudi"}, {"text": "/fin"}, {"voice": VOICE},
            {"photo": PHOTO, "caption": "Voici le plan"},
        ):  # fmt: skip
            await emulator.update(message=person.answer(55, **content))
        await emulator.update(message=person.message(chat=TEAM, text="/fin 12"))
        came = [await recorder.next() for _ in range(5)]
    assert {one.address for one in came} == {str(TEAM["id"])}
    assert [(one.text, one.event, one.reply_to) for one in came] == [
        ("Bonjour, venez jeudi", None, "55"), ("/fin", None, "55"), ("", Event.VOICE, "55"),
        ("", Event.PHOTO, "55"), ("/fin 12", None, None),
    ]  # fmt: skip


async def test_what_the_team_says_to_itself_is_not_heard(
    emulator: TelegramEmulator, recorder: Recorder, person: Person
) -> None:
    colleague = person.message(chat=TEAM, text="Qui s'en occupe ?")
    deaf: list[Json] = [
        {"message": colleague},
        {"message": person.message(chat=TEAM, text="moi", reply_to_message=colleague)},
        {"message": person.message(chat=TEAM, text=f"@{BOT_NAME} bonjour")},
        {"message": person.message(chat=TEAM, text="/fin@another_bot 12")},
        {"message": person.message(chat=TEAM, photo=PHOTO)},
        {"message": person.message(chat=TEAM, new_chat_members=[person.user])},
        {"message": person.answer(55, pinned_message=colleague)},
        {"edited_message": person.answer(55, text="Bonjour !", edit_date=2)},
    ]
    async with in_the_team(emulator, recorder):
        for update in deaf:
            await emulator.update(**update)
        await emulator.update(message=person.message(chat=GROUP, text="/start"))
        assert (await recorder.next()).event is Event.GROUP  # any other group is as before
    assert len(recorder.incoming) == 1


async def test_an_update_that_was_not_kept_comes_again(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    recorder.refuse = ConnectionError("the database is away")
    first = await emulator.update(message=person.message(text="un"))
    await emulator.update(message=person.message(text="deux"))
    assert [(await recorder.next()).text for _ in range(2)] == ["un", "deux"]
    assert recorder.incoming[0].provider_id == f"update:{first}"


@pytest.mark.parametrize("fault", [None, Fault(500, "Internal Server Error")])
async def test_the_menu_of_commands_is_in_the_language_of_the_phone(
    emulator: TelegramEmulator, recorder: Recorder, person: Person, fault: Fault | None
) -> None:
    if fault:
        emulator.fail("setMyCommands", fault)
    menus = {"fr": {"menu": "Voir les sujets"}, "tr": {"menu": "Konuları görmek"}}
    channel = Telegram(TOKEN, emulator.api_url, menus=menus)
    await channel.start(recorder.doors)
    shown = {
        fields.get("language_code"): json.loads(fields["commands"])
        for method, fields in emulator.calls
        if method == "setMyCommands"
    }
    french, turkish = ([{"command": "menu", "description": one["menu"]}] for one in menus.values())
    assert shown == ({} if fault else {None: french, "fr": french, "tr": turkish})
    await emulator.update(message=person.message(text="bonjour"))
    assert (await recorder.next()).text == "bonjour"
    await channel.close()


async def test_a_start_while_telegram_is_away_is_made_up_for(
    emulator: TelegramEmulator, telegram: Telegram, recorder: Recorder, person: Person
) -> None:
    emulator.fail("getMe", Fault(502, "Bad Gateway"))
    await telegram.start(recorder.doors)
    await emulator.update(message=person.message(text="toujours là"))
    assert (await recorder.next()).text == "toujours là"


async def test_polling_goes_on_after_a_fault(
    emulator: TelegramEmulator, polled: Telegram, recorder: Recorder, person: Person
) -> None:
    emulator.fail("getUpdates", Fault(502, "Bad Gateway"))
    for text in ("un", "deux"):
        await emulator.update(message=person.message(text=text))
    assert [(await recorder.next()).text for _ in range(2)] == ["un", "deux"]


async def test_a_wrong_token_is_refused_by_name_and_without_saying_it(
    emulator: TelegramEmulator, telegram: Telegram, recorder: Recorder
) -> None:
    emulator.fail("getMe", Fault(401, "Unauthorized"))
    with pytest.raises(SettingError, match="TELEGRAM_TOKEN") as caught:
        await telegram.start(recorder.doors)
    assert TOKEN not in str(caught.value)
    assert caught.value.__suppress_context__


# Receiving by webhook


@asynccontextmanager
async def hooked(emulator: TelegramEmulator, recorder: Recorder) -> AsyncIterator[str]:
    """A started channel behind its webhook; the URL."""
    listener = listen()
    public = f"http://127.0.0.1:{port_of(listener)}"
    channel = Telegram(TOKEN, emulator.api_url, public, SECRET)
    async with serving(Starlette(routes=list(channel.routes())), [listener]):
        await channel.start(recorder.doors)
        yield public + WEBHOOK
        await channel.close()


async def test_a_webhook_receives_what_telegram_posts(
    emulator: TelegramEmulator, recorder: Recorder, person: Person
) -> None:
    async with hooked(emulator, recorder):
        await emulator.update(message=person.message(text="bonjour"))
        await emulator.update(callback_query=person.tap("41:0"))
        assert (await recorder.next()).text == "bonjour"
        assert (await recorder.next()).tapped == "41:0"
        await emulator.called("answerCallbackQuery")
        assert emulator.count("getUpdates") == 0
        info = emulator._update_queues.info(TOKEN)
        assert (info["pending_update_count"], info["allowed_updates"]) == (
            0, ["message", "edited_message", "callback_query"],
        )  # fmt: skip


async def test_a_webhook_without_the_secret_is_refused(
    emulator: TelegramEmulator, recorder: Recorder, person: Person
) -> None:
    body = {"update_id": 1, "message": person.message(text="bonjour")}
    async with hooked(emulator, recorder) as url, httpx.AsyncClient() as client:
        for headers in ({}, {PROOF: b"wrong"}, {PROOF: b""}, {PROOF: "é".encode()}):
            response = await client.post(url, json=body, headers=headers)
            assert response.status_code == 403, headers
    assert recorder.incoming == []


async def test_a_webhook_that_is_no_update_is_refused_and_keeps_nothing(
    emulator: TelegramEmulator, recorder: Recorder
) -> None:
    async with hooked(emulator, recorder) as url, httpx.AsyncClient() as client:
        for body in NO_UPDATES:
            response = await client.post(url, content=body, headers={PROOF: SECRET})
            assert response.status_code == 400, body
    assert recorder.incoming == []


async def test_a_webhook_that_could_not_be_kept_is_posted_again(
    emulator: TelegramEmulator, recorder: Recorder, person: Person
) -> None:
    async with hooked(emulator, recorder):
        recorder.refuse = ConnectionError("the database is away")
        await emulator.update(message=person.message(text="un"))
        assert recorder.incoming == []
        await emulator.deliver_updates(token=TOKEN)
        assert (await recorder.next()).text == "un"


# Sending


async def test_text_arrives_literally(
    emulator: TelegramEmulator, telegram: Telegram, person: Person
) -> None:
    text = "Écrivez à jean_paul_le_goff@ac-poitiers.fr\n<b>*gras*</b> & [lien](x) `code` 😀"
    sent = await telegram.send(outgoing(person, text))
    shown = await emulator.message(person.chat)
    assert shown.text == text
    assert "parse_mode" not in shown.fields
    assert sent.provider_id.isdecimal()
    assert sent.segments is None


async def test_choices_are_buttons_that_name_the_delivery(
    emulator: TelegramEmulator, telegram: Telegram, person: Person
) -> None:
    await telegram.send(outgoing(person, "Où habitez-vous ?", "Vienne", "Finistère"))
    shown = await emulator.message(person.chat)
    assert shown.keys == (("Vienne", "41:0"), ("Finistère", "41:1"))


async def test_thumbs_stand_in_one_row_and_other_choices_one_below_the_other(
    emulator: TelegramEmulator, telegram: Telegram, person: Person
) -> None:
    choices = (
        Choice("👍", "good:mdp"), Choice("👎", "bad:mdp"),
        Choice("Oui", "menu"), Choice("Non", "human"),
    )  # fmt: skip
    await telegram.send(Outgoing(41, str(person.chat), "Voilà.", choices))
    shown = await emulator.message(person.chat)
    rows = json.loads(shown.fields["reply_markup"])["inline_keyboard"]
    assert [[key["text"] for key in row] for row in rows] == [["👍", "👎"], ["Oui"], ["Non"]]
    assert [data for _, data in shown.keys] == ["41:0", "41:1", "41:2", "41:3"]


async def test_a_file_comes_with_its_words_and_buttons(
    emulator: TelegramEmulator, telegram: Telegram, person: Person
) -> None:
    file = Attachment("tne.ics", b"BEGIN:VCALENDAR", "text/calendar")
    await telegram.send(
        replace(outgoing(person, "C'est fait !", "Je ne peux pas"), attachment=file)
    )
    shown = await emulator.message(person.chat)
    assert (shown.text, shown.files) == ("C'est fait !", (("tne.ics", b"BEGIN:VCALENDAR"),))
    assert shown.keys == (("Je ne peux pas", "41:0"),)


async def test_more_words_than_fit_under_a_file_go_before_it(
    emulator: TelegramEmulator, telegram: Telegram, person: Person
) -> None:
    file = Attachment("tne.ics", b"BEGIN:VCALENDAR", "text/calendar")
    await telegram.send(replace(outgoing(person, "mot " * 300), attachment=file))
    first, last = await emulator.message(person.chat), await emulator.message(person.chat)
    assert not first.files
    assert last.files
    assert f"{first.text} {last.text}".split() == ["mot"] * 300


async def test_a_long_text_goes_in_pieces_with_the_buttons_under_the_last(
    emulator: TelegramEmulator, telegram: Telegram, person: Person
) -> None:
    paragraphs = [f"{number} " + "mot " * 300 for number in range(8)]
    await telegram.send(outgoing(person, "\n".join(paragraphs), "Suite"))
    shown = emulator.messages(person.chat)
    assert len(shown) == 3
    assert [len(message.keys) for message in shown] == [0, 0, 1]
    assert " ".join("\n".join(m.text for m in shown).split()) == " ".join(
        " ".join(paragraphs).split()
    )


@pytest.mark.parametrize(
    "text", ["court", "x" * 4096, "x" * 4097, "😀" * 4096, "\n".join(["y" * 3000] * 3), "a " * 9000]
)
def test_pieces_lose_no_letter_and_fit(text: str) -> None:
    cut = pieces(text)
    assert all(0 < len(piece.encode("utf-16-le")) <= 2 * 4096 for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def faults(*errors: tuple[Fault, type[Exception]]) -> Sequence[object]:
    return [
        pytest.param(fault, kind, id=f"{fault.status}-{kind.__name__}") for fault, kind in errors
    ]


@pytest.mark.parametrize(
    ("fault", "decision"),
    faults(
        (Fault(403, "Forbidden: bot was blocked by the user"), Unreachable),
        (Fault(400, "Bad Request: chat not found"), Unreachable),
        (Fault(400, "Bad Request: can't parse entities"), Refused),
        (Fault(401, "Unauthorized"), TryLater),
        (Fault(429, "Too Many Requests", {"retry_after": 7}), Busy),
        (Fault(500, "Internal Server Error"), TryLater),
        (Fault(502, "Bad Gateway"), TryLater),
        (Fault(0, done=True), Uncertain),
        (Fault(None, done=True), Uncertain),
    ),
)
async def test_a_fault_becomes_a_decision(
    emulator: TelegramEmulator, person: Person, fault: Fault, decision: type[Exception]
) -> None:
    telegram = Telegram(TOKEN, emulator.api_url, timeout=0.3 if fault.status is None else 15)
    emulator.fail("sendMessage", fault)
    with pytest.raises(decision) as caught:
        await telegram.send(outgoing(person))
    await telegram.close()
    assert type(caught.value) is decision
    assert str(person.chat) not in str(caught.value)
    if isinstance(caught.value, Busy):
        assert caught.value.retry_after == timedelta(seconds=7)


async def test_a_connection_that_never_was_is_tried_later(person: Person) -> None:
    telegram = Telegram(TOKEN, f"http://127.0.0.1:{free_port()}/bot")
    with pytest.raises(TryLater):
        await telegram.send(outgoing(person))
    await telegram.close()


async def test_a_text_cut_short_is_not_begun_again(
    emulator: TelegramEmulator, telegram: Telegram, person: Person
) -> None:
    emulator.fail("sendMessage", None, Fault(502, "Bad Gateway"))
    with pytest.raises(Uncertain):
        await telegram.send(outgoing(person, "x" * 5000))
    assert len(emulator.messages(person.chat)) == 1


async def test_a_message_is_changed_with_its_buttons(telegram, emulator):
    person = Person()
    sent = await telegram.send(outgoing(person, "Encore 3", "Pause"))
    await telegram.edit(sent.provider_id, outgoing(person, "Encore 2", "Continuer"))
    [changed] = [fields for method, fields in emulator.calls if method == "editMessageText"]
    assert (changed["text"], int(changed["chat_id"])) == ("Encore 2", person.chat)
    assert "Continuer" in str(changed["reply_markup"])


async def test_what_says_the_same_already_is_left_and_what_cannot_be_changed_is_told(
    telegram, emulator
):
    person = Person()
    sent = await telegram.send(outgoing(person, "Encore 3"))
    same = Fault(400, "Bad Request: message is not modified: specified new message content")
    emulator.fail("editMessageText", same, Fault(400, "Bad Request: message to edit not found"))
    await telegram.edit(sent.provider_id, outgoing(person, "Encore 3"))
    with pytest.raises(Refused):
        await telegram.edit(sent.provider_id, outgoing(person, "Encore 3"))
