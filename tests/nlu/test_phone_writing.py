
"""Phone spelling undone (run in Rasa's environment: `make test` does)."""

import unittest

from nlu.writing import Writing

EXAMPLES = [
    "j'ai oublié mon mot de passe éduconnect",
    "pronote ne marche pas depuis hier",
    "où a lieu l'atelier pour les parents ?",
]


class PhoneWriting(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.writing = Writing(EXAMPLES, ["Latillé", "Châtellerault"])

    def reads(self, written: str, meant: str) -> None:
        assert self.writing.read(written).text == meant

    def test_sms_french_is_read_as_it_was_meant(self) -> None:
        self.reads("slt g oublié le mdp de l'ENT", "salut j'ai oublié le mot de passe de l'ENT")
        self.reads("c koi pronot", "c'est quoi Pronote")
        self.reads("kom je fé pr linscription", "comment je fais pour l'inscription")

    def test_other_languages_are_left_alone(self) -> None:
        for text in ("I forgot my password", "olvidé mi contraseña", "nerede yardım alabilirim"):
            self.reads(text, text)

    def test_nothing_makes_it_fail(self) -> None:
        for text in ("", " ", "?!", "\x00\u202e", "a" * 5000, "👨‍👩‍👧", "١٢٣", "'" * 50, "\n\n"):
            assert isinstance(self.writing.read(text).text, str)


if __name__ == "__main__":
    unittest.main()
