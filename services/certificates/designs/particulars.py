"""What a certificate says, from what was attended."""

from dataclasses import dataclass

from services.certificates.base.links import Links
from services.certificates.base.records import Record
from services.certificates.base.settings import CertificatesSettings
from services.certificates.designs.realisations import action_of
from services.certificates.engine import AttendedSession, Signatory, Values
from services.certificates.realisation.versions import Version


@dataclass(frozen=True)
class Particulars:
    """`signatory_name` empty: the organiser itself answers for the document."""

    links: Links
    signatory_name: str
    signatory_title: str

    def values(self, record: Record, credential: str = "", facts: Version | None = None) -> Values:
        """`credential`: the badge that goes along; a preview has none. `facts`: those of a
        certificat de réalisation."""
        attended = record.attended
        conference, person = attended.conference, attended.person
        return Values(
            variant=record.variant,
            locale=person.locale,
            holder=record.holder,
            organisation=person.organisation or "",
            conference=conference.title,
            starts_at=conference.starts_at,
            ends_at=conference.ends_at,
            venue=conference.venue,
            city=conference.city,
            organiser=conference.organiser,
            signatory=Signatory(
                name=self.signatory_name or conference.organiser, title=self.signatory_title
            ),
            sessions=tuple(
                AttendedSession(
                    title=session.title,
                    starts_at=session.starts_at,
                    ends_at=session.ends_at,
                    minutes=session.minutes,
                )
                for session in attended.sessions
            ),
            minutes=record.minutes,
            issued_at=record.issued_at,
            code=record.code,
            verify_url=self.links.verify(record.code),
            timezone=conference.timezone,
            credential=credential,
            action=action_of(facts.facts) if facts else None,
        )


def particulars(settings: CertificatesSettings, links: Links) -> Particulars:
    return Particulars(links, settings.signatory_name, settings.signatory_title)
