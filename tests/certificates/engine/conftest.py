"""What the engine's tests share: a press, the default template compiled, a demo signer."""

from pathlib import Path

import pytest

from services.certificates.engine import Compiled, Press, Template, compile_template, sample_values
from shared.documents.signing import Signer, demo_authority

SIGNATURE_IMAGE = (
    Path(__file__).parents[3] / "services/certificates/templates/demonstration/signature.svg"
)


@pytest.fixture(scope="session")
def press():
    with Press() as press:
        yield press


@pytest.fixture(scope="session")
def authority() -> tuple[bytes, bytes]:
    """(PEM of the signer's key and chain, PEM of the CA)"""
    return demo_authority()


@pytest.fixture(scope="session")
def signer(authority) -> Signer:
    return Signer.from_pem(authority[0])


@pytest.fixture(scope="session")
def template() -> Template:
    return Template.from_folder().with_assets({"signature.svg": SIGNATURE_IMAGE.read_bytes()})


@pytest.fixture(scope="session")
def compiled(template, press) -> Compiled:
    return compile_template(template, sample_values(), press)
