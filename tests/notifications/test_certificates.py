"""The certificate email: linked or with the document, which is fetched when it can be had."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from services.notifications.occasions.certificates import fetch
from services.notifications.sending.outcomes import TemporarilyRefused
from services.notifications.writing.own_words import save
from tests.notifications.day import certificate, told

OWN = ("Mes mots", "Mes mots : {{ link }}")
PDF = b"%PDF-1.7 " + b"x" * 1000


class Store:
    """The server of the documents: `status` and `content` of its answers can be set."""

    def __init__(self) -> None:
        self.status, self.content = 200, PDF
        store = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(store.status)
                self.end_headers()
                self.wfile.write(store.content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/certificates/C4XW.pdf?key=secret"


@pytest.fixture
def store() -> Iterator[Store]:
    running = Store()
    thread = threading.Thread(target=running.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield running
    running.server.shutdown()
    running.server.server_close()
    thread.join()


def attachments(mail) -> dict[str, bytes]:
    return {part.get_filename(): part.get_content() for part in mail.iter_attachments()}


def test_the_certificate_is_linked(office) -> None:
    office.hear(told(certificate()))
    [mail] = office.mails
    text = mail.get_body(("plain",)).get_content()
    assert certificate().download_url in text
    assert certificate().verify_url in text
    assert "5\xa0h\xa045" in text
    assert attachments(mail) == {}
    assert office.log[0]["kind"] == "certificate"


def test_the_certificate_is_attached(other_office, store) -> None:
    office = other_office(certificate_delivery="attach")
    office.hear(told(certificate(download_url=store.url)))
    [mail] = office.mails
    assert attachments(mail) == {"Lefèvre-Dûment Élodie C4XW-7HMN-K3PT.pdf": PDF}
    assert "jointe" in mail.get_body(("plain",)).get_content()


def test_a_document_that_cannot_be_had_is_fetched_later(other_office, store, capsys) -> None:
    office = other_office(certificate_delivery="attach")
    store.status = 503
    office.hear(told(certificate(download_url=store.url)))
    assert office.mails == []
    assert office.jobs[0]["state"] == "waiting"
    assert "503" in office.jobs[0]["error"]
    assert "secret" not in office.jobs[0]["error"] + capsys.readouterr().out
    store.status = 200
    office.make_due()
    office.work()
    assert len(office.mails) == 1


def test_what_is_no_pdf_or_too_large_is_not_passed_on(store) -> None:
    assert fetch(store.url) == PDF
    with pytest.raises(TemporarilyRefused, match="more than 100 bytes"):
        fetch(store.url, largest=100)
    store.content = b"<html>sign in</html>"
    with pytest.raises(TemporarilyRefused, match="no PDF"):
        fetch(store.url)


def test_a_new_certificate_says_which_one_it_replaces(office) -> None:
    office.hear(told(certificate(supersedes="C999-7HMN-K3PT")))
    assert "C999-7HMN-K3PT" in office.mails[0].get_body(("plain",)).get_content()


def test_the_certificat_de_realisation_is_linked_in_the_same_email(office) -> None:
    link = "https://emarge.example/certificates/R4XW.pdf?key=secret"
    both = certificate().model_copy(update={"realisation_url": link})
    office.hear(told(both))
    [mail] = office.mails
    for kind in ("plain", "html"):
        assert link in mail.get_body((kind,)).get_content()
    assert "attestation" in mail["subject"]


def test_that_it_replaces_one_that_a_funder_has_is_said_in_the_same_email(office) -> None:
    fields = {"realisation_url": "https://emarge.example/r", "realisation_supersedes": "R0LD"}
    office.hear(told(certificate().model_copy(update=fields)))
    for kind in ("plain", "html"):
        text = office.mails[0].get_body((kind,)).get_content()
        assert "R0LD" in text
        assert "Remettez le nouveau" in text


def test_one_of_corrected_facts_is_told_of_by_itself(office) -> None:
    corrected = {"kind": "realisation", "supersedes": "OLD", "supersedes_because": "corrected"}
    save(office.resources.database, certificate().conference.slug, "certificate", "fr", OWN, "o")
    office.hear(told(certificate().model_copy(update=corrected)))
    [mail] = office.mails
    text = mail.get_body(("plain",)).get_content()
    assert "certificat de réalisation" in mail["subject"]
    assert "Remettez le nouveau" in text
    assert "OLD" in text
    assert "attestation" not in text
    assert "Mes mots" not in text, "the organiser's words are about the attestation"
