"""The email that a certificate is ready, with the document itself where that is wanted."""

import httpx

from services.notifications.occasions.places import sender_for
from services.notifications.resources import Resources
from services.notifications.sending.outcomes import TemporarilyRefused
from services.notifications.writing.compose import Attachment, Email, Identity, Mailbox, compose
from services.notifications.writing.contents import about_certificate, full_name
from shared.events.certificates import CertificateIssued
from shared.words.filenames import file_name

LARGEST = 10 * 1024 * 1024  # bytes; more is no certificate, and no mail server takes it
TIMEOUT = 10.0  # seconds


def certificate_email(
    certificate: CertificateIssued, identity: Identity, resources: Resources
) -> Email:
    """Raises TemporarilyRefused when the document is wanted and cannot be had."""
    person, conference = certificate.person, certificate.conference
    attach = resources.settings.certificate_delivery == "attach"
    attachments = [_document(certificate)] if attach else []
    content = about_certificate(certificate, attached=attach)
    words = resources.own_words
    if certificate.kind == "realisation":
        letter = words.write_shipped("certificate", person.locale, content)
    else:
        letter = words.write(conference.slug, "certificate", person.locale, content)
    return compose(
        letter,
        identity,
        sender=sender_for(conference, resources),
        recipient=Mailbox(full_name(person), person.email),
        reply_to=Mailbox(conference.organiser, conference.contact_email),
        attachments=attachments,
    )


def _document(certificate: CertificateIssued) -> Attachment:
    content = fetch(certificate.download_url)
    person = certificate.person
    name = file_name(f"{person.last_name} {person.first_name}", certificate.code, extension="pdf")
    return Attachment(name, "application/pdf", content)


def fetch(url: str, largest: int = LARGEST) -> bytes:
    """The PDF behind a link of ours; raises TemporarilyRefused."""
    content = bytearray()
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > largest:
                    raise _not_fetched(f"the certificate has more than {largest} bytes")
    except httpx.HTTPStatusError as error:
        # The link holds the key to the document: it is not repeated.
        raise _not_fetched(
            f"the certificate's link answered {error.response.status_code}"
        ) from None
    except httpx.HTTPError as error:
        raise _not_fetched(f"the certificate's link failed: {type(error).__name__}") from None
    if not content.startswith(b"%PDF-"):
        raise _not_fetched("the certificate's link gave no PDF")
    return bytes(content)


def _not_fetched(words: str) -> TemporarilyRefused:
    return TemporarilyRefused("certificate-not-fetched", words)
