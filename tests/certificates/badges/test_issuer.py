"""Who issued a badge can be looked up, for as long as there are badges."""

import json
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openbadgeslib.ob3 import OB3VerificationError
from pydantic import SecretStr
from typer.testing import CliRunner

from services.certificates.badges.issuer import did_of, listed
from services.certificates.badges.listing import NoSuchKey, withdraw_key
from services.certificates.badges.seal import Seal, badge_key
from services.certificates.base.settings import CertificatesSettings
from services.certificates.commands import commands
from services.certificates.issuing import reissuing
from shared.base.errors import Misconfigured
from tests.certificates.badges.conftest import seal_with
from tests.certificates.badges.test_badges import badge
from tests.certificates.badges.verifiers import verify_json, verify_token
from tests.certificates.service_doubles import BADGE_KEY, PUBLIC_URL, House, certified

DID = "/.well-known/did.json"
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.mark.parametrize(
    ("origin", "did"),
    [
        ("https://emarge.example", "did:web:emarge.example"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
        ("https://Emarge.Example", "did:web:emarge.example"),
    ],
)
def test_the_name_is_that_of_the_address(origin: str, did: str) -> None:
    assert did_of(origin) == did


def test_keys_are_named_as_the_standards_do() -> None:
    # RFC 8037, A.3 has this key's thumbprint; did:key's document has the multibase of another.
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    key = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    ).public_key()
    assert key.public_bytes_raw() == public
    assert listed(key).jwk["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert listed(key).kid == "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert len(listed(numbers).kid) == 43


def test_document_and_key_set_name_the_same_keys(house: House, browser: httpx.Client) -> None:
    house.seal(seal_with("ec"))
    document, keys = browser.get(DID), browser.get("/.well-known/jwks.json")
    for answer in (document, keys):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "public, max-age=300"
    methods = {method["id"] for method in document.json()["verificationMethod"]}
    assert methods == {key["kid"] for key in keys.json()["keys"]}
    assert methods == set(document.json()["assertionMethod"])
    assert not any("d" in key for key in keys.json()["keys"]), "a private number"


def test_badges_outlive_their_keys(house: House, browser: httpx.Client) -> None:
    house.seal(seal_with("ec"))
    house.issue(certified())
    token, document = badge(house, browser, "jwt"), badge(house, browser, "json")
    for kind in ("rsa", "ec", "none"):
        house.seal(seal_with(kind))
        house.work()
    house.seal(Seal(PUBLIC_URL, OTHER_KEY))
    house.work()
    assert verify_token(browser, token)
    assert verify_json(browser, document)
    house.issue(certified("r-2"))
    newest = browser.get(house.link("r-2").replace(".pdf?", ".json?")).text
    assert listed(OTHER_KEY.public_key()).kid in newest
    assert verify_json(browser, newest)


def test_what_a_withdrawn_key_signed_verifies_no_more_and_is_made_anew(
    house: House, browser: httpx.Client
) -> None:
    house.issue(certified())
    before = badge(house, browser, "json")
    stolen = listed(BADGE_KEY.public_key()).kid
    house.seal(Seal(PUBLIC_URL, OTHER_KEY))
    withdraw_key(house.database, stolen)
    with pytest.raises(NoSuchKey):
        withdraw_key(house.database, stolen)
    house.work()
    with pytest.raises(OB3VerificationError, match="verificationMethod"):
        verify_json(browser, before)
    with pytest.raises(Misconfigured, match="was withdrawn"):
        house.seal(Seal(PUBLIC_URL, BADGE_KEY))
    reissuing.ask_for_one(house.database, house.code())
    house.work()
    assert verify_json(browser, badge(house, browser, "json"))
    assert verify_token(browser, badge(house, browser, "jwt"))


def test_the_key_is_derived_or_read(settings: CertificatesSettings, tmp_path: Path) -> None:
    derived = badge_key(settings)
    assert derived.private_bytes_raw() == settings.keys.of("badges")[0]
    other = settings.model_copy(update={"secret_key": (SecretStr("another secret of letters"),)})
    assert badge_key(other).private_bytes_raw() != derived.private_bytes_raw()
    file = tmp_path / "badges.pem"
    file.write_bytes(_pem(OTHER_KEY))
    own = settings.model_copy(update={"badge_key": file})
    assert badge_key(own).private_bytes_raw() == bytes(32)
    file.write_bytes(_pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(Misconfigured, match="no Ed25519 key"):
        badge_key(own)
    file.write_text("nothing")
    with pytest.raises(Misconfigured, match="EMARGE_BADGE_KEY"):
        badge_key(own)
    with pytest.raises(Misconfigured, match="cannot be read"):
        badge_key(settings.model_copy(update={"badge_key": tmp_path / "missing"}))


def test_keys_are_listed_and_withdrawn_by_command(
    house: House, settings: CertificatesSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.certificates.badges.commands.load_settings", lambda *_: settings)
    run = CliRunner().invoke
    kid = listed(BADGE_KEY.public_key()).kid
    assert "did:web:emarge.example" in run(commands, ["badge-keys", "list"]).stdout
    assert run(commands, ["badge-keys", "withdraw", kid]).exit_code == 0
    told = json.loads(run(commands, ["badge-keys", "list", "--json"]).stdout)
    assert [key["kid"] for key in told["keys"] if key["withdrawn_at"]] == [kid]
    assert isinstance(run(commands, ["badge-keys", "withdraw", kid]).exception, NoSuchKey)
    assert house.work() == 0


def _pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
