"""Every sentence that a template names is in the catalogue, and none is in a template."""

import re

import pytest

from bot.console.web import SAID
from bot.console.words import TEMPLATES
from bot.publication import RUNNING
from core.console.editing import FIELDS
from core.console.members import StaffRole
from core.team.handoffs import Ending, Reason
from core.wording import STAFF, Wording
from core.workshops.booking import refusals
from core.workshops.booking.refusals import Refused
from core.workshops.model import Audience, SessionState, SignUpState, WorkshopKind
from tests.world import ROOT

FAMILIES = {
    "role": StaffRole,
    "state": (*SessionState, "over"),
    "sign_up": SignUpState,
    "kind": WorkshopKind,
    "audience": Audience,
    "said": SAID,
    "field": (*FIELDS, "repeat"),
    "territory": ("vienne", "finistere", "national"),
    "mark": ("attended", "absent", "excused"),
    "training.stage": (
        *RUNNING, "done", "same", "worse", "wrong", "failed", "stopped", "died",
    ),
    "translations": ("missing", "old", "machine"),
    "talk.reason": Reason,
    "talk.ended": Ending,
    "talk.from": ("vienne", "finistere", "national", "nowhere"),
    "talk.fate": ("way", "arrived", "lost"),
    "talk.address": ("stopped", "unreachable"),
    "talk.wrong": ("empty", "meanwhile", "over", "unreachable", "too_long"),
    "when": ("coming", "past", "all"),
    "trouble.refused": [
        name for name, one in vars(refusals).items()
        if isinstance(one, type) and issubclass(one, Refused) and one is not Refused
    ],
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_a_template_names_sentences_that_are_there_and_says_nothing_itself(path):
    wording, text = Wording(ROOT / "locale", STAFF), path.read_text()
    for key in re.findall(r'\b[tn]\("([\w.]+)"[,)]', text):
        assert wording.has(key) or wording.count(key, "fr", 2, number=2), key
    plain = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", text, flags=re.S)
    bare = re.sub(r"<[^>]*>|/console[\w/?]*", " ", plain, flags=re.S)
    assert not re.findall(r"[A-Za-zÀ-ÿ]{3,}", bare), path


@pytest.mark.parametrize("family", FAMILIES)
def test_every_role_state_and_field_has_its_words(family):
    wording = Wording(ROOT / "locale", STAFF)
    for name in FAMILIES[family]:
        key = f"console.{family}.{name}"
        if family == "said":
            wording.count(key, "en", 1, number=1)
        else:
            assert wording.say(key, "en"), key
