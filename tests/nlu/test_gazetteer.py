# ruff: noqa: PT009 (unittest: pytest is not in this environment)
"""Places are found when meant, also misspelt, and not in ordinary words."""

import unittest

from nlu.gazetteer import Gazetteer, with_standard_names

NAMES = """Poitiers, Châtellerault, Saint-Savin, Vouneuil-sous-Biard, Vouneuil-sur-Vienne, Biard,
Le Faou, Brest, Bonnes, L'Isle-Jourdain, Plougastel-Daoulas, Civray, Rouillé, Angles"""
COMMUNES = [name.strip() for name in NAMES.split(",")]
COLLEGES = ["Collège Jules Verne", "Collège René Descartes"]


class GazetteerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.gazetteer = Gazetteer(
            {"commune": COMMUNES, "college": COLLEGES, "elsewhere": ["Lyon"]},
            {"Plougastel": "Plougastel-Daoulas"},
        )

    def found(self, text: str) -> list[str]:
        return [f.value for f in self.gazetteer.find(text)]

    def test_names_are_found_however_written(self) -> None:
        for text, name in (
            ("un atelier à Châtellerault ?", "Châtellerault"),
            ("un atelier a chatelrault", "Châtellerault"),
            ("jabite chatelero", "Châtellerault"),
            ("st savin", "Saint-Savin"),
            ("J'HABITE SAINT SAVIN", "Saint-Savin"),
            ("j'habite vouneil sous biard", "Vouneuil-sous-Biard"),
            ("chui au faou", "Le Faou"),
            ("lisle jourdain", "L'Isle-Jourdain"),
            ("Je suis de Plougastel", "Plougastel-Daoulas"),
            ("civrai", "Civray"),
            ("est-ce que le collège jules vernes est pilote", "Collège Jules Verne"),
            ("clg rené descarte", "Collège René Descartes"),
            ("is there a workshop near Brest", "Brest"),
            ("Brest'te atölye var mı", "Brest"),
            ("ورشة في بريست", "Brest"),
            ("France services à Lyon", "Lyon"),
        ):
            with self.subTest(text):
                self.assertEqual(self.found(text), [name])

    def test_ordinary_words_are_not_places(self) -> None:
        for text in (
            "les bonnes adresses",
            "je voudrais rouiller",
            "les angles de la table",
            "une journée nationale",
            "la moyenne de ma fille",
            "exo dangle",
            "mon fils est brestois de coeur",
        ):
            with self.subTest(text):
                self.assertEqual(self.found(text), [])

    def test_a_name_that_is_a_word_counts_after_a_word_of_place(self) -> None:
        self.assertEqual(self.found("une aide à Bonnes"), ["Bonnes"])

    def test_the_beginning_of_two_names_is_none(self) -> None:
        self.assertEqual(self.found("je suis de vouneuil"), [])

    def test_the_longest_name_wins(self) -> None:
        self.assertEqual(self.found("Vouneuil sous Biard"), ["Vouneuil-sous-Biard"])

    def test_positions_are_in_the_text_as_written(self) -> None:
        text = "et à Chatelrault ?"
        [place] = self.gazetteer.find(text)
        self.assertEqual(text[place.start : place.end], "Chatelrault")
        self.assertLess(place.confidence, 1)

    def test_every_commune_stands_for_the_same(self) -> None:
        one, other = (
            with_standard_names(t, [(f.entity, f.start, f.end) for f in self.gazetteer.find(t)])
            for t in ("aide à Civray", "aide à Saint-Savin")
        )
        self.assertEqual(one, other)
        self.assertNotEqual(one, "aide à Civray")


if __name__ == "__main__":
    unittest.main()
