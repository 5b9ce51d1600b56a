"""What there is of a conference in each service, for the paths and forms that name it."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert, select, update

from services.certificates.base import records
from services.certificates.base.minting import Mint
from services.certificates.base.records import Record
from services.certificates.base.tables import Certificate, PublishedTemplate, TemplateDraft
from services.certificates.engine import Template
from services.certificates.holding import agreeing, employers, sharing, visits
from services.certificates.holding.tables import HolderVisit, SharedPage
from services.certificates.realisation import versions
from services.certificates.realisation.facts import Facts
from services.notifications.base.tables import Delivery
from services.notifications.occasions import announcements
from services.registration.access.members import give_role
from services.registration.access.organisers import known_organiser, sign_in_link
from services.registration.access.sign_ins import begin_session, sessions_of
from services.registration.access.tables import Passkey
from services.registration.access.tokens import NewToken, create_token, living_tokens
from services.registration.desk import Desk
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.inbox import JobRow
from tests.certificates.service_doubles import House
from tests.routes.days import Values


def of_access(desk: Desk, slug: str) -> Values:
    """A member of the team, links that sign in, and the passkey of somebody who asks nothing."""
    conference_id = desk.programmes.known(slug).id
    credential_id = uuid4().hex
    with desk.database.begin() as connection:
        member = give_role(desk, connection, conference_id, "eve@example.org", "viewer")
        link = sign_in_link(connection, known_organiser(connection, "eve@example.org"))
        connection.execute(
            insert(Passkey).values(
                credential_id=credential_id,
                organiser_id=member,
                name="Eve’s phone",
                public_key=b"",
                sign_count=0,
                created_at=now(),
            )
        )
    name = f"display of {slug}"
    create_token(desk, NewToken(name, "organiser", conference_id))
    subscriber = f"wiki of {slug}"
    create_token(desk, NewToken(subscriber, "subscriber", conference_id))
    key = create_token(desk, NewToken(f"spare key of {slug}", "staff", conference_id))
    begin_session(desk, "Firefox", organiser_id=member)
    with desk.database.read() as connection:
        numbers = {each.name: str(each.number) for each in living_tokens(connection)}
        session, *_ = sessions_of(connection, member)
    return {
        "member": str(member),
        "sign_in_link": link,
        "door_key": key,
        "key_number": numbers[name],
        "subscriber_number": numbers[subscriber],
        "others_session": session.id,
        "credential_id": credential_id,
    }


def of_emails(database: Database, slug: str) -> Values:
    """A message that is not sent yet, an email that was sent and one that failed."""
    text = announcements.Draft("A word", "Come early.")
    message = announcements.save(database, slug, None, text, "ann@example.org")
    with database.begin() as connection:
        sent = connection.execute(
            select(Delivery.id, Delivery.job_id, Delivery.settled_at)
            .where(Delivery.conference == slug, Delivery.state == "sent")
            .limit(2)
        ).all()
        if len(sent) < 2:
            return {"message": str(message)}
        delivery, failed = sent
        connection.execute(update(Delivery).where(Delivery.id == failed.id).values(state="failed"))
        connection.execute(update(JobRow).where(JobRow.id == failed.job_id).values(state="dead"))
    return {
        "message": str(message),
        "delivery": str(delivery.id),
        "settled": delivery.settled_at.isoformat(),
    }


def of_certificates(house: House, slug: str) -> Values:
    """Two designs, one in force and one being worked on, and a certificate where people were."""
    content = Template.from_folder().model_dump_json().encode()
    with house.database.begin() as connection:
        design = connection.execute(
            insert(PublishedTemplate)
            .values(conference=slug, content=content, published_at=now(), digest="")
            .returning(PublishedTemplate.number)
        ).scalar_one()
        connection.execute(
            insert(TemplateDraft).values(
                conference=slug,
                revision=1,
                content=content,
                saved_at=now(),
                saved_by="ann@example.org",
                preview=_PDF,
                picture=_PNG,
            )
        )
        version = versions.add(
            connection, slug, _FACTS, {}, _PNG, wanted=True, by="ann@example.org"
        )
    issued = [record for record in house.records() if record.conference == slug]
    values = {
        "design": str(design),
        "realisation": str(version.number),
        "year": str(_FACTS.paid_in),
    }
    for record in issued[:1]:
        values |= {"certificate": record.code, "key": record.link_key}
        values |= _of_holder(house, record)
    return values


def _of_holder(house: House, record: Record) -> Values:
    """They show their certificate, and let their employer have it, who has a link."""
    person = {**record.attendance["person"], "organisation": "Ville"}
    with house.database.begin() as connection:
        theirs = update(Certificate).where(Certificate.id == record.id)
        connection.execute(theirs.values(attendance={**record.attendance, "person": person}))
    assert sharing.share(house.database, record)
    assert agreeing.agree(house.database, record, "fr")
    link = employers.make_link(
        house.database, house.resources.log, record.conference, ["Ville"], 7, "ann@example.org"
    )
    with house.database.begin() as connection:
        shared = connection.execute(
            update(SharedPage)
            .where(SharedPage.registration_id == record.registration_id)
            .values(picture=_PNG, picture_of=record.sha256)
            .returning(SharedPage.token)
        ).scalar_one()
        employer = employers.token_of(Mint.of(connection), str(link))
    return {"shared": shared, "employer": employer, "employer_link": str(link)}


def their_visit(house: House, certificate: str) -> str:
    """The cookie of the holder of the certificate with this code, on their own page."""
    with house.database.begin() as connection:
        record = records.find(connection, certificate)
        connection.execute(
            insert(HolderVisit).values(
                id="a-visit",
                address=record.attended.person.email,
                asked_at=now(),
                link_until=now() + timedelta(hours=1),
            )
        )
    return str(visits.open_visit(house.database, "a-visit"))


_FACTS = Facts(
    provider="Villes",
    activity_number="11 75 01234 56",
    siret="",
    title="A day",
    nature="bilan",
    modality="on-site",
    representative="Ada",
    representative_title="Chair",
    signed_at="Lyon",
    years=3,
    paid_in=now().year + 1,  # of a day in three weeks, too
)
# The smallest that can be drawn.
_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
_PNG = b"\x89PNG"
