"""What every SMS gateway shares: numbers, and how a message is written on an old phone."""

import pytest

from bot.channels.sms_text import written
from core import sms
from core.messages import Choice, Outgoing
from core.people.phones import NotANumber, e164

NOT_NUMBERS = ["", "3011", "SFR-INFO", "38AB124567", "+", "12", "+33", "🙂", "0" * 300, "+339"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+33639980001", "+33639980001"),
        ("0639980001", "+33639980001"),
        ("06 39 98 00 01", "+33639980001"),
        ("0033639980001", "+33639980001"),
        ("0692000000", "+262692000000"),  # Réunion: written as if it were in France
        ("0690000000", "+590690000000"),  # Guadeloupe
        ("+33 6 39 98 00 01", "+33639980001"),
    ],
)
def test_numbers_are_kept_in_one_form(raw: str, expected: str) -> None:
    assert e164(raw) == expected


@pytest.mark.parametrize("raw", NOT_NUMBERS)
def test_a_sender_that_is_no_number_is_refused_without_repeating_it(raw: str) -> None:
    with pytest.raises(NotANumber) as caught:
        e164(raw)
    assert not raw or raw not in str(caught.value)


def test_choices_are_numbered_lines() -> None:
    choices = (Choice("Vienne", "territory:vienne:x"), Choice("Finistère", "territory:finistere:x"))
    assert written(Outgoing(1, "+33639980001", "Où ?", choices)) == "Où ?\n1 Vienne\n2 Finistère"


def test_typography_does_not_double_the_price() -> None:
    text = written(Outgoing(1, "+33639980001", "L’élève « reçoit » son mot de passe… 😀"))
    assert text == 'L\'élève "reçoit" son mot de passe...'.replace("ç", "c")
    assert not sms.size(text).unicode


def test_a_label_in_another_script_keeps_its_letters() -> None:
    text = written(Outgoing(1, "+33639980001", "Langue ?", (Choice("العربية", "language:ar"),)))
    assert text == "Langue ?\n1 العربية"
    assert sms.size(text).unicode
