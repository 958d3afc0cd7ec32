"""Why a seat is not given, kept or offered. The docstring of each is its message, for staff."""


class Refused(Exception):
    """The seats of a session do not allow that."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoSuchSession(Refused):
    """There is no such session."""


class NotOpenYet(Refused):
    """People cannot sign up for this session yet."""


class SignUpsClosed(Refused):
    """It is too late to sign up for this session."""


class SessionOver(Refused):
    """This session is over."""


class SessionCalledOff(Refused):
    """This session was cancelled."""


class TooManyPeople(Refused):
    """The session has fewer seats than these people need, even when it is empty."""

    def __init__(self, seats: int) -> None:
        super().__init__()
        self.seats = seats


class NotEnoughSeats(Refused):
    """There are not as many free seats as that, or somebody waits for them."""

    def __init__(self, free: int) -> None:
        super().__init__()
        self.free = free


class NotSignedUp(Refused):
    """There is no such sign-up any more."""


class OfferOver(Refused):
    """No seat is offered to them, or not any longer."""


class NotStarted(Refused):
    """This session has not started: until then, who does not come gives the seat back."""


class NotOver(Refused):
    """This session is not over yet."""
