# ruff: noqa: PT009 (unittest: pytest is not in this environment)
"""The most different examples are read, and the others' vectors are estimated from them."""

import unittest

import numpy as np

from nlu.sampling import estimate, most_different


class SamplingTest(unittest.TestCase):
    def setUp(self) -> None:
        random = np.random.default_rng(4)
        rows = random.standard_normal((60, 8)).astype(np.float32)
        self.rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        self.names = ["a"] * 40 + ["b"] * 20

    def test_every_question_gives_its_share_and_the_least_at_least(self) -> None:
        taken = most_different(self.rows, self.names, share=0.5, least=15)
        self.assertEqual(sum(one < 40 for one in taken), 20)
        self.assertEqual(sum(one >= 40 for one in taken), 15)
        self.assertEqual(list(taken), sorted(set(taken)))

    def test_of_few_examples_all_are_taken(self) -> None:
        self.assertEqual(len(most_different(self.rows, self.names, share=0.1, least=100)), 60)

    def test_of_two_that_are_alike_one_is_left(self) -> None:
        rows = np.array([[1, 0], [1, 0.001], [0, 1], [0.001, 1]], np.float32)
        taken = set(most_different(rows, ["a"] * 4, share=0.5, least=1))
        self.assertEqual(len(taken & {0, 1}), 1)
        self.assertEqual(len(taken & {2, 3}), 1)

    def test_vectors_that_follow_from_the_features_are_found_again(self) -> None:
        map_ = np.random.default_rng(5).standard_normal((8, 3))
        vectors = self.rows @ map_ * 50
        found = estimate(self.rows[:50] * 50, vectors[:50], self.rows[50:] * 50)
        np.testing.assert_allclose(found, vectors[50:], rtol=0.05, atol=0.5)


if __name__ == "__main__":
    unittest.main()
