# ruff: noqa: PT009 (unittest: pytest is not in this environment)
"""Phone writing is read, other languages are left alone."""

import unittest

from nlu.lexicon import sound
from nlu.text import clean, fold
from nlu.writing import Writing

EXAMPLES = [
    "j'ai oublié mon mot de passe ÉduConnect",
    "comment me connecter à Pronote ?",
    "ma fille n'a plus accès à pronote",
    "où est pronote",
    "l'appli pronote ne marche pas",
    "comment s'inscrire à un atelier pour les parents",
    "le collège de mon enfant est-il pilote ?",
    "mon élève a reçu une tablette",
    "¿cómo cambio la contraseña?",
]


class WritingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.writing = Writing(EXAMPLES, ["Châtellerault", "Vouneuil-sous-Biard"])

    def assert_reads(self, written: str, meant: str) -> None:
        self.assertEqual(self.writing.read(written).text, meant)

    def test_short_forms_are_written_out(self) -> None:
        for written, meant in (
            ("slt g oublié le mdp", "salut j'ai oublié le mot de passe"),
            ("c koi le tne", "c'est quoi le tne"),
            ("jpeux pa minscrire", "je peux pas m'inscrire"),
            ("jariv pa a me conecté", "j'arrive pas a me connecter"),
            ("ya koi pr les parents", "il y a quoi pour les parents"),
            ("sa marche pa", "ça marche pas"),
            ("k1 peut maider stp", "quelqu'un peut m'aider s'il te plaît"),
        ):
            with self.subTest(written):
                self.assert_reads(written, meant)

    def test_lost_accents_and_apostrophes_come_back(self) -> None:
        self.assert_reads("le college des eleves", "le collège des élèves")
        self.assert_reads("lecole est fermee", "l'école est fermée")
        self.assert_reads("j habite ici", "j'habite ici")

    def test_misspelt_words_become_the_domain_s(self) -> None:
        self.assert_reads("atelié numerik", "atelier numérique")
        self.assert_reads("une tablete", "une tablette")
        self.assertIn("pronote", self.writing.read("pronite").text)

    def test_words_without_spaces_are_parted(self) -> None:
        self.assert_reads("jarrivepas", "j'arrive pas")
        self.assert_reads("motdepasse", "mot de passe")

    def test_doubled_letters_and_capitals_are_calmed(self) -> None:
        self.assert_reads("bonjouuuuur", "bonjour")
        self.assert_reads("COMMENT FAIRE", "comment faire")

    def test_ordinary_french_is_left_as_it_is(self) -> None:
        for text in (
            "Comment s'inscrire à un atelier ?",
            "Où se trouve le collège ?",
            "Mon fils a perdu ses codes",
            "il a mis son manteau sur la table",
        ):
            with self.subTest(text):
                self.assertEqual(self.writing.read(text).text, text.replace(" ?", "?"))

    def test_other_languages_are_never_made_french(self) -> None:
        for language, text in (
            ("en", "I forgot my password"),
            ("en", "what is a third place"),
            ("es", "quiero inscribirme en un taller"),
            ("pt", "como faço para entrar na ENT"),
            ("tr", "şifremi unuttum nasıl giriş yapabilirim"),
            ("ar", "نسيت كلمة السر"),
        ):
            with self.subTest(text):
                self.assertEqual(self.writing.read(text), (text, language))

    def test_other_languages_get_their_own_accents(self) -> None:
        self.assert_reads("olvide mi contrasena", "olvide mi contraseña")

    def test_names_are_not_corrected_away(self) -> None:
        self.assertIn("Châtellerault", self.writing.read("a chatelleraut").text)

    def test_any_input_is_survived(self) -> None:
        for text in (
            "",
            " ",
            "'",
            "?!",
            "\u200f\u202e",
            "a" * 3000,
            "1",
            "'''",
            "😀😀",
            "\x00\x01 é",
        ):
            with self.subTest(text[:10]):
                self.assertIsInstance(self.writing.read(text).text, str)

    def test_it_is_the_same_after_saving(self) -> None:
        again = Writing.from_domain(self.writing.domain, self.writing.names)
        for text in ("slt g oublié le mdp pronite", "une tablete a chatelleraut"):
            self.assertEqual(again.read(text), self.writing.read(text))


class TextTest(unittest.TestCase):
    def test_folding_meets(self) -> None:
        self.assertEqual(fold("Où ÉduConnect"), "ou educonnect")
        self.assertEqual(fold("şifre ıI"), "sifre ii")

    def test_cleaning_takes_control_and_direction_marks_off(self) -> None:
        self.assertEqual(clean("a\u202eb\x00c\n d’e"), "a b c d'e")

    def test_words_that_sound_alike_meet(self) -> None:
        for one, other in (("connexion", "konecsion"), ("photo", "foto"), ("quand", "kan")):
            self.assertEqual(sound(one), sound(other))


if __name__ == "__main__":
    unittest.main()
