"""Documents without the engine: by a setting, and where a library that is new to it breaks it."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pypdfium2
import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from structlog.testing import capture_logs

from services.certificates import checks
from services.certificates.base.settings import CertificatesSettings
from services.certificates.designs import publishing, work
from services.certificates.designs.publishing import progress
from services.certificates.engine import LayoutFailed, Template, TemplateRefused, sample, untested
from services.certificates.issuing.equipment import open_resources
from services.certificates.service import service
from services.certificates.stock import choosing
from services.certificates.stock.documents import document_of, laid_out
from services.certificates.stock.signing import signed
from shared.bus.eventlog import EventLog
from shared.documents.signing import Signer, demo_authority
from shared.testing import drain
from tests.certificates.service_doubles import PUBLIC_URL, House, certified
from tests.certificates.test_service_realisation import of, save

TESTED = "services.certificates.engine.assumptions.TESTED"
FILLING = "services.certificates.engine.filling.composing"  # to be got wrong


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What makes the documents does not ask where the rows are."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    """Whether the engine is broken is found out once in a process."""
    choosing._broken.cache_clear()  # noqa: SLF001 # a process of its own would take its place
    yield
    choosing._broken.cache_clear()  # noqa: SLF001 # as above


@pytest.fixture
def key(tmp_path: Path, settings: CertificatesSettings) -> CertificatesSettings:
    (tmp_path / "key.pem").write_bytes(demo_authority()[0])
    return settings.model_copy(update={"signing_key": tmp_path / "key.pem"})


@pytest.fixture
def stock(key: CertificatesSettings) -> CertificatesSettings:
    return key.model_copy(update={"documents": "stock"})


def verified(browser: httpx.Client, pdf: bytes) -> str:
    """What the page says of a file."""
    answer = browser.post(
        "/verify",
        files={"document": ("a.pdf", pdf, "application/pdf")},
        headers={"Origin": PUBLIC_URL},
    )
    return answer.raise_for_status().text


def attached(pdf: bytes) -> set[str]:
    document = pypdfium2.PdfDocument(pdf)
    return {
        document.get_attachment(index).get_name() for index in range(document.count_attachments())
    }


def test_it_is_issued_and_verified_as_any_other(
    house: House, stock: CertificatesSettings, browser: httpx.Client
) -> None:
    with open_resources(stock, house.database) as resources:
        house.receive(certified())
        drain(service, house.database, resources)
    record = house.record()
    pdf = house.file(record)
    assert record.state == "valid"
    assert "octet pour octet" in verified(browser, pdf)
    changed = pdf.replace(b"/Producer", b"/producer", 1)
    assert changed != pdf
    assert "octet pour octet" not in verified(browser, changed)
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_bounded()
    assert "Zoë Ñandú" in text
    assert f"{PUBLIC_URL.partition('//')[2]}/verify/{record.code}" in text
    assert attached(pdf) == {"attendance.json", "openbadge.json"}


def test_pyhanko_trusts_the_whole_file() -> None:
    key, authority = demo_authority()
    (pdf,) = laid_out(Template.from_folder(), [sample()])
    made = signed(pdf, Signer.from_pem(key), sample().issued_at)
    root = x509.Certificate.load(pem.unarmor(authority)[2])
    (signature,) = PdfFileReader(io.BytesIO(made)).embedded_signatures
    status = asyncio.run(
        async_validate_pdf_signature(
            signature, ValidationContext(trust_roots=[root], allow_fetching=False)
        )
    )
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.modification_level == ModificationLevel.NONE
    assert status.docmdp_ok
    assert made.count(b"/DocMDP") >= 2, "it certifies: nothing may be changed"


def test_what_is_to_be_extended_later_is_not_closed() -> None:
    (pdf,) = laid_out(Template.from_folder(), [sample()])
    signer = Signer.from_pem(demo_authority()[0])
    signer.certifies = False
    assert b"/DocMDP" not in signed(pdf, signer, sample().issued_at)


def test_a_certificate_of_law_has_its_own_design_and_no_badge(
    house: House, stock: CertificatesSettings
) -> None:
    save(house)
    with open_resources(stock, house.database) as resources:
        house.receive(certified())
        drain(service, house.database, resources)
    (record,) = of(house)
    pdf = house.file(record)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert text.startswith("Certificat de réalisation")
    assert "Hélène Œuvrard" in text
    assert attached(pdf) == {"attendance.json"}


@pytest.mark.parametrize(
    ("name", "size", "unprinted"),
    [
        ("Zoë Ñandú", "usual", ""),
        ("Zoë Ñandú \U000f0000", "usual", "\U000f0000"),
        ("MAXIMILIENNE DUPONT-AIGNAN WWW", "long", ""),
    ],
)
def test_names_are_printed_as_the_engine_prints_them(name: str, size: str, unprinted: str) -> None:
    template = Template.from_folder()
    marked = '{{ holder.length }}">{{ holder.name }}</p><p>{{ holder.length }} it is</p>'
    html = template.html.replace('{{ holder.length }}">{{ holder.name }}</p>', marked)
    made = document_of(template.model_copy(update={"html": html}), sample(holder=name))
    assert made.unprinted == unprinted
    text = pypdfium2.PdfDocument(made.pdf)[0].get_textpage().get_text_bounded()
    assert f"{size} it is" in text
    assert name.removesuffix(unprinted).strip() in text.splitlines()


def test_a_library_that_breaks_the_engine_does_not_stop_certificates(
    house: House,
    key: CertificatesSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(TESTED, {"weasyprint": ("69.9",)})
    monkeypatch.setattr(f"{FILLING}.number", lambda value: b"%.3f" % (value + 0.5))
    with capture_logs() as logs, open_resources(key, house.database) as resources:
        house.receive(certified())
        drain(service, house.database, resources)
    (said,) = [each for each in logs if each["event"] == "documents are made without the engine"]
    assert "fails its self-test with weasyprint" in said["reason"]
    assert house.record().state == "valid"
    checks.checks(key)["document engine"]()
    assert "documents are made by stock WeasyPrint, slowly" in capsys.readouterr().err


def test_a_new_library_that_breaks_nothing_changes_nothing(
    key: CertificatesSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(TESTED, {"weasyprint": ("69.9",)})
    assert choosing.against_engine(key) == ""
    checks.checks(key)["document engine"]()
    assert "passed its self-test with weasyprint" in capsys.readouterr().err


def test_what_is_installed_was_tested() -> None:
    assert untested() == []
    assert untested(lambda _: "0.1") == ["weasyprint 0.1", "pydyf 0.1"]


def test_designs_are_tried_and_published_without_the_engine(
    house: House, stock: CertificatesSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.certificates.engine.press.press.Press._start", None)
    shipped = Template.from_folder()
    own = shipped.model_copy(update={"css": shipped.css + "p { color: navy }"})
    pdf, picture = work.preview(own, sample(), stock=True)
    assert (pdf[:5], picture[:4]) == (b"%PDF-", b"\x89PNG")
    publishing.ask(house.database, "day", own.model_dump_json().encode(), "who@example.org")
    with open_resources(stock, house.database) as resources:
        drain(service, house.database, resources)
    with house.database.read() as connection:
        done = progress(connection, "day")
    assert done is not None
    assert (done.state, done.problems) == ("published", [])
    wrong = own.model_copy(update={"html": "{{ holder.nothing }}"})
    assert "nothing" in work.problems_of(wrong, stock=True)[0]
    with pytest.raises(TemplateRefused):
        work.publish(house.database, EventLog("certificates"), wrong, "day", stock=True)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        "{{ ''.__class__.__mro__ }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    ],
)
def test_a_hostile_design_gets_nothing(html: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.certificates.stock.documents.SECONDS", 4)
    template = Template(version="hostile", html=f"<html><body>{html}", css="")
    with pytest.raises(LayoutFailed):
        laid_out(template, [sample()])
