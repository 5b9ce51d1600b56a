"""The employer's own link: an organiser makes it for an employer by name; who agreed is behind it.

Whether somebody's certificate is in the set is asked each time: they agreed and have not taken it
back, their employer still is that one, and the certificate counts.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import token_hex
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from services.certificates.base import records
from services.certificates.base.minting import Mint
from services.certificates.base.records import Record
from services.certificates.base.tables import Certificate, ErasedRegistration
from services.certificates.holding.agreeing import agreements_of, employer_key
from services.certificates.holding.tables import Agreement, Handover
from services.certificates.holding.tables import EmployerLink as Table
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.transactions import retried
from shared.bus.eventlog import EventLog
from shared.events.certificates import EmployerLinkChanged

PLACE = "/certificates/employer"
LASTS = (7, 30, 90)  # days that an organiser may choose
State = Literal["open", "expired", "revoked"]


@dataclass(frozen=True)
class EmployerLink:
    """`organisations` are the employer's spellings, the first of them what it is called here."""

    id: str
    conference: str
    organisations: tuple[str, ...]
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    fetched: int
    fetched_at: datetime | None

    @property
    def employer(self) -> str:
        return self.organisations[0]

    @property
    def state(self) -> State:
        if self.revoked_at:
            return "revoked"
        return "open" if self.expires_at > now() else "expired"

    def is_for(self, organisation: str | None) -> bool:
        keys = {employer_key(each) for each in self.organisations}
        return employer_key(organisation) in keys


@dataclass(frozen=True)
class Employer:
    """As people of a day named it; how many of them have a certificate, and of how many the
    agreement holds for it."""

    organisation: str
    people: int
    agreed: int


@retried
def make_link(
    database: Database,
    log: EventLog,
    conference: str,
    organisations: Sequence[str],
    days: int,
    by: str,
) -> str | None:
    """Its id; none when none of these employers has anybody at this conference."""
    with database.begin() as connection:
        known = {each.organisation for each in employers(connection, conference)}
        wanted = [each for each in dict.fromkeys(organisations) if each in known]
        if not wanted:
            return None
        moment, name = now(), token_hex(12)
        connection.execute(
            insert(Table).values(
                id=name,
                conference=conference,
                organisations=wanted,
                made_at=moment,
                made_by=by,
                expires_at=moment + timedelta(days=days),
            )
        )
        _tell(connection, log, conference, "made", by, moment + timedelta(days=days))
    return name


@retried
def revoke_link(database: Database, log: EventLog, conference: str, name: str, by: str) -> bool:
    """It opens nothing any more; whether it was open. Who fetched what before stays known."""
    with database.begin() as connection:
        revoked = connection.execute(
            update(Table)
            .where(
                Table.id == name,
                Table.conference == conference,
                Table.revoked_at.is_(None),
            )
            .values(revoked_at=now(), revoked_by=by)
            .returning(Table.expires_at)
        ).first()
        if revoked is not None:
            _tell(connection, log, conference, "revoked", by, revoked.expires_at)
    return revoked is not None


def token_of(mint: Mint, name: str) -> str:
    """What the employer's address ends with; it is kept nowhere."""
    return f"{name}.{mint.employer_key(name)}"


def by_token(connection: Connection, token: str) -> EmployerLink | None:
    """Whatever became of it; none when it never was."""
    name, _, key = token.partition(".")
    if not compare_digest(key.encode(), Mint.of(connection).employer_key(name).encode()):
        return None
    row = connection.execute(select(Table).where(Table.id == name)).first()
    return _link(row) if row is not None else None


def links_of(connection: Connection, conferences: Collection[str]) -> list[EmployerLink]:
    """Of these conferences, the newest first."""
    rows = connection.execute(
        select(Table).where(Table.conference.in_(conferences)).order_by(Table.made_at.desc())
    )
    return [_link(row) for row in rows]


def set_of(connection: Connection, link: EmployerLink) -> list[Record]:
    """What is behind it now, by holder."""
    agreed = select(Agreement.registration_id).where(Agreement.withdrawn_at.is_(None))
    found = records.counting(
        connection,
        (Certificate.conference == link.conference) & Certificate.registration_id.in_(agreed),
    )
    theirs = [each for each in found if link.is_for(each.attended.person.organisation)]
    agreements = agreements_of(connection, {each.registration_id for each in theirs})
    return [
        each
        for each in theirs
        if agreements[each.registration_id].holds_for(each.attended.person.organisation)
    ]


@retried
def hand_over(database: Database, link: EmployerLink) -> list[Record]:
    """What the employer takes now, noted: the holder reads of it, and the organiser how often."""
    moment = now()
    with database.begin() as connection:
        taken = set_of(connection, link)
        for record in taken:
            connection.execute(
                upsert(connection, Handover)
                .values(link_id=link.id, certificate_id=record.id, first_at=moment, last_at=moment)
                .on_conflict_do_update(
                    index_elements=["link_id", "certificate_id"], set_={"last_at": moment}
                )
            )
        if taken:
            counted = {"fetched": Table.fetched + 1, "fetched_at": moment}
            connection.execute(update(Table).where(Table.id == link.id).values(**counted))
    return taken


def employers(connection: Connection, conference: str) -> list[Employer]:
    """Those of whoever has a certificate that counts, the largest first. Of an erased person there
    may be one left that funders ask for: it is no employer's."""
    organisation = Certificate.attendance["person"]["organisation"].as_string()
    stands = Agreement.withdrawn_at.is_(None)
    rows = connection.execute(
        select(Certificate.registration_id, organisation.label("name"), Agreement.organisation)
        .outerjoin(Agreement, (Agreement.registration_id == Certificate.registration_id) & stands)
        .where(Certificate.conference == conference, *records.COUNTS)
        .where(Certificate.registration_id.not_in(select(ErasedRegistration.registration_id)))
        .distinct()
    )
    people: dict[str, set[str]] = defaultdict(set)
    agreed: dict[str, set[str]] = defaultdict(set)
    for registration_id, name, agreed_for in rows:
        if name:
            people[name].add(registration_id)
            if employer_key(agreed_for) == employer_key(name):
                agreed[name].add(registration_id)
    found = [Employer(name, len(who), len(agreed[name])) for name, who in people.items()]
    return sorted(found, key=lambda each: (-each.people, employer_key(each.organisation)))


@dataclass(frozen=True)
class Taken:
    """By which employer a certificate was fetched."""

    employer: str
    first_at: datetime
    last_at: datetime


def taken_of(connection: Connection, certificates: Collection[str]) -> dict[str, list[Taken]]:
    """By certificate id."""
    rows = connection.execute(
        select(Handover, Table.organisations)
        .join(Table, Table.id == Handover.link_id)
        .where(Handover.certificate_id.in_(certificates))
        .order_by(Handover.first_at)
    )
    found: dict[str, list[Taken]] = {}
    for row in rows:
        taken = Taken(row.organisations[0], row.first_at, row.last_at)
        found.setdefault(row.certificate_id, []).append(taken)
    return found


def _tell(
    connection: Connection,
    log: EventLog,
    conference: str,
    change: Literal["made", "revoked"],
    by: str,
    until: datetime,
) -> None:
    """For the history that registration keeps."""
    said = EmployerLinkChanged(conference=conference, change=change, actor=by, expires_at=until)
    log.append(connection, said)


def _link(row: object) -> EmployerLink:
    fields = {name: getattr(row, name) for name in EmployerLink.__dataclass_fields__}
    return EmployerLink(**fields | {"organisations": tuple(fields["organisations"])})
