"""The features of a message as the classifiers read them."""

from __future__ import annotations

from typing import Sequence

import numpy as np
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message


def side_by_side(message: Message, names: Sequence[str]) -> np.ndarray | None:
    """(1, d): the sentence features of these featurizers, in order; None when one is missing."""
    found = {f.origin: f.features for f in message.features if f.attribute == TEXT}
    if not all(name in found for name in names):
        return None
    return np.hstack([found[name] for name in names])
