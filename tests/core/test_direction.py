"""Arabic lines run from right to left, whatever they begin with."""

from core.direction import MARK, directed


def test_an_arabic_line_that_begins_with_a_latin_word_is_marked():
    assert directed("ÉduConnect : حساب المدرسة", "ar") == MARK + "ÉduConnect : حساب المدرسة"


def test_an_arabic_line_and_an_empty_one_need_no_mark():
    assert directed("حساب ENT\n\n• اتصلوا", "ar") == "حساب ENT\n\n• اتصلوا"


def test_other_languages_are_left_alone():
    assert directed("Bonjour", "fr") == "Bonjour"
