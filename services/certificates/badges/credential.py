"""The certificate in the words of Open Badges 3.0: a W3C verifiable credential.

https://www.imsglobal.org/spec/ob/v3p0/ (appendix B.1). It says no more than what is printed: a
name, and no address. `credentialSchema` is left out: the type that Open Badges wants there is not
in its own context, so that canonical forms would differ from one verifier to the next.
"""

import re
from typing import Any

from services.certificates.badges.canonical import CREDENTIALS, OPEN_BADGES
from services.certificates.badges.seal import written
from services.certificates.badges.statuslist import entry
from services.certificates.base.links import Links
from services.certificates.base.records import Record

_SPACES = str.maketrans("\t\n\r\f\v", "     ")
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CRITERIA = {
    "fr": "Présence attestée par l’organisateur, d’après les entrées et les émargements.",
    "en": "Presence attested by the organiser, from check-ins and signed attendance sheets.",
}
_ROLE = {"fr": "Intervention", "en": "Speaker"}
_SPOKE = {
    "fr": "Intervention attestée par l’organisateur.",
    "en": "Contribution attested by the organiser.",
}


def credential(record: Record, links: Links, issuer: str, number: int, form: str) -> dict[str, Any]:
    """`issuer`: its DID; `number`: its place in the status lists, of which it names the one in the
    same `form` (json or jwt) as itself."""
    conference, person = record.attended.conference, record.attended.person
    name = _plain(_name(record))
    page = links.verify(record.code)
    criteria = (_SPOKE if record.variant == "speaker" else _CRITERIA)[person.locale]
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": page,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": {
            "id": issuer,
            "type": ["Profile"],
            "name": _plain(conference.organiser),
            "url": conference.url,
            "email": conference.contact_email,
        },
        "validFrom": written(record.issued_at),
        "credentialSubject": {
            "id": f"{page}#holder",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "identityHash": _plain(record.holder),
                    "hashed": False,
                }
            ],
            "activityStartDate": conference.starts_at.isoformat(),
            "activityEndDate": conference.ends_at.isoformat(),
            "narrative": _plain(_earned(record)),
            **({"role": _ROLE[person.locale]} if record.variant == "speaker" else {}),
            "achievement": {
                # One achievement for all who attended the same.
                "id": f"{conference.url}#{record.session or record.variant}",
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": name,
                "description": _plain(
                    f"{conference.title}, {conference.venue}, {conference.city}".strip(", ")
                ),
                "criteria": {"id": conference.url, "narrative": criteria},
                "image": {"id": links.picture(conference.slug, person.locale), "type": "Image"},
            },
        },
        "credentialStatus": entry(links, number, form),
    }


def _name(record: Record) -> str:
    title = record.attended.conference.title
    return f"{_sessions(record)} ({title})" if record.variant in ("session", "speaker") else title


def _earned(record: Record) -> str:
    """For how long, and what."""
    hours, minutes = divmod(record.minutes, 60)
    if record.attended.person.locale == "fr":
        return f"{hours}\u202fh\u202f{minutes:02}\u00a0: {_sessions(record)}"
    return f"{hours} h {minutes:02} min: {_sessions(record)}"


def _sessions(record: Record) -> str:
    return ", ".join(session.title for session in record.attended.sessions)


def _plain(text: str) -> str:
    """One line without controls: what every canonical form writes the same."""
    return _UNWRITABLE.sub("", text.translate(_SPACES))
