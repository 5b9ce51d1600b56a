"""Certificats de réalisation as another service issues them, and the server that has them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shared.events.certificates import CertificateIssued, CertificateRelinked, HeldCertificate
from shared.events.registration import Person
from tests.sheets.signed_day import CONFERENCE

PUBLIC = "https://emarge.example"


def path_of(who: str, key: str = "first") -> str:
    return f"/certificates/CODE-{who}.pdf?key={key}"


def issued(who: str, at: datetime, *, alone: bool = True, key: str = "first") -> CertificateIssued:
    """Told of by itself, or with the certificate of the day."""
    return CertificateIssued(**_said(who, at, alone=alone, key=key))


def relinked(who: str, at: datetime, key: str) -> CertificateRelinked:
    return CertificateRelinked(**_said(who, at, alone=True, key=key))


def _said(who: str, at: datetime, *, alone: bool, key: str) -> dict[str, Any]:
    realisation, day = PUBLIC + path_of(who, key), PUBLIC + path_of(f"day-{who}", key)
    said = HeldCertificate(
        registration_id=who,
        kind="realisation" if alone else "attendance",
        code=f"CODE-{who}",
        attendance_version=1,
        person=Person(first_name="Zoé", last_name=who.title(), email=f"{who}@example.org"),
        conference=CONFERENCE,
        minutes=60,
        issued_at=at,
        download_url=realisation if alone else day,
        verify_url=f"{PUBLIC}/verify/CODE-{who}",
        realisation_url=None if alone else realisation,
    )
    return said.model_dump()


@dataclass
class Documents:
    """What is answered for each path: a status, and a body. `asked` are the paths that were."""

    url: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def has(self, *people: str, key: str = "first") -> None:
        for who in people:
            self.answers[path_of(who, key)] = 200, f"%PDF-1.7 of {who}, {key}".encode()


@contextmanager
def serving_documents() -> Iterator[Documents]:
    documents = Documents()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            documents.asked.append(self.path)
            status, body = documents.answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    documents.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield documents
    finally:
        server.shutdown()
        server.server_close()
