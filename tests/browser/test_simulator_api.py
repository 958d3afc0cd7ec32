"""The simulator over HTTP, as the page uses it and as others might abuse it."""

import json
import re
import uuid
from collections.abc import Iterator

import httpx
import pytest

from bot.channels.simulator import PAGE, PAGE_ROUTES, PHONES
from core import sms

CHAT, SMS = (name for name, _ in PHONES)
TEXT = {"text": "slt g oublié le mdp de l'ENT"}


def a_person() -> str:
    return str(uuid.uuid4())


def a_message(person: str | None = None, **did: object) -> dict[str, object]:
    return {"person": person or a_person(), "id": str(uuid.uuid4()), **(did or TEXT)}


def post(simulator: str, message: dict[str, object], phone: str = CHAT) -> httpx.Response:
    return httpx.post(f"{simulator}/simulator/{phone}/messages", json=message)


def events(simulator: str, person: str, phone: str = CHAT) -> Iterator[tuple[str, dict]]:
    """(event, data) as they come; stop reading and the stream is closed."""
    url = f"{simulator}/simulator/{phone}/events"
    with httpx.stream("GET", url, params={"person": person}, timeout=10) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        event = "message"
        for line in response.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                event = value
            elif field == "data":
                yield event, json.loads(value)
                event = "message"


def first(simulator: str, person: str, count: int, phone: str = CHAT) -> list[dict]:
    """The first *count* messages that *person*'s screen shows, typing left out."""
    stream, found = events(simulator, person, phone), []
    for event, data in stream:
        found += [data] if event == "message" else []
        if len(found) == count:
            break
    stream.close()
    return found


def test_a_question_is_answered_on_the_smartphone_with_buttons(simulator: str) -> None:
    person = a_person()
    assert post(simulator, a_message(person)).json() == {"new": True}
    question, answer, where = first(simulator, person, 3)
    assert (question["from"], question["text"]) == ("person", TEXT["text"])
    assert answer["from"] == "assistant"
    assert "secrétariat" in answer["text"]
    assert [choice["label"] for choice in where["choices"]] == [
        "Vienne (86)", "Finistère (29)", "Ailleurs",
    ]  # fmt: skip
    post(simulator, a_message(person, tapped=where["choices"][0]["tap"]))
    assert first(simulator, person, 5)[-1]["text"] == "En Vienne, appelez l'assistance de l'ENT."


def test_the_old_phone_gets_sms_text_with_digits_and_its_price(simulator: str) -> None:
    person = a_person()
    post(simulator, a_message(person), SMS)
    _, answer, where = first(simulator, person, 3, SMS)
    assert (answer["segments"], answer["unicode"]) == (2, False)
    assert "choices" not in answer
    assert where["text"].endswith("\n1 Vienne (86)\n2 Finistère (29)\n3 Ailleurs")
    post(simulator, a_message(person, text="1"), SMS)
    assert "En Vienne" in first(simulator, person, 5, SMS)[-1]["text"]


def test_arabic_costs_unicode_and_says_so(simulator: str) -> None:
    person = a_person()
    post(simulator, a_message(person, text="réponds en arabe"), SMS)
    answer = first(simulator, person, 2, SMS)[-1]
    size = sms.size(answer["text"])
    assert (answer["segments"], answer["unicode"]) == (size.segments, True)


def test_who_comes_back_finds_what_was_sent_meanwhile_and_only_theirs(simulator: str) -> None:
    one, other = a_person(), a_person()
    for person in (one, other):
        post(simulator, a_message(person, text=f"je suis {person}"))
        first(simulator, person, 2)
    post(simulator, a_message(one, text="C'est quoi un tiers-lieu ?"))
    texts = [message["text"] for message in first(simulator, one, 4)]
    assert texts[0] == f"je suis {one}"
    assert texts[2:] == ["C'est quoi un tiers-lieu ?", texts[3]]
    assert "lieu ouvert à tous" in texts[3]


def test_the_same_message_twice_is_one_message(simulator: str) -> None:
    message = a_message(text="C'est quoi un tiers-lieu ?")
    assert post(simulator, message).json() == {"new": True}
    assert post(simulator, message).json() == {"new": False}
    person = str(message["person"])
    post(simulator, a_message(person, text="STOP"))
    froms = [one["from"] for one in first(simulator, person, 4)]
    assert sorted(froms) == ["assistant", "assistant", "person", "person"]


def test_typing_shows_while_an_answer_is_prepared(simulator: str) -> None:
    person = a_person()
    stream = events(simulator, person)
    post(simulator, a_message(person, text="c'est lent"))
    kinds = []
    for event, data in stream:
        kinds.append(event if event == "typing" else data["from"])
        if kinds[-1] == "assistant":
            break
    stream.close()
    assert kinds == ["person", "typing", "assistant"]


@pytest.mark.parametrize("event", ["voice", "photo", "sticker", "location"])
def test_every_thing_that_is_not_text_gets_a_reaction(simulator: str, event: str) -> None:
    person = a_person()
    post(simulator, a_message(person, event=event))
    sent, reaction = first(simulator, person, 2)
    assert sent["event"] == event
    assert reaction["text"]


def test_a_location_may_say_where(simulator: str) -> None:
    message = a_message(event="location") | {"location": [46.5802, 0.3404]}
    assert post(simulator, message).status_code == 202


BAD = {
    "not JSON": b"{",
    "no UTF-8": b'{"text": "\xff"}',
    "too deep": b"[" * 9_000,
    "a list": b"[]",
    "nothing done": json.dumps(a_message() | {"text": None}).encode(),
    "no deed": json.dumps({"person": "1", "id": "1"}).encode(),
    "two deeds": json.dumps(a_message(text="oui", tapped="1:0")).encode(),
    "text is a number": json.dumps(a_message(text=12)).encode(),
    "half a surrogate pair": json.dumps(a_message(text="\ud83d")).encode(),
    "unknown event": json.dumps(a_message(event="dance")).encode(),
    "event of a group": json.dumps(a_message(event="group")).encode(),
    "tapped is no button": json.dumps(a_message(tapped="1:0:0")).encode(),
    "tapped overflows": json.dumps(a_message(tapped="9" * 40 + ":0")).encode(),
    "unknown key": json.dumps(a_message() | {"role": "staff"}).encode(),
    "person is no id": json.dumps(a_message("../../etc")).encode(),
    "person is missing": json.dumps({"id": "1", "text": "oui"}).encode(),
    "id is too long": json.dumps(a_message() | {"id": "a" * 65}).encode(),
    "a place without the event": json.dumps(a_message() | {"location": [46, 0]}).encode(),
    "a place off the Earth": json.dumps(a_message(event="location", location=[91, 0])).encode(),
    "a place of truths": json.dumps(a_message(event="location", location=[True, 0])).encode(),
    "a place that is no number": b'{"person":"1","id":"1","event":"location","location":[NaN,0]}',
    "too long": json.dumps(a_message(text="a" * 10_000)).encode(),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_what_is_no_message_is_refused_in_one_sentence(simulator: str, body: bytes) -> None:
    response = httpx.post(
        f"{simulator}/simulator/{CHAT}/messages",
        content=body,
        headers={"content-type": "application/json"},
    )
    assert response.status_code == 400
    assert response.text
    assert "\n" not in response.text


def test_3000_letters_of_any_alphabet_are_a_message(simulator: str) -> None:
    person = a_person()
    body = json.dumps(a_message(person, text="ب" * 3000), ensure_ascii=False).encode()
    headers = {"content-type": "application/json"}
    url = f"{simulator}/simulator/{CHAT}/messages"
    assert httpx.post(url, content=body, headers=headers).status_code == 202
    assert len(first(simulator, person, 2)) == 2


@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_form_of_another_site_cannot_post(simulator: str, type_: str) -> None:
    url = f"{simulator}/simulator/{CHAT}/messages"
    body = json.dumps(a_message()).encode()
    assert httpx.post(url, content=body, headers={"content-type": type_}).status_code == 415


def everything(simulator: str, headers: dict[str, str]) -> set[int]:
    """The statuses that the page, its parts, the stream and a message get."""
    urls = [simulator + path for path in PAGE_ROUTES]
    for phone, _ in PHONES:
        urls.append(f"{simulator}/simulator/{phone}/events?person=1")
    posted = httpx.post(
        f"{simulator}/simulator/{CHAT}/messages", json=a_message(), headers=headers
    ).status_code
    return {posted} | {httpx.head(url, headers=headers).status_code for url in urls}


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.2", "[::", ""]
)
def test_a_rebound_name_gets_nothing(simulator: str, host: str) -> None:
    assert everything(simulator, {"host": host}) <= {403, 400}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_another_origin_gets_nothing(simulator: str, origin: str) -> None:
    assert everything(simulator, {"origin": origin}) == {403}


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
def test_every_name_of_loopback_is_served(simulator: str, host: str) -> None:
    assert everything(simulator, {"host": host, "origin": f"http://{host}"}) == {200, 202}


@pytest.mark.parametrize("person", ["", "a b", "é", "x" * 65])
def test_a_stream_needs_a_person(simulator: str, person: str) -> None:
    url = f"{simulator}/simulator/{CHAT}/events"
    assert httpx.get(url, params={"person": person}).status_code == 400


def test_the_page_runs_nothing_but_its_own_files(simulator: str) -> None:
    response = httpx.get(simulator)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = response.text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"<script(?![^>]+src=)", page)
    assert set(re.findall(r'(?:src|href)="(/[^"]*)"', page)) == set(PAGE_ROUTES) - {"/"}
    for file in PAGE.iterdir():
        elsewhere = set(re.findall(r"https?://\w[^\s'\"`)]+", file.read_text(encoding="utf-8")))
        assert elsewhere <= {"http://www.w3.org/2000/svg"}, file.name


def test_the_page_knows_both_phones_by_their_names() -> None:
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'data-name="(\w+)"', page) == [name for name, _ in PHONES]


def test_no_sentence_stands_in_the_script() -> None:
    script = (PAGE / "simulator.js").read_text(encoding="utf-8")
    code = re.sub(r"^\s*//.*$|\s//\s.*$", "", script, flags=re.MULTILINE)
    assert "innerHTML" not in code
    assert "insertAdjacentHTML" not in code
    strings = re.findall(r'"([^"\n]*)"', code)
    assert not [one for one in strings if re.search(r"[a-z]+ [a-z]+ [a-z]+", one)]
