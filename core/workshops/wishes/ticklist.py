"""A list of which several may be ticked: pages of it, as buttons or as digits.

By SMS a page holds as many as two SMS do with every one of them ticked, so that a digit means the
same however many are.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.answers import Listener
from core.direction import directed
from core.messages import Bubble, Choice, Kind
from core.speaker import fits

PAGE = 11  # a week of half-days; more buttons than a screen shows are not read
TICKED = {Kind.CHAT: "✓ {}", Kind.SMS: "{}*"}


@dataclass(frozen=True)
class Ticklist:
    """*labels* are what is on it, by value; *text* asks. *tick* and *more* are what choices do,
    before the value or the place that the next page begins at; *more_label* names that choice,
    and *done* ends.
    """

    listener: Listener
    text: str
    labels: Mapping[str, str]
    tick: str
    more: str
    more_label: str
    done: Choice

    def page(self, ticked: Collection[str], start: int = 0, opening: str = "") -> Bubble:
        """The page that begins at *start*; *opening* is said before, or by SMS instead."""
        choices = self._choices(start, self._end(start), ticked)
        if self.listener.kind is not Kind.SMS:
            whole = f"{opening}\n{self.text}".strip()
            return Bubble(directed(whole, self.listener.language), choices)
        worded = (f"{opening} {self.text}".strip(), opening or self.text, self.text)
        bubbles = [Bubble(text, choices) for text in worded]
        return next((bubble for bubble in bubbles if fits(bubble)), bubbles[-1])

    def start_of(self, value: str) -> int:
        """Where the page begins that *value* is on."""
        place, start = list(self.labels).index(value), 0
        while (end := self._end(start)) <= place:
            start = end
        return start

    def _end(self, start: int) -> int:
        """Where the page that begins at *start* ends."""
        most = len(self.labels)
        if self.listener.kind is not Kind.SMS:
            return min(start + PAGE, most)
        for end in range(most, start + 1, -1):
            if fits(Bubble(self.text, self._choices(start, end, self.labels))):
                return end
        return start + 1

    def _choices(self, start: int, end: int, ticked: Collection[str]) -> tuple[Choice, ...]:
        sign = TICKED[self.listener.kind]
        choices = [
            Choice(sign.format(label) if value in ticked else label, f"{self.tick}{value}")
            for value, label in list(self.labels.items())[start:end]
        ]
        if end - start < len(self.labels):
            following = end if end < len(self.labels) else 0
            choices.append(Choice(self.more_label, f"{self.more}{following}"))
        return (*choices, self.done)
