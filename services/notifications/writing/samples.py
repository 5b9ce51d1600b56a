"""What a letter of each kind would say to somebody who is registered: for previews and tests."""

from typing import Annotated, Any, ClassVar
from uuid import uuid4

from sqlalchemy import Connection, case, select

from services.notifications.base import known_programmes
from services.notifications.base.finding import matches
from services.notifications.base.tables import Delivery, KnownPlace
from services.notifications.writing.changes import Change
from services.notifications.writing.contents import about_certificate, about_place
from services.notifications.writing.letters import Kind
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus.inbox import schedule
from shared.events import Payload, Personal
from shared.events.certificates import CertificateIssued
from shared.events.registration import Place, RegistrationPromoted

QR_ID = "qr@preview"
SAMPLE_CODE = "33333-33334"  # its last sign is wrong, so no registration ever has it
SAMPLE_LINK = "example"


WITHOUT_A_PASS = ("cancelled", "waitlisted", "day-cancelled")


class TrialWanted(Payload):
    """Whoever writes a text wants it in their own mail, as this registration would have it."""

    type: ClassVar[str] = "notifications.trial-wanted"
    conference: str
    kind: Kind
    language: str
    subject: str
    body: str
    registration_id: str
    to: Annotated[str, Personal()]


@retried
def ask_for_trial(database: Database, trial: TrialWanted) -> None:
    key = f"trial:{uuid4()}"
    with database.begin() as connection:
        schedule(connection, trial, key=key, at=now(), lane="main")


def find_place(connection: Connection, conference: str, sought: str = "") -> Place | None:
    """The newest registration of whoever is meant by a part of a name or address; of anybody."""
    statement = (
        select(KnownPlace.place)
        .where(KnownPlace.conference == conference, KnownPlace.place.is_not(None))
        .order_by(
            case((KnownPlace.status == "confirmed", 0), else_=1), KnownPlace.registration_id.desc()
        )
        .limit(1)
    )
    if meant_by := matches(sought):
        meant = select(Delivery.registration_id).where(Delivery.conference == conference, *meant_by)
        statement = statement.where(KnownPlace.registration_id.in_(meant))
    place = connection.execute(statement).scalar()
    if place is None:
        return None
    return known_programmes.read(connection, conference).now(Place.model_validate_json(place))


def sample(kind: Kind, place: Place, qr_id: str = QR_ID) -> dict[str, Any]:
    """The content of such a letter to this person, as if what it tells had happened. Whoever reads
    it is somebody else: its code and its link are nobody's."""
    link = f"{place.manage_url.rpartition('/')[0]}/{SAMPLE_LINK}"
    place = place.model_copy(update={"code": SAMPLE_CODE, "manage_url": link})
    if kind == "certificate":
        certificate = CertificateIssued(
            registration_id=place.registration_id,
            code="C4XW-7HMN-K3PT",
            attendance_version=1,
            person=place.person,
            conference=place.conference,
            minutes=345,
            issued_at=place.conference.ends_at,
            download_url=place.conference.url,
            verify_url=place.conference.url,
        )
        return about_certificate(certificate, attached=False)
    if kind == "waitlisted" and place.seats and not any(s.state == "waiting" for s in place.seats):
        first, *others = place.seats
        waiting = first.model_copy(update={"state": "waiting", "rank": 1})
        place = place.model_copy(update={"seats": (waiting, *others)})
    if kind == "promoted":
        granted = tuple(seat.session for seat in place.seats if seat.state == "held")[:1]
        place = RegistrationPromoted(**dict(place), granted=granted)
    return about_place(
        place,
        qr_id=qr_id,
        has_pass=kind not in WITHOUT_A_PASS and place.status == "confirmed",
        calendar_attached=kind in ("confirmed", "changed", "notice"),
        removes=kind in ("cancelled", "day-cancelled"),
        days=1,
        reason="…",
        changes=[Change("room", seat.title, "…", seat.where) for seat in place.seats[:1]],
        organiser_says=["…"],
        overlapping=[],
    )
