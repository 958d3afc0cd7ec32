"""The action server, called as Rasa 3.6 calls it."""

import httpx
import pytest

from actions.server import make_executor, make_web
from actions.understood import understood
from core.answers import Answer, Listener, Outcome
from core.messages import Kind
from core.settings import Settings
from tests.world import ROOT

FILLED = {"intent_ranking": [{"name": "ent_mdp_oublie", "confidence": 0.4},
                             {"name": "pronote_connexion", "confidence": 0.3}]}  # fmt: skip


@pytest.fixture(scope="module")
def web():
    return make_web(
        make_executor(Settings(content_dir=ROOT / "content", locale_dir=ROOT / "locale"))
    )


@pytest.fixture
async def client(web):
    transport = httpx.ASGITransport(web)
    async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
        yield client


async def call(client, action, **latest):
    """As Rasa calls: an intent that was sure stands first in its ranking, and is said to be."""
    intent = latest.get("intent")
    if isinstance(intent, dict):
        latest = {"outcome": "answered", "intent_ranking": [intent], **latest}
    tracker = {
        "sender_id": "u", "slots": {}, "events": [], "paused": False,
        "latest_message": {"text": "secret words", "intent": {}, "entities": [], **latest},
        "latest_action_name": None, "active_loop": {}, "followup_action": None,
    }  # fmt: skip
    body = {"next_action": action, "sender_id": "u", "tracker": tracker}
    return await client.post("/webhook", json=body)


def said(response):
    (message,) = response.json()["responses"]
    return Answer.from_json(message["custom"])


async def test_the_intent_is_the_question_that_is_answered(client):
    metadata = Listener(Kind.SMS, "fr", "vienne").as_json()
    intent = {"name": "ent_mdp_oublie", "confidence": 0.9}
    answer = said(await call(client, "action_answer", intent=intent, metadata=metadata))
    assert (answer.outcome, answer.question_id) == (Outcome.ANSWERED, "ent_mdp_oublie")
    assert answer.confidence == 0.9
    assert not answer.asks_territory


async def test_a_name_in_the_message_reaches_the_tables(client):
    intent = {"name": "lieu_pres_de", "confidence": 0.9}
    entities = [{"entity": "commune", "value": "Latillé"}]
    answer = said(await call(client, "action_answer", intent=intent, entities=entities))
    assert "Latillé" in answer.bubbles[0].text


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("suggested", Outcome.SUGGESTED), ("fallback", Outcome.FALLBACK), (None, Outcome.FALLBACK)],
)
async def test_what_is_unsure_is_offered_and_what_is_unknown_is_said(client, outcome, expected):
    answer = said(await call(client, "action_answer", outcome=outcome, **FILLED))
    assert answer.outcome is expected
    assert answer.question_id is None


@pytest.mark.parametrize("text", ["Latillé", "et à Latillé ?"])
async def test_a_bare_name_goes_on_with_the_question_before(client, text):
    metadata = Listener(subject="lieu_pres_de").as_json()
    entities = [{"entity": "commune", "value": "Latillé"}]
    intent = {"name": "bonjour", "confidence": 0.9}
    response = await call(
        client, "action_answer", text=text, intent=intent, entities=entities, metadata=metadata
    )
    assert said(response).question_id == "lieu_pres_de"


async def test_a_name_inside_a_new_question_is_a_new_question(client):
    metadata = Listener(subject="lieu_pres_de").as_json()
    entities = [{"entity": "commune", "value": "Latillé"}]
    intent = {"name": "college_est_pilote", "confidence": 0.9}
    response = await call(
        client, "action_answer", text="le collège de Latillé est-il un collège pilote ?",
        intent=intent, entities=entities, metadata=metadata,
    )  # fmt: skip
    assert said(response).question_id == "college_est_pilote"


async def test_an_intent_that_content_no_longer_has_is_said_to_be_unknown(client):
    intent = {"name": "gone", "confidence": 0.9}
    assert said(await call(client, "action_answer", intent=intent)).outcome is Outcome.FALLBACK


@pytest.mark.parametrize("metadata", [None, {}, {"kind": "fax"}, {"language": "fr"}])
async def test_a_listener_nobody_described_is_answered_plainly(client, metadata):
    intent = {"name": "ent_mdp_oublie", "confidence": 0.9}
    assert said(await call(client, "action_answer", intent=intent, metadata=metadata)).bubbles


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"null", b'{"next_action": 1}'])
async def test_what_is_no_action_call_is_refused(client, body):
    response = await client.post(
        "/webhook", content=body, headers={"content-type": "application/json"}
    )
    assert response.status_code in (400, 404)


async def test_a_failing_action_echoes_nothing_of_the_message(client, caplog):
    response = await call(client, "action_answer", entities="not a list")
    assert response.status_code == 500
    assert "secret" not in response.text + caplog.text


async def test_an_unknown_action_is_said_to_be_unknown(client):
    assert (await call(client, "action_nothing")).status_code == 404


def test_the_details_of_a_message_are_kept_by_kind_each_value_once():
    named = [
        ("weekday", "mon"),
        ("level", "cm2"),
        ("weekday", "tue"),
        ("weekday", "mon"),
        ("commune", "Latillé"),
    ]
    asked = understood({"entities": [{"entity": e, "value": v} for e, v in named]}).asked
    assert asked.details == {"level": ("cm2",), "weekday": ("mon", "tue")}
    assert asked.communes == ("Latillé",)
    assert understood({"text": "bonjour"}).asked.details == {}
