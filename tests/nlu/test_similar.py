# ruff: noqa: PT009 (unittest: pytest is not in this environment)
"""Questions that ask the same thing come together, in whatever language and spelling."""

import io
import json
import time
import unittest

import numpy as np

from nlu.similar import ALIKE, group, main, vectors

# What each line asks for is one need; written by us, as people write to the assistant.
SAME = [
    [
        "ma tablette est cassée",
        "la tablette de mon fils est kc",
        "l'écran de la tablette du collège est brisé",
        "my son's school tablet is broken",
        "la tableta de mi hija está rota",
    ],
    [
        "à quelle heure est la cantine ?",
        "la cantine c a kel heure",
        "what time is lunch at the canteen?",
        "a que hora es el comedor escolar",
    ],
    [
        "comment payer la cantine en ligne",
        "je veux payé la cantine sur internet",
        "how do I pay for school meals online",
    ],
    [
        "est-ce que le bus scolaire passe demain",
        "ya til le car scolaire demain",
        "is the school bus running tomorrow?",
        "o autocarro da escola passa amanhã?",
    ],
    [
        "comment avoir une bourse pour le collège",
        "dossier de bourse collège",
        "g droit a la bourse ?",
        "how can I get a grant for secondary school",
        "¿cómo pedir una beca para el colegio?",
    ],
    [
        "mon fils veut changer de collège",
        "changement d'établissement en cours d'année",
        "how can my daughter change schools",
        "quiero cambiar a mi hijo de colegio",
    ],
    [
        "où acheter les livres scolaires",
        "ou trouver les manuels pas cher",
        "where can I buy school books?",
    ],
    [
        "il y a école le samedi matin ?",
        "ya classe samedi",
        "is there school on Saturday?",
        "cumartesi günü okul var mı",
    ],
    [
        "quelles sont les dates des vacances de Noël",
        "c kan les vacances de noel",
        "when do the Christmas holidays start",
        "quando são as férias de Natal",
        "متى تبدأ عطلة عيد الميلاد",
    ],
    [
        "comment inscrire ma fille en sixième",
        "inscription 6eme cmt faire",
        "how do I enrol my child in year 7 at the collège",
    ],
    [
        "mon ordinateur ne s'allume plus",
        "lordi s'allume pas du tout",
        "my computer does not turn on any more",
        "bilgisayarım açılmıyor",
    ],
    [
        "je n'ai pas internet à la maison, comment faire les devoirs",
        "pas d'internet chez nous pour les devoirs",
        "we have no internet at home for homework",
    ],
    [
        "peut-on avoir un traducteur pour le rendez-vous avec le professeur",
        "jveux un interprete pour la reunion parents prof",
        "can I get an interpreter for the parents' meeting?",
        "necesito un intérprete para la reunión con el profesor",
        "veli toplantısı için tercüman olur mu",
    ],
    [
        "comment faire un cv avec mon téléphone",
        "faire un CV sur portable",
        "how to write a CV on my phone",
    ],
    [
        "est-ce que les formations sont payées",
        "suis-je rémunéré pendant la formation ?",
        "are teachers paid for the training days",
    ],
    ["quel est le numéro du rectorat", "tel rectorat svp", "phone number of the rectorat"],
    ["ma fille est malade demain, qui prévenir", "absence maladie qui je préviens"],
    ["il fait quel temps demain à Brest"],
    ["un restaurant ouvert ce soir"],
    ["comment renouveler mon passeport"],
    ["qui a gagné le match hier"],
    ["recette de crêpes bretonnes"],
    ["mon robinet fuit"],
]
TEXTS = [text for need in SAME for text in need]
NEEDS = np.array([number for number, need in enumerate(SAME) for _ in need])


def agreement(found: np.ndarray, meant: np.ndarray) -> "tuple[float, float]":
    """Of the pairs put together, how many belong; of those that belong, how many are together."""
    above = np.triu_indices(len(meant), 1)
    together = (found[:, None] == found)[above]
    belong = (meant[:, None] == meant)[above]
    both = (together & belong).sum()
    return both / max(together.sum(), 1), both / max(belong.sum(), 1)


def labels(rows: np.ndarray, alike: float) -> np.ndarray:
    found = np.zeros(len(rows), int)
    for number, one in enumerate(group(rows, alike)):
        found[one.members] = number
    return found


class SimilarTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.rows = vectors(TEXTS)

    def test_the_same_need_is_one_group_and_others_stay_apart(self) -> None:
        right, complete = agreement(labels(self.rows, ALIKE), NEEDS)
        self.assertGreaterEqual(right, 0.95)  # to answer somebody else's question is worse
        self.assertGreaterEqual(complete, 0.65)

    def test_a_question_asked_in_three_languages_is_one(self) -> None:
        need = next(
            i for i, texts in enumerate(SAME) if "my son's school tablet is broken" in texts
        )
        self.assertEqual(len(set(labels(self.rows, ALIKE)[need == NEEDS])), 1)

    def test_the_result_is_always_the_same(self) -> None:
        self.assertEqual(group(self.rows), group(vectors(TEXTS)))

    def test_the_largest_group_comes_first_and_its_best_is_one_of_it(self) -> None:
        found = group(self.rows)
        sizes = [len(one.members) for one in found]
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        self.assertTrue(all(one.best in one.members for one in found))
        self.assertEqual(sorted(i for one in found for i in one.members), list(range(len(TEXTS))))

    def test_a_thousand_questions_take_less_than_a_minute(self) -> None:
        texts = [f"{text} {number}" for number in range(15) for text in TEXTS][:1000]
        began = time.monotonic()
        group(vectors(texts))
        self.assertLess(time.monotonic() - began, 60)


class LinesTest(unittest.TestCase):
    def run_main(self, *questions: "tuple[int, str]") -> "list[dict[str, object]]":
        out = io.StringIO()
        main([json.dumps({"id": key, "text": text}) + "\n" for key, text in questions], out)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    def test_groups_are_lines_of_json(self) -> None:
        lines = self.run_main(
            (7, "ma tablette est cassée"), (9, "mon robinet fuit"), (12, "ma tablette […] est kc")
        )
        self.assertEqual([line["ids"] for line in lines], [[7, 12], [9]])
        self.assertEqual([line["group"] for line in lines], [1, 2])
        self.assertIn(lines[0]["best"], (7, 12))

    def test_one_question_or_none_is_no_trouble(self) -> None:
        self.assertEqual(self.run_main(), [])
        self.assertEqual(self.run_main((3, "?!")), [{"group": 1, "ids": [3], "best": 3}])


if __name__ == "__main__":
    unittest.main()
