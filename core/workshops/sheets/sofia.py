"""Teachers' sign-ups in a file, for who types them into Sofia-FMO.

No source of ours describes a file that Sofia-FMO imports, so this is one that people read: the
columns say plainly what they hold. The official convocation stays that of Sofia-FMO.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.vault import Vault
from core.workshops.model import Audience, SignUp, SignUpState, Workshop, WorkshopSession
from core.workshops.sheets.moments import write_moment
from core.workshops.sheets.spreadsheet import Cell
from core.workshops.signing.form import Said

COLUMNS = (
    "identifiant de la séance", "séance", "date", "nom", "établissement", "adresse académique",
    "état",
)  # fmt: skip
# Who gave their seat back is there too: they may be in Sofia-FMO already.
STATES = {
    SignUpState.CONFIRMED: "inscrit",
    SignUpState.OFFERED: "place proposée",
    SignUpState.WAITING: "liste d'attente",
    SignUpState.CANCELLED: "place rendue",
    SignUpState.ATTENDED: "présent",
    SignUpState.ABSENT: "absent",
    SignUpState.EXCUSED: "excusé",
}


def rows(
    session: Session, vault: Vault, session_ids: Collection[int] | None = None
) -> list[list[Cell]]:
    """A line for each teacher whose details are still kept, by date and by when they signed up.

    Of the sessions *session_ids*, or of all of them. Raises VaultError.
    """
    query = (
        select(SignUp)
        .join(SignUp.session)
        .join(WorkshopSession.workshop)
        .options(joinedload(SignUp.session).joinedload(WorkshopSession.workshop))
        .where(Workshop.audience == Audience.TEACHERS, SignUp.details.is_not(None))
        .order_by(WorkshopSession.starts_at, WorkshopSession.id, SignUp.id)
    )
    if session_ids is not None:
        query = query.where(SignUp.session_id.in_(session_ids))
    return [_cells(row, vault) for row in session.scalars(query)]


def _cells(row: SignUp, vault: Vault) -> list[Cell]:
    assert row.details is not None  # the query saw to it
    said, one = Said.opened(row.details, vault), row.session
    return [
        one.external_id, one.workshop.title, write_moment(one.starts_at), said.name, said.school,
        said.email, STATES[SignUpState(row.state)],
    ]  # fmt: skip
