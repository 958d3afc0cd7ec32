"""Long lists, a page at a time."""

from typing import ClassVar


class Paged:
    """One page of a list: the class says how many rows are ``a_page``, the row how many there are
    in ``total``."""

    a_page: ClassVar[int]
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.a_page))
