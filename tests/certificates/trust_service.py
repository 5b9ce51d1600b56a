"""A provider of remote signatures over real HTTP: the Cloud Signature Consortium's API, v1 or v2.

It holds a key, lets a client in, and wants a PIN for each digest.
"""

import json
import secrets
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509 import Certificate

Answer = tuple[int, dict[str, Any]]
CREDENTIAL, CLIENT, SECRET, PIN = "SEAL-1", "emarge", "client secret", "1234"
SHA256 = "2.16.840.1.101.3.4.2.1"


@dataclass
class TrustService:
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    chain: list[Certificate]
    version: Literal["v1", "v2"] = "v2"
    mode: str = "explicit"
    ways: list[str] = field(default_factory=lambda: ["oauth2client"])
    address: str = ""
    asked: list[str] = field(default_factory=list)
    access: set[str] = field(default_factory=set)
    # What each authorisation is for.
    authorised: dict[str, list[str]] = field(default_factory=dict)
    fails: Answer | None = None

    @property
    def uri(self) -> str:
        return f"csc+{self.address}/csc/{self.version}?credential={CREDENTIAL}"

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        method = path.removeprefix(f"/csc/{self.version}/")
        self.asked.append(method)
        if method == "info":
            return 200, {"specs": "2.0.0.2", "authType": self.ways, "methods": []}
        if method == "oauth2/token":
            given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            return self._let_in(given.get("client_id", ""), given.get("client_secret", ""))
        if method == "auth/login":
            user, _, secret = b64decode(headers["Authorization"].split()[1]).decode().partition(":")
            return self._let_in(user, secret)
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.access:
            return 401, {"error": "invalid_token"}
        if self.fails is not None and method == "signatures/signHash":
            return self.fails
        asked = json.loads(body)
        if asked["credentialID"] != CREDENTIAL:
            return 400, {"error": "invalid_request", "error_description": "no such credential"}
        return {
            "credentials/info": self._about,
            "credentials/authorize": self._authorise,
            "signatures/signHash": self._sign,
        }[method](asked)

    def _let_in(self, client: str, secret: str) -> Answer:
        if (client, secret) != (CLIENT, SECRET):
            return 400, {"error": "invalid_client", "error_description": "unknown client"}
        token = secrets.token_hex()
        self.access.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def _about(self, asked: dict[str, Any]) -> Answer:
        assert asked["certificates"] == "chain"
        der = serialization.Encoding.DER
        is_rsa = isinstance(self.key, rsa.RSAPrivateKey)
        mode = {"authMode": self.mode} if self.version == "v1" else {"auth": {"mode": self.mode}}
        return 200, {
            "key": {
                "status": "enabled",
                "algo": ["1.2.840.113549.1.1.11" if is_rsa else "1.2.840.10045.4.3.2"],
                "len": self.key.key_size,
            },
            "cert": {
                "certificates": [b64encode(each.public_bytes(der)).decode() for each in self.chain]
            },
            **mode,
        }

    def _authorise(self, asked: dict[str, Any]) -> Answer:
        if self.version == "v1":
            pin, digests = asked["PIN"], asked["hash"]
        else:
            (pin,) = [each["value"] for each in asked["authData"] if each["id"] == "PIN"]
            digests = asked["hashes"]
        if pin != PIN:
            return 400, {"error": "invalid_pin", "error_description": "the PIN is wrong"}
        assert asked["numSignatures"] == len(digests)
        sad = secrets.token_hex()
        self.authorised[sad] = digests
        return 200, {"SAD": sad, "expiresIn": 300}

    def _sign(self, asked: dict[str, Any]) -> Answer:
        first = self.version == "v1"
        digests = asked["hash" if first else "hashes"]
        assert asked["hashAlgo" if first else "hashAlgorithmOID"] == SHA256
        if self.mode == "explicit" and self.authorised.pop(asked.get("SAD", ""), None) != digests:
            return 400, {"error": "invalid_sad", "error_description": "not authorised"}
        signatures = [self._signed(b64decode(each)) for each in digests]
        return 200, {"signatures": [b64encode(each).decode() for each in signatures]}

    def _signed(self, digest: bytes) -> bytes:
        algorithm = Prehashed(hashes.SHA256())
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(digest, padding.PKCS1v15(), algorithm)
        return self.key.sign(digest, ec.ECDSA(algorithm))


@contextmanager
def offered(service: TrustService) -> Iterator[TrustService]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = service.answer(self.path, dict(self.headers), body)
            written = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
