# ruff: noqa: PT009 (unittest: pytest is not in this environment)
"""Spoken Arabic is read as written Arabic, in both alphabets; other languages are left alone."""

import unittest

from nlu.dialect import arabizi, in_latin_letters, spoken, standard
from nlu.writing import language_of


class DialectTest(unittest.TestCase):
    def test_spoken_words_become_the_written_ones(self) -> None:
        for said, written in (
            ("شنو هو الكود ديال الأونت", "ما هو الرمز ل ENT"),
            ("وين الكوليج؟", "أين collège؟"),
            ("كيفاش نبدل المودباس", "كيف أغير كلمة المرور"),
        ):
            with self.subTest(said):
                self.assertEqual(standard(said), written)

    def test_arabic_in_latin_letters_is_read_and_french_words_in_it_stay(self) -> None:
        said = "kifach nbeddel mot de passe dyal weldi"
        self.assertEqual(standard(said), "كيف أغير mot de passe ل ابني")

    def test_words_of_written_arabic_stay_as_they_are(self) -> None:
        for written in ("كيف أدخل إلى Toutatice؟", "ابني يتكلم في الميكروفون", "لدي سؤال"):
            with self.subTest(written):
                self.assertEqual(standard(written), written)

    def test_a_message_is_arabic_by_its_words_in_either_alphabet(self) -> None:
        for text in ("3andi mochkil m3a pronote", "shu esm el site", "bghit ncharek f l'atelier"):
            with self.subTest(text):
                self.assertTrue(in_latin_letters(text))
                self.assertEqual(language_of(text), "ar")
        self.assertEqual(language_of("حفظ QCM في Pronote"), "ar")

    def test_other_languages_are_not_taken_for_arabic(self) -> None:
        for text in (
            "slt g oublié le mdp de l'ENT",
            "la fin de l'atelier, c'est quand ?",
            "how do I get a password for my son",
            "dónde está el colegio",
            "onde fica a escola do meu filho",
            "oğlumun şifresini unuttum",
            "C3PO et R2D2",
            "",
        ):
            with self.subTest(text):
                self.assertFalse(in_latin_letters(text))

    def test_no_entry_of_the_tables_is_empty_or_means_itself_badly(self) -> None:
        for table in (spoken(), arabizi()):
            self.assertTrue(all(said and meant for said, meant in table.items()))


if __name__ == "__main__":
    unittest.main()
