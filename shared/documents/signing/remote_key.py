"""A key at a provider of trust services, by the API of the Cloud Signature Consortium, v1 and v2.

Which one is said by an address of the service's version and the name of the credential:

    csc+https://provider.example/csc/v2?credential=SEAL-1

Only the digest of a document leaves, and only a seal that asks nobody works: what a person confirms
on their telephone each time is not made for a thousand certificates.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.base.clock import monotonic
from shared.documents.errors import SignerAway, SignerUnusable
from shared.documents.signing.foreign_keys import PrivateKey, foreign_key

SCHEME = "csc+"
PATIENCE = 15.0  # seconds
EARLY = 30.0  # seconds before its end a token of access is renewed
SHA256 = "2.16.840.1.101.3.4.2.1"
RSA, SHA256_WITH_RSA = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"
ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2"
SIGNS_BY_ITSELF = ("implicit", "explicit")


def open_remote_key(
    address: str, client: str, secret: str, pin: str | None
) -> tuple[PrivateKey, x509.Certificate, Sequence[x509.Certificate]]:
    """The key, its certificate and chain. Raises SignerUnusable, SignerAway."""
    base, credential = parse_address(address)
    service = _Service(base, client, secret)
    found = service.call(
        "credentials/info",
        {"credentialID": credential, "certificates": "chain", "certInfo": False, "authInfo": True},
    )
    certificate, *chain = _certificates(found)
    mode = found.get("authMode") or found.get("auth", {}).get("mode") or "implicit"
    if mode not in SIGNS_BY_ITSELF:
        raise SignerUnusable(
            f"the credential {credential} wants {mode}, somebody's consent to each signature: a "
            "seal for certificates wants an authorisation that is implicit, or explicit by a PIN"
        )
    public = certificate.public_key()
    algorithm = _algorithm(public, found.get("key", {}).get("algo", []))
    remote = _Credential(service, credential, mode, pin, algorithm)
    return foreign_key(public, remote.sign), certificate, chain


def parse_address(address: str) -> tuple[str, str]:
    """The service's base and the credential. Raises SignerUnusable."""
    parts = urlsplit(address.removeprefix(SCHEME))
    credential = parse_qs(parts.query).get("credential", [""])[0]
    if parts.scheme not in ("https", "http") or not parts.hostname or not credential:
        raise SignerUnusable("it wants csc+https://HOST/csc/v2?credential=NAME")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise SignerUnusable("a remote signing service is asked by https only")
    if parts.username or parts.password:
        raise SignerUnusable("secrets go into EMARGE_CSC_CLIENT and EMARGE_CSC_SECRET")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", credential


class _Service:
    """The API, with a token of access that is renewed before its end."""

    def __init__(self, base: str, client: str, secret: str) -> None:
        self.base = base
        self.is_first_version = base.endswith("/v1")
        self._client, self._secret = client, secret
        self._http = httpx.Client(timeout=PATIENCE)
        self._access: tuple[str, float] | None = None

    def call(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What it answers. Raises SignerUnusable for what asking again cannot help, SignerAway."""
        for attempt in (1, 2):
            headers = {"Authorization": f"Bearer {self._access_token()}"}
            response = self._post(f"{self.base}/{method}", json=dict(body), headers=headers)
            if response.status_code != httpx.codes.UNAUTHORIZED or attempt > 1:
                break
            self._access = None  # ended early: once more with a new one
        return _answered(method, response)

    def _access_token(self) -> str:
        if self._access is None or monotonic() > self._access[1]:
            answer = self._signed_in()
            seconds = float(answer.get("expires_in", 3600)) - EARLY
            self._access = str(answer["access_token"]), monotonic() + seconds
        return self._access[0]

    def _signed_in(self) -> dict[str, Any]:
        about = _answered("info", self._post(f"{self.base}/info", json={}))
        ways = about.get("authType", [])
        if "oauth2client" in ways or not ways:
            place = str(about.get("oauth2") or self.base).rstrip("/")
            asked = {
                "grant_type": "client_credentials",
                "client_id": self._client,
                "client_secret": self._secret,
                "scope": "service",
            }
            return _answered("oauth2/token", self._post(f"{place}/oauth2/token", data=asked))
        if "basic" in ways:
            response = self._post(
                f"{self.base}/auth/login", json={}, auth=(self._client, self._secret)
            )
            return _answered("auth/login", response)
        raise SignerUnusable(f"the service lets in by {', '.join(ways)}, not by a client's secret")

    def _post(self, url: str, **asked: Any) -> httpx.Response:
        try:
            return self._http.post(url, **asked)
        except httpx.HTTPError as error:
            raise SignerAway(f"{urlsplit(url).netloc}: {type(error).__name__} {error}") from None


class _Credential:
    def __init__(
        self, service: _Service, name: str, mode: str, pin: str | None, algorithm: str
    ) -> None:
        self._service = service
        self._name = name
        self._mode = mode
        self._pin = pin
        self._algorithm = algorithm

    def sign(self, message: bytes) -> bytes:
        digest = b64encode(hashlib.sha256(message).digest()).decode()
        asked: dict[str, Any] = {
            "credentialID": self._name,
            "signAlgo": self._algorithm,
            **self._digests(digest),
        }
        if self._mode == "explicit":
            asked["SAD"] = self._authorised(digest)
        signatures = self._service.call("signatures/signHash", asked).get("signatures", [])
        if len(signatures) != 1:
            raise SignerAway(
                f"{self._service.base} gave {len(signatures)} signatures for one digest"
            )
        return b64decode(signatures[0])

    def _authorised(self, digest: str) -> str:
        """Signature activation data, for this digest alone."""
        pin = self._pin or ""
        is_first = self._service.is_first_version
        given = {"PIN": pin} if is_first else {"authData": [{"id": "PIN", "value": pin}]}
        hashes = {"hash": [digest]} if is_first else self._digests(digest)
        asked = {"credentialID": self._name, "numSignatures": 1, **hashes, **given}
        answer = self._service.call("credentials/authorize", asked)
        if "SAD" not in answer:
            raise SignerAway(f"{self._service.base} gave no authorisation")
        return str(answer["SAD"])

    def _digests(self, digest: str) -> dict[str, Any]:
        if self._service.is_first_version:
            return {"hash": [digest], "hashAlgo": SHA256}
        return {"hashes": [digest], "hashAlgorithmOID": SHA256}


def _answered(method: str, response: httpx.Response) -> dict[str, Any]:
    host = response.url.netloc.decode()
    try:
        answer = response.json()
    except ValueError:
        answer = {}
    if response.is_success and isinstance(answer, dict):
        return answer
    said = (
        answer.get("error_description") or answer.get("error") if isinstance(answer, dict) else ""
    )
    words = f"{host} {method}: {response.status_code} {said or ''}".strip()
    # 4xx is ours to mend (a name, a secret, a PIN), but for those that say "not now".
    for_now = response.status_code in (408, 425, 429) or not response.is_client_error
    raise (SignerAway if for_now else SignerUnusable)(words)


def _certificates(found: Mapping[str, Any]) -> list[x509.Certificate]:
    given = found.get("cert", {}).get("certificates", [])
    if not given:
        raise SignerUnusable("the service gives no certificate of this credential")
    return [x509.load_der_x509_certificate(b64decode(each)) for each in given]


def _algorithm(public: object, offered: Sequence[str]) -> str:
    if isinstance(public, rsa.RSAPublicKey):
        return SHA256_WITH_RSA if SHA256_WITH_RSA in offered else RSA
    return ECDSA_WITH_SHA256
