"""Forgetting what somebody did with their certificates, and what is named after them."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, delete, select, update

from services.certificates.base.records import Record
from services.certificates.base.tables import Certificate
from services.certificates.holding import agreeing
from services.certificates.holding.agreeing import employer_key
from services.certificates.holding.employers import employers
from services.certificates.holding.tables import (
    Agreement,
    EmployerLink,
    Handover,
    HolderVisit,
    SharedPage,
)
from shared.events.registration import RegistrationAddressCorrected
from shared.words.addresses import address_key

GONE = "—"


def forget_holder(connection: Connection, registration_id: str, theirs: Sequence[Record]) -> None:
    """Before their certificates are blank: the visits are known by the address alone. Of an address
    that is others' too the visits go all the same; they may ask again."""
    addresses = select(Certificate.address).where(
        Certificate.registration_id == registration_id, Certificate.address != ""
    )
    connection.execute(delete(HolderVisit).where(HolderVisit.address.in_(addresses)))
    connection.execute(delete(SharedPage).where(SharedPage.registration_id == registration_id))
    connection.execute(delete(Agreement).where(Agreement.registration_id == registration_id))
    connection.execute(
        delete(Handover).where(Handover.certificate_id.in_([each.id for each in theirs]))
    )


def disown(connection: Connection, corrected: RegistrationAddressCorrected) -> None:
    """Whoever reads the address of before may be a stranger, whose consent is nobody's: what was
    agreed to is taken back, what was shared is off. Whoever reads the right one may do both."""
    now_is = corrected.person_now
    if now_is and address_key(now_is.email) == address_key(corrected.person.email):
        return
    agreeing.withdraw(connection, corrected.registration_id)
    theirs = SharedPage.registration_id == corrected.registration_id
    connection.execute(delete(SharedPage).where(theirs))


def forget_employers(connection: Connection, conference: str) -> None:
    """Once certificates are blank: an employer that nobody has any more may have been one person's
    own name. A link that is left without any goes whole."""
    links = connection.execute(
        select(EmployerLink.id, EmployerLink.organisations).where(
            EmployerLink.conference == conference
        )
    ).all()
    there = [each.organisation for each in employers(connection, conference)] if links else []
    spelled = {employer_key(each): each for each in reversed(there)}
    for link in links:
        named = (
            each if each in there else spelled.get(employer_key(each))
            for each in link.organisations
        )
        left = [*dict.fromkeys(each for each in named if each)]
        if not left:
            connection.execute(delete(Handover).where(Handover.link_id == link.id))
            connection.execute(delete(EmployerLink).where(EmployerLink.id == link.id))
        elif left != link.organisations:
            kept = update(EmployerLink).where(EmployerLink.id == link.id)
            connection.execute(kept.values(organisations=left))


def forget_organiser(connection: Connection, is_them: Callable[[str], bool]) -> None:
    """That a link was made or revoked stays, by whom does not."""
    for column in (EmployerLink.made_by, EmployerLink.revoked_by):
        names = connection.execute(select(column).distinct()).scalars().all()
        for name in [each for each in names if each and is_them(each)]:
            told = update(EmployerLink).where(column == name)
            connection.execute(told.values({column.key: GONE}))
