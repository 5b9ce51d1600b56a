"""Real documents: made by the engine, read back by others, checked when they are brought."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.certificates.base.records import Record
from services.certificates.base.settings import CertificatesSettings
from services.certificates.designs.publication import (
    publish_template,
)
from services.certificates.designs.templating import Templates
from services.certificates.engine import Press
from services.certificates.issuing.equipment import open_resources
from services.certificates.resources import Resources
from services.certificates.service import service
from services.certificates.verification.verifying import (
    Finding,
    Verdict,
    verify_brought,
    verify_file,
)
from shared.base.database import Database
from shared.base.errors import Misconfigured
from shared.bus.migrations import migrate
from shared.documents.signing import Signer, demo_authority
from shared.documents.signing.key import load_signer
from shared.documents.signing.signatures import read_signature
from shared.testing import drain
from tests.certificates.service_doubles import PUBLIC_URL, House, certified, erased, open_house

NAMES = {
    "accents": ("Éléonore", "Dupré-Martin"),
    "arabic": ("محمد", "عبد الرحمن"),
    "greek": ("Ὀδυσσεύς", "Παπαδόπουλος"),
    "cyrillic": ("Нина", "Иванова"),
    "chinese": ("太郎", "山田"),
    "long": ("Wolfeschlegelsteinhausen" * 5, "Bergerdorff" * 10),
}


@dataclass
class Printing:
    """The service with the real engine. Compiling takes seconds, so one is shared by all tests."""

    house: House
    resources: Resources
    settings: CertificatesSettings

    def issue(self, registration_id: str, first_name: str, last_name: str) -> Record:
        self.house.receive(
            certified(registration_id, first_name=first_name, last_name=last_name, sessions=4)
        )
        drain(service, self.house.database, self.resources)
        return self.house.record(registration_id)

    def verify(self, content: bytes) -> Verdict:
        with self.house.database.read() as connection:
            return verify_file(connection, content) or verify_brought(connection, content)


@pytest.fixture(scope="module")
def printing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printing]:
    yield from printing_in(tmp_path_factory.mktemp("printing"))


def printing_in(folder: Path) -> Iterator[Printing]:
    key, authority = demo_authority()
    (folder / "signing.pem").write_bytes(key)
    (folder / "authority.pem").write_bytes(authority)
    url = f"sqlite:///{folder}/certificates.db"
    database = Database.open(url)
    migrate(database, service.folder)
    settings = CertificatesSettings(
        service="certificates",
        home=folder,
        database_url=url,
        service_token="a token of sixteen letters and more",
        secret_key="a-secret-for-tests-only",
        signing_key=folder / "signing.pem",
        public_url=PUBLIC_URL,
    )
    house = open_house(database, folder / "certificates")
    with open_resources(settings, database) as resources:
        yield Printing(house, resources, settings)
    database.close()


def text_of(pdf: bytes) -> str:
    read = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)  # noqa: S607  poppler's
    return read.stdout.decode()


def flipped(pdf: bytes, place: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def test_it_says_what_was_attended_and_how_to_check_it(printing: Printing) -> None:
    record = printing.issue("one", "Zoë", "Ñandú")
    text = text_of(printing.house.file(record))
    for said in ("Zoë Ñandú", "Journée nationale", "Atelier 1", "Atelier 4", record.code):
        assert said in text
    assert record.link_key not in text


@pytest.mark.parametrize("who", NAMES)
def test_names_of_any_script_are_read_back(printing: Printing, who: str) -> None:
    first, last = NAMES[who]
    record = printing.issue(who, first, last)
    if record.sha256 is None and "no font has a glyph" in printing.house.jobs()[-1].error:
        pytest.skip("this machine has no font for it, and the dead letter says so")
    text = text_of(printing.house.file(record))
    letters = "".join(text.split())
    # poppler gives right-to-left text in reading order, with marks of direction around it.
    words = f"{first} {last}".split()
    assert words
    assert [word for word in words if word not in letters] == [], text


def test_the_same_certificate_is_the_same_document(printing: Printing) -> None:
    record = printing.issue("twice", "Ada", "Lovelace")
    with open_resources(printing.settings, printing.house.database) as again:
        credential = again.badges.of(record).json
        assert again.documents.print(record, credential).pdf == printing.house.file(record)


@pytest.fixture
def issued(printing: Printing) -> bytes:
    return printing.house.file(printing.issue("brought", "Anna", "Schmidt"))


class TestBringingAFile:
    def test_as_it_was_issued(self, printing: Printing, issued: bytes) -> None:
        verdict = printing.verify(issued)
        assert verdict.finding == "valid"
        assert verdict.signed_by is not None
        assert "demo" in verdict.signed_by

    @pytest.mark.parametrize("part", [0.1, 0.3, 0.5])
    def test_one_bit_changed(self, printing: Printing, issued: bytes, part: float) -> None:
        place = int(len(issued) * part)
        assert printing.verify(flipped(issued, place)).finding == "altered"

    def test_one_bit_changed_in_the_signature_itself(
        self, printing: Printing, issued: bytes
    ) -> None:
        hexadecimal = read_cms(issued)
        end = issued.index(hexadecimal) + len(hexadecimal.rstrip(b"0"))
        # A digit with its last bit changed is another digit: still hexadecimal.
        value = next(
            place for place in range(end - 20, 0, -1) if issued[place : place + 1].isdigit()
        )
        assert printing.verify(flipped(issued, value)).finding == "altered"

    def test_one_bit_changed_in_what_goes_with_the_signature(
        self, printing: Printing, issued: bytes
    ) -> None:
        start = issued.index(read_cms(issued))
        for place in range(start, start + 1500, 100):
            assert printing.verify(flipped(issued, place)).finding != "valid"

    def test_something_added_at_the_end(self, printing: Printing, issued: bytes) -> None:
        assert printing.verify(issued + b"\n% and I attended everything").finding == "altered"

    def test_cut_off(self, printing: Printing, issued: bytes) -> None:
        assert printing.verify(issued[:-100]).finding in ("altered", "foreign")
        assert printing.verify(issued[: len(issued) // 2]).finding == "foreign"

    def test_a_signature_put_under_another_document(
        self, printing: Printing, issued: bytes
    ) -> None:
        other = printing.house.file(printing.issue("other", "Boris", "Schmidt"))
        stolen = read_cms(other)
        own = read_cms(issued)
        forged = issued.replace(own, stolen.ljust(len(own), b"0")[: len(own)])
        assert printing.verify(forged).finding in ("altered", "foreign")

    def test_one_that_we_no_longer_know(self, printing: Printing) -> None:
        content = printing.house.file(printing.issue("gone", "Carla", "Schmidt"))
        printing.house.receive(erased("gone"))
        drain(service, printing.house.database, printing.resources)
        assert printing.verify(content).finding == "unrecorded"

    def test_one_signed_by_somebody_else(self, printing: Printing, issued: bytes) -> None:
        key, _ = demo_authority()
        assert read_signature(issued) is not None
        record = printing.house.record("brought")
        values = printing.resources.documents._particulars.values(record)  # type: ignore[attr-defined]  # noqa: SLF001  the same words
        with Press() as press:
            compiled = Templates(printing.house.database, press).in_force("any").compiled
            forged = compiled.render(values, Signer.from_pem(key)).pdf
        signature = read_signature(forged)
        assert signature is not None
        assert signature.intact
        assert printing.verify(forged).finding == "foreign"

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"%PDF-1.7",
            b"/ByteRange [0 10 20 30] /Contents <00>",
            b"/ByteRange [0 1 9999999999 1]",
            b"/ByteRange [0 0 0 4]<30>",
            b"\x00" * 5000,
            b"%PDF /ByteRange [0 36 44 0]          <308080>",
        ],
    )
    def test_whatever_else(self, printing: Printing, content: bytes) -> None:
        assert printing.verify(content).finding == "foreign"


def test_after_the_key_was_replaced_old_documents_are_still_ours(
    printing: Printing, tmp_path: Path, issued: bytes
) -> None:
    new_key = tmp_path / "new.pem"
    new_key.write_bytes(demo_authority()[0])
    rotated = printing.settings.model_copy(update={"signing_key": new_key})
    printing.house.receive(certified("later"))
    with open_resources(rotated, printing.house.database) as resources:
        drain(service, printing.house.database, resources)

    newer = printing.house.file(printing.house.record("later"))
    found: list[Finding] = [printing.verify(pdf).finding for pdf in (issued, newer)]
    assert found == ["valid", "valid"]
    assert printing.verify(flipped(issued, 2000)).finding == "altered"
    assert printing.verify(flipped(newer, 2000)).finding == "altered"


def test_without_a_key_documents_carry_no_signature(printing: Printing) -> None:
    unsigned = printing.settings.model_copy(update={"signing_key": None})
    printing.house.receive(certified("unsigned"))
    with open_resources(unsigned, printing.house.database) as resources:
        drain(service, printing.house.database, resources)
    content = printing.house.file(printing.house.record("unsigned"))
    assert read_signature(content) is None
    verdict = printing.verify(content)
    assert (verdict.finding, verdict.signed_by) == ("valid", None)


@pytest.mark.parametrize("content", [None, b"no key", b"-----BEGIN PRIVATE KEY-----\nx"])
def test_a_key_that_cannot_be_used_is_named(
    printing: Printing, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    settings = printing.settings.model_copy(update={"signing_key": path})
    with pytest.raises(Misconfigured, match="EMARGE_SIGNING_KEY"):
        load_signer(settings)


def test_an_organisers_own_template(printing: Printing) -> None:
    with Press() as press:
        templates = Templates(printing.house.database, press)
        shipped = templates.in_force("elsewhere").compiled.template
        own = shipped.model_copy(
            update={"html": shipped.html.replace("</body>", "<p>Our own words</p></body>")}
        )
        templates.compile(own)
    with printing.house.database.begin() as connection:
        publish_template(connection, own.model_dump_json().encode(), "own-conference", own.digest)
    printing.house.receive(certified("theirs", slug="own-conference"), certified("ours"))
    drain(service, printing.house.database, printing.resources)
    words = {
        name: text_of(printing.house.file(printing.house.record(name)))
        for name in ("theirs", "ours")
    }
    assert "Our own words" in words["theirs"]
    assert "Our own words" not in words["ours"]


def read_cms(pdf: bytes) -> bytes:
    start = pdf.index(b"/Contents<") + len(b"/Contents<")
    return pdf[start : pdf.index(b">", start)]
