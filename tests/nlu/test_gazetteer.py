"""Communes and collèges found in messages (run in Rasa's environment: `make test` does)."""

import unittest

from nlu.gazetteer import Gazetteer

TABLES = {
    "commune": ["Latillé", "Châtellerault", "Vouneuil-sous-Biard", "Saint-Savin",
                "Angles-sur-l'Anglin", "Valence-en-Poitou", "Brest", "Tours"],
    "college": ["Collège Jean Jaurès", "Collège Prosper Mérimée"],
}  # fmt: skip


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.gazetteer = Gazetteer(TABLES, {"Couhé": "Valence-en-Poitou"})

    def finds(self, text: str, *values: str) -> None:
        assert [found.value for found in self.gazetteer.find(text)] == list(values), text

    def test_a_name_is_found_however_it_is_spelled(self) -> None:
        self.finds("de l'aide à LATILLE", "Latillé")
        self.finds("une aide vers chatelleraut svp", "Châtellerault")
        self.finds("j'habite st savin", "Saint-Savin")
        self.finds("vouneuil sous biard c pilote ?", "Vouneuil-sous-Biard")

    def test_another_name_stands_for_the_one_in_the_table(self) -> None:
        self.finds("il y a quelqu'un à Couhé ?", "Valence-en-Poitou")

    def test_a_college_is_found_with_or_without_its_first_name(self) -> None:
        self.finds("le collège Jean-Jaurès est pilote ?", "Collège Jean Jaurès")

    def test_ordinary_words_are_no_places(self) -> None:
        for text in (
            "il y a plusieurs tours à faire",
            "mon mot de passe",
            "les angles morts du vélo",
        ):
            self.finds(text)


if __name__ == "__main__":
    unittest.main()
