"""`python -m nlu.lean_rasa run ...`: Rasa, without what it would load and never use here.

TensorFlow 2.12 loads jax where it is installed, for a converter; that alone is 64 MB and a second.
Nothing of it is called when a message is understood.
"""

from __future__ import annotations

import sys

UNUSED = ("jax", "jaxlib")


def main() -> None:
    """Runs Rasa's command line in this process."""
    # None in sys.modules makes an import fail as if the package were not there.
    sys.modules.update(dict.fromkeys(UNUSED))
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
