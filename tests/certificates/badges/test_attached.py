"""A real PDF carries its badge, which verifies as it is taken out; both ways of making it."""

import io
import json
from pathlib import Path

import httpx
import pikepdf
import pytest

from services.certificates.base.settings import CertificatesSettings
from services.certificates.engine import (
    DEFAULT_FOLDER,
    Press,
    Template,
    compile_template,
    sample_values,
)
from services.certificates.issuing.equipment import open_resources
from services.certificates.service import service
from shared.documents.signing import demo_authority
from shared.testing import drain
from tests.certificates.badges.test_badges import badge
from tests.certificates.badges.verifiers import verify_json
from tests.certificates.engine.pdf_structure import check_structure
from tests.certificates.service_doubles import House, certified


def attached(pdf: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {name: each.get_file().read_bytes() for name, each in document.attachments.items()}


def test_the_badge_in_the_file_is_the_one_that_is_kept(
    house: House, browser: httpx.Client, settings: CertificatesSettings, tmp_path: Path
) -> None:
    key = tmp_path / "signing.pem"
    key.write_bytes(demo_authority()[0])
    settings = settings.model_copy(update={"signing_key": key})
    house.receive(certified(first_name='Zoë "Z" \\'))
    with open_resources(settings, house.database) as resources:
        drain(service, house.database, resources)
    found = attached(house.file(house.record()))
    assert found.keys() == {"attendance.json", "openbadge.json"}
    assert found["openbadge.json"].decode() == badge(house, browser, "json")
    assert verify_json(browser, found["openbadge.json"].decode())


@pytest.mark.parametrize("credential", ['{"name": "Zoë"}', ""])
def test_both_paths_attach_the_same(credential: str) -> None:
    people = tuple(each.model_copy(update={"credential": credential}) for each in sample_values())
    with Press() as press:
        compiled = compile_template(Template.from_folder(DEFAULT_FOLDER), people, press)
        fast, full = compiled.render(people[0], None), compiled.render_full(people[0], None)
    assert (fast.path, full.path) == ("fast", "full")
    assert attached(fast.pdf) == attached(full.pdf)
    there = attached(fast.pdf).get("openbadge.json")
    assert there == (credential.encode() if credential else None)
    if credential:
        check_structure(full.pdf)
        assert json.loads(there or "") == {"name": "Zoë"}
