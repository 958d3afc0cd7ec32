"""Right-to-left text: Arabic lines that begin with a Latin word still run right to left.

A screen takes a line's direction from its first letter (Unicode UAX #9, rule P2): a line
"ÉduConnect : ..." inside an Arabic answer would be laid out backwards. A mark before it decides.
"""

import unicodedata

RIGHT_TO_LEFT = ("ar",)
MARK = "\u200f"
STRONG = {"L": False, "R": True, "AL": True}


def directed(text: str, language: str) -> str:
    """*text*, each line marked that would otherwise run the wrong way in *language*."""
    if language not in RIGHT_TO_LEFT:
        return text
    return "\n".join(line if _runs_right(line) else MARK + line for line in text.split("\n"))


def _runs_right(line: str) -> bool:
    kinds = (STRONG.get(unicodedata.bidirectional(char)) for char in line)
    return next((kind for kind in kinds if kind is not None), True)
