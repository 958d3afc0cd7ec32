# ruff: noqa: PT009 (unittest: pytest is not in this environment)
"""Noise, vectors and the question model learn, save and come back the same."""

import tempfile
import unittest
from pathlib import Path

import numpy as np

from nlu.noise import Noise
from nlu.question_model import QuestionModel, Settings
from nlu.spelling_vectors import SpellingVectors
from nlu.vector_store import VectorStore


class NoiseTest(unittest.TestCase):
    def test_noise_is_the_same_every_time_and_differs_from_the_text(self) -> None:
        text = "Comment m'inscrire à un atelier pour les parents ?"
        variants = Noise("fr").variants(text, 3)
        self.assertEqual(variants, Noise("fr").variants(text, 3))
        self.assertTrue(variants)
        self.assertNotIn(text, variants)


class SpellingVectorsTest(unittest.TestCase):
    def test_misspelt_is_nearer_than_different(self) -> None:
        texts = [
            "mot de passe oublié",
            "collège pilote",
            "atelier parents",
            "conseiller numérique",
        ] * 3
        vectors = SpellingVectors.learn(texts, 8, 1.0)
        wrong, right, other = vectors.of(
            ["mo de passe oublie", "mot de passe oublié", "atelier parents"]
        )
        self.assertGreater(wrong @ right, wrong @ other)

    def test_a_text_with_no_known_term_is_zero(self) -> None:
        vectors = SpellingVectors.learn(["abc def", "abd def", "xyz abc"], 2, 1.0)
        self.assertEqual(float(np.abs(vectors.of(["ωψ"])).sum()), 0.0)


class QuestionModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        random = np.random.default_rng(1)
        centres = random.standard_normal((5, 16))
        cls.rows = np.vstack([c + 0.2 * random.standard_normal((12, 16)) for c in centres])
        cls.rows = cls.rows.astype(np.float32)
        cls.names = [f"q{i}" for i in range(5) for _ in range(12)]
        cls.model = QuestionModel.learn(cls.rows, cls.names, np.ones(60), Settings(hidden=16))

    def test_it_knows_its_examples(self) -> None:
        best = self.model.log_confidences(self.rows).argmax(axis=1)
        self.assertEqual([self.model.names[i] for i in best], self.names)

    def test_confidences_sum_to_one(self) -> None:
        sums = np.exp(self.model.log_confidences(self.rows)).sum(axis=1)
        np.testing.assert_allclose(sums, 1, atol=1e-4)

    def test_a_question_that_weighs_more_takes_what_could_be_any(self) -> None:
        between = (self.rows[:12] + self.rows[12:24]) / 2
        heavy = QuestionModel.learn(
            self.rows, self.names, np.ones(60), Settings(hidden=16), {"q0": 50}
        )
        gain = heavy.log_confidences(between)[:, 0] - self.model.log_confidences(between)[:, 0]
        self.assertGreater(float(gain.mean()), 0)

    def test_it_comes_back_the_same(self) -> None:
        again = QuestionModel.from_arrays(self.model.names, self.model.arrays())
        np.testing.assert_allclose(
            again.log_confidences(self.rows), self.model.log_confidences(self.rows), atol=1e-5
        )


class VectorStoreTest(unittest.TestCase):
    def test_vectors_are_remembered_and_a_broken_file_is_made_anew(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "vectors.npz"
            store = VectorStore(path)
            self.assertEqual(store.unknown(["a", "b", "a"]), ["a", "b"])
            store.add(["a"], [np.ones(3)])
            self.assertEqual(VectorStore(path).unknown(["a", "b"]), ["b"])
            path.write_bytes(b"nonsense")
            self.assertEqual(VectorStore(path).unknown(["a"]), ["a"])


if __name__ == "__main__":
    unittest.main()
