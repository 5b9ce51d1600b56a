"""One's own page: all certificates of whoever reads an address, and what they did with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from services.certificates.base import records
from services.certificates.base.links import Links
from services.certificates.base.records import Record
from services.certificates.holding import agreeing, employers, sharing
from services.certificates.holding.agreeing import Agreement
from services.certificates.holding.employers import EmployerLink, Taken
from services.certificates.holding.sharing import Shared
from services.certificates.holding.tables import HolderVisit
from services.certificates.holding.visits import Visit
from shared.events.registration import Conference
from shared.words.codes import PRINTED, parse_code


@dataclass(frozen=True)
class Own:
    """One certificate. `shared` while its page is on; `taken` by whom of the employers."""

    record: Record
    shared: Shared | None
    taken: Sequence[Taken]


@dataclass(frozen=True)
class OwnDay:
    """One person at one conference: an address may be several people's. `links` are those that an
    organiser has made for their employer and that are open."""

    conference: Conference
    holder: str
    organisation: str
    certificates: Sequence[Own]
    agreement: Agreement | None
    links: Sequence[EmployerLink]

    @property
    def code(self) -> str:
        """What the whole of it is named by in a form."""
        return self.certificates[0].record.code

    @property
    def has_agreed(self) -> bool:
        return self.agreement is not None and self.agreement.holds_for(self.organisation)


def own_days(connection: Connection, visit: Visit) -> list[OwnDay]:
    """Those that count and those that were revoked, the newest conference first."""
    found = [each for each in records.of_address(connection, visit.address) if _is_shown(each)]
    people = {each.registration_id: each for each in found}
    shared = sharing.shared_of(connection, people)
    taken = employers.taken_of(connection, [each.id for each in found])
    agreements = agreeing.agreements_of(connection, people)
    links = employers.links_of(connection, {each.conference for each in found})
    days = []
    for registration, newest in people.items():
        theirs = [
            Own(
                each,
                shared.get(sharing.about(each)) if each.state == "valid" else None,
                taken.get(each.id, ()),
            )
            for each in sorted(found, key=lambda each: (each.variant != "day", each.session))
            if each.registration_id == registration
        ]
        organisation = newest.attended.person.organisation or ""
        for_employer = [
            link
            for link in links
            if link.conference == newest.conference
            and link.state == "open"
            and link.is_for(organisation)
        ]
        conference = newest.attended.conference
        agreement = agreements.get(registration)
        days.append(
            OwnDay(conference, newest.holder, organisation, theirs, agreement, for_employer)
        )
    return sorted(days, key=lambda day: (day.conference.starts_at, day.holder), reverse=True)


def own_certificate(connection: Connection, visit: Visit, typed: str) -> Record | None:
    """The certificate of this code, if it is the visitor's."""
    code = parse_code(typed, *PRINTED)
    theirs = records.of_address(connection, visit.address)
    return next((each for each in theirs if each.code == code), None)


def own_data(connection: Connection, visit: Visit, links: Links) -> dict[str, Any]:
    """Everything that is kept here about whoever reads the address, as JSON."""
    found = records.of_address(connection, visit.address)
    people = {each.registration_id for each in found}
    shared = sharing.shared_of(connection, people)
    taken = employers.taken_of(connection, [each.id for each in found])
    visits = connection.execute(
        select(HolderVisit.asked_at, HolderVisit.opened_at, HolderVisit.until)
        .where(HolderVisit.address == visit.address)
        .order_by(HolderVisit.asked_at)
    )
    certificates = [
        _certificate(each, shared.get(sharing.about(each)), taken.get(each.id, ()), links)
        for each in found
    ]
    agreements = agreeing.agreements_of(connection, people)
    return {
        "address": visit.address,
        "certificates": certificates,
        "agreements": [
            {
                "conference": next(e.conference for e in found if e.registration_id == who),
                "employer": each.organisation,
                "words": agreeing.words(each.language, each.organisation, each.wording),
                "agreed_at": each.agreed_at,
                "withdrawn_at": each.withdrawn_at,
            }
            for who, each in agreements.items()
        ],
        "links_to_this_page": [dict(row._mapping) for row in visits],  # noqa: SLF001  SQLAlchemy's public name
    }


def _certificate(
    record: Record, shared: Shared | None, taken: Sequence[Taken], links: Links
) -> dict[str, Any]:
    return {
        "code": record.code,
        "state": record.state,
        "about": record.variant,
        "attendance": {
            name: value for name, value in record.attendance.items() if name != "manage_url"
        },
        "issued_at": record.issued_at,
        "revoked_at": record.revoked_at,
        "revoked_reason": record.revoked_reason,
        "download_url": links.download(record),
        "verify_url": links.verify(record.code),
        "shared": (
            {"since": shared.shared_at, "url": links.shared(shared.token)} if shared else None
        ),
        "fetched_by_employers": [
            {"employer": each.employer, "first_at": each.first_at, "last_at": each.last_at}
            for each in taken
        ],
    }


def _is_shown(record: Record) -> bool:
    return record.state == "valid" or (record.state == "revoked" and not record.superseded_by)
