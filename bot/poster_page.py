"""A poster drawn as PDF: an A4 page with its title, when, where, a QR code and an SMS code.

Set with fpdf2, which shapes Arabic through HarfBuzz, in Noto Sans, which comes with pip: no font
of the machine, no browser. Positions and sizes are in millimetres, letters in points. From two
metres one reads letters of 8 mm and more: title, day and short code are larger.
"""

import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import segno
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF

from bot.poster import Poster

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 18.0
INNER = WIDTH - 2 * MARGIN
BAND = 98.0  # the coloured part at the top
WHEN, PLACE = BAND + 13, BAND + 47
WAYS_IN, CODE = BAND + 66, 62.0  # the codes: their top, and their height
MESSAGE = 45.0  # how high a message is, without the number that it goes to
QUIET = 10.0  # around the QR code: four of its modules at least
TAG = 9.0  # how wide the name of a language is
SENTENCES, STEP = WAYS_IN + CODE + 9, 7.4
MM = 25.4 / 72  # of a point
LEADING = 1.2

Colour = tuple[int, int, int]
BLUE, PALE, YELLOW = (0, 56, 117), (219, 231, 246), (255, 209, 0)
INK, GREY, WHITE = (22, 30, 46), (84, 94, 112), (255, 255, 255)

BOLD, PLAIN, ARABIC = "bold", "plain", "arabic"
# Each package with its font, and the weights (100 to 900) that we set in it.
FONTS = (
    ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", {BOLD: 800, PLAIN: 500}),
    ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf", {ARABIC: 600}),
)


def draw(poster: Poster) -> bytes:
    """The PDF of *poster*."""
    said = [poster.kind.upper(), poster.title, poster.day, poster.hours, poster.place]
    said += [poster.organizer, poster.word, poster.number, f"@{poster.bot}", "SMS Telegram"]
    said += [f"{language.upper()} {text}" for language, text in poster.sentences]
    with _fonts("".join(said)) as paths:
        page = _Page(paths)
        page.title(poster)
        page.when_and_where(poster)
        page.ways_in(poster)
        page.sentences(poster.sentences)
        page.foot(poster.organizer)
        return page.output()


@contextmanager
def _fonts(text: str) -> Iterator[dict[str, Path]]:
    """Font files with the letters of *text* alone: whole ones would take half a minute to read."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for package, file, weights in FONTS:
            few = _with_letters(text, str(files(package) / "files" / file))
            for name, weight in weights.items():
                font = TTFont(io.BytesIO(few))
                at = {"wght": weight, "wdth": 100}
                instancer.instantiateVariableFont(font, at, inplace=True)
                paths[name] = Path(folder, f"{name}.ttf")
                font.save(paths[name])
        yield paths


def _with_letters(text: str, path: str) -> bytes:
    """The font of *path* with the letters of *text* and their forms alone."""
    with TTFont(path) as font:
        options = subset.Options(layout_features=["*"], hinting=False, glyph_names=False)
        letters = subset.Subsetter(options)
        letters.populate(text=text)
        letters.subset(font)
        few = io.BytesIO()
        font.save(few)
    return few.getvalue()


class _Page:
    def __init__(self, fonts: dict[str, Path]) -> None:
        self._pdf = FPDF(format="A4", unit="mm")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        for name, path in fonts.items():
            self._pdf.add_font(name, "", str(path))
        self._pdf.set_text_shaping(True)
        self._pdf.add_page()

    def output(self) -> bytes:
        return bytes(self._pdf.output())

    def title(self, poster: Poster) -> None:
        self._box(0, 0, WIDTH, BAND, BLUE)
        self._box(0, BAND, WIDTH, 3, YELLOW)
        self._text(MARGIN, 15, poster.kind.upper(), 22, YELLOW)
        size, lines = self._fitted(poster.title, INNER, BAND - 36, largest=64, least=20)
        height = size * MM * LEADING * len(lines)
        self._lines(26 + (BAND - 34 - height) / 2, lines, size, WHITE)

    def when_and_where(self, poster: Poster) -> None:
        size, lines = self._fitted(poster.day, INNER, 18, largest=42, least=16)
        self._lines(WHEN, lines, size, INK)
        size, lines = self._fitted(poster.hours, INNER, 14, largest=32, least=14)
        self._lines(WHEN + 18, lines, size, INK)
        size, lines = self._fitted(poster.place, INNER, 16, largest=24, least=10, font=PLAIN)
        self._lines(PLACE, lines, size, INK, PLAIN)

    def ways_in(self, poster: Poster) -> None:
        """The QR code at the left, the SMS at the right; each with what else there is room for."""
        left = MARGIN
        if poster.link:
            self._code(poster.link, MARGIN, WAYS_IN, CODE)
            left += CODE + QUIET
        width = WIDTH - MARGIN - left
        self._box(left, WAYS_IN, width, CODE if poster.number else MESSAGE, PALE, round_=True)
        if poster.number:
            self._message(poster.carrier, poster.word, left, width)
            self._number(poster.number, left, width)
        else:
            self._message("Telegram", f"@{poster.bot}", left, width)

    def sentences(self, sentences: Sequence[tuple[str, str]]) -> None:
        for at, (language, text) in enumerate(sentences):
            top = SENTENCES + at * STEP
            font = ARABIC if language == "ar" else PLAIN if at else BOLD
            left = WIDTH - MARGIN - TAG if font == ARABIC else MARGIN
            self._box(left, top - 0.4, TAG, 5.6, GREY if at else BLUE, round_=True)
            name = language.upper()
            self._pdf.set_font(BOLD, size=9)
            middle = left + (TAG - self._pdf.get_string_width(name)) / 2
            self._text(middle, top + 0.6, name, 9, WHITE)
            size, lines = self._fitted(text, INNER - TAG - 4, STEP - 1, 14, 8, font=font)
            start = MARGIN + (0 if font == ARABIC else TAG + 4)
            self._text(start, top - 0.5, lines[0], size, INK, font, width=INNER - TAG - 4)

    def foot(self, organizer: str) -> None:
        size, lines = self._fitted(organizer, INNER, 6, largest=11, least=7, font=PLAIN)
        self._text(MARGIN, HEIGHT - 14, lines[0], size, GREY, PLAIN)

    def _message(self, label: str, word: str, left: float, width: float) -> None:
        """What to look for or to write, as phones show a message."""
        self._text(left + 8, WAYS_IN + 7, label, 20, BLUE)
        self._box(left + 8, WAYS_IN + 18, width - 16, 19, WHITE, round_=True)
        size, lines = self._fitted(word, width - 26, 16, largest=40, least=10)
        self._text(left + 13, WAYS_IN + 27.5 - size * MM * LEADING / 2, lines[0], size, BLUE)

    def _number(self, number: str, left: float, width: float) -> None:
        """An arrow to the number that the message goes to."""
        self._arrow(left + 8, WAYS_IN + 48.5)
        size, lines = self._fitted(number, width - 34, 12, largest=30, least=10)
        self._text(left + 24, WAYS_IN + 48.5 - size * MM * LEADING / 2, lines[0], size, BLUE)

    def _arrow(self, left: float, middle: float) -> None:
        self._pdf.set_fill_color(*BLUE)
        self._pdf.rect(left, middle - 0.9, 8, 1.8, "F")
        head = [(left + 7, middle - 3.2), (left + 12, middle), (left + 7, middle + 3.2)]
        self._pdf.polygon(head, style="F")

    def _code(self, link: str, left: float, top: float, size: float) -> None:
        """A QR code as a drawing: sharp at any size. What is around it must stay white."""
        rows = list(segno.make_qr(link, error="m").matrix_iter(border=0))
        module = size / len(rows)
        self._pdf.set_fill_color(*INK)
        for at, row in enumerate(rows):
            for column, dark in enumerate(row):
                if dark:
                    # A hair larger than a module: no white lines between them on any screen.
                    x, y, side = left + column * module, top + at * module, module * 1.02
                    self._pdf.rect(x, y, side, side, "F")

    def _box(
        self, x: float, y: float, width: float, height: float, colour: Colour, round_: bool = False
    ) -> None:
        self._pdf.set_fill_color(*colour)
        radius = min(3, height / 2)
        self._pdf.rect(
            x, y, width, height, "F", round_corners=round_, corner_radius=radius if round_ else 0
        )

    def _lines(
        self, top: float, lines: Sequence[str], size: float, colour: Colour, font: str = BOLD
    ) -> None:
        for at, line in enumerate(lines):
            self._text(MARGIN, top + at * size * MM * LEADING, line, size, colour, font)

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: Colour,
        font: str = BOLD,
        width: float = 0,
    ) -> None:
        """*text* with its top left at (x, y); in *width*, Arabic at its right."""
        self._pdf.set_font(font, size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.set_xy(x, y)
        align = "R" if font == ARABIC else "L"
        self._pdf.cell(width or WIDTH - MARGIN - x, size * MM * LEADING, text, align=align)

    def _fitted(
        self,
        text: str,
        width: float,
        height: float,
        largest: float,
        least: float,
        font: str = BOLD,
    ) -> tuple[float, list[str]]:
        """The largest size at which *text* fits, in as many lines as *height* has room for."""
        size = largest
        while True:
            self._pdf.set_font(font, size=size)
            lines = self._broken(text, width)
            wide = any(self._pdf.get_string_width(line) > width for line in lines)
            high = size * MM * LEADING * len(lines) > height
            if not (wide or high) or size <= least:
                return size, lines
            size -= 1

    def _broken(self, text: str, width: float) -> list[str]:
        """*text* in lines of whole words, none wider than *width* unless one word is."""
        lines: list[str] = []
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._pdf.get_string_width(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines
