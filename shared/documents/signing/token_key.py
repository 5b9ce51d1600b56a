"""A key in a device: a smart card, a USB token or an HSM, by PKCS#11.

Which one is said by a URI of RFC 7512, without the PIN, which is a setting of its own:

    pkcs11:token=Emarge;object=seal?module-path=/usr/lib/softhsm/libsofthsm2.so
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.documents.errors import SignerAway, SignerUnusable
from shared.documents.signing.foreign_keys import PrivateKey, as_der, foreign_key

SCHEME = "pkcs11:"
KNOWN = {"token", "serial", "object", "id", "type", "module-path"}


@dataclass(frozen=True)
class TokenUri:
    module: str
    token: str | None
    serial: str | None
    label: str | None
    identity: bytes | None


def parse_uri(uri: str) -> TokenUri:
    """Raises SignerUnusable."""
    path, _, query = uri.removeprefix(SCHEME).partition("?")
    given = dict(
        part.split("=", 1) for part in [*path.split(";"), *query.split("&")] if "=" in part
    )
    if unknown := given.keys() - KNOWN:
        hint = ": the PIN is EMARGE_SIGNING_PASSWORD" if "pin-value" in unknown else ""
        raise SignerUnusable(f"the PKCS#11 URI has {', '.join(sorted(unknown))}{hint}")
    if "module-path" not in given:
        raise SignerUnusable("the PKCS#11 URI wants ?module-path=, the device's library")
    if not given.keys() & {"object", "id"}:
        raise SignerUnusable("the PKCS#11 URI wants object=, the label of the key, or id=")
    return TokenUri(
        module=unquote(given["module-path"]),
        token=unquote(given["token"]) if "token" in given else None,
        serial=unquote(given["serial"]) if "serial" in given else None,
        label=unquote(given["object"]) if "object" in given else None,
        identity=unquote_to_bytes(given["id"]) if "id" in given else None,
    )


def open_token_key(
    uri: str, pin: str | None, brought: Sequence[x509.Certificate] = ()
) -> tuple[PrivateKey, x509.Certificate, Sequence[x509.Certificate]]:
    """The key, its certificate and the rest of the chain: of the token, or brought along.

    Raises SignerUnusable, SignerAway.
    """
    device = _Device(parse_uri(uri), pin)
    device.key()  # what is wrong with it is said now
    certificate, *chain = brought or device.certificates()
    is_rsa = isinstance(certificate.public_key(), rsa.RSAPublicKey)

    def sign(message: bytes) -> bytes:
        return device.sign_rsa(message) if is_rsa else as_der(device.sign_ecdsa(message))

    return foreign_key(certificate.public_key(), sign), certificate, chain


class _Device:
    """A session with a token, opened again once when the device has lost it."""

    def __init__(self, uri: TokenUri, pin: str | None) -> None:
        try:
            # Only who has a device needs this library (the extra "pkcs11").
            import pkcs11
        except ImportError:
            raise SignerUnusable(
                "pkcs11: needs the library python-pkcs11 (certificates[pkcs11])"
            ) from None
        self._pkcs11: Any = pkcs11
        self._uri = uri
        self._pin = pin
        self._session: Any = None
        self._key: Any = None

    def sign_rsa(self, message: bytes) -> bytes:
        return self._signed(message, self._pkcs11.Mechanism.SHA256_RSA_PKCS)

    def sign_ecdsa(self, message: bytes) -> bytes:
        return self._signed(hashlib.sha256(message).digest(), self._pkcs11.Mechanism.ECDSA)

    def key(self) -> Any:
        if self._key is None:
            pkcs11 = self._pkcs11
            try:
                self._session = self._opened()
                self._key = self._session.get_key(
                    object_class=pkcs11.ObjectClass.PRIVATE_KEY,
                    label=self._uri.label,
                    id=self._uri.identity,
                )
            except pkcs11.NoSuchKey:
                raise SignerUnusable(f"the token has no private key {self._said()}") from None
            except pkcs11.MultipleObjectsReturned:
                raise SignerUnusable(
                    f"the token has several keys {self._said()}: add id="
                ) from None
            except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.ArgumentsBad):
                raise SignerUnusable("the token refuses the PIN") from None
            except pkcs11.PinLocked:
                raise SignerUnusable("the token has locked its PIN") from None
            except (pkcs11.PKCS11Error, RuntimeError) as error:
                raise SignerAway(f"the token: {_words(error)}") from None
        return self._key

    def certificates(self) -> list[x509.Certificate]:
        """The key's own first, then those that its chain is made of."""
        attribute, kinds = self._pkcs11.Attribute, self._pkcs11.ObjectClass
        key = self.key()
        found = [
            (each[attribute.ID], x509.load_der_x509_certificate(bytes(each[attribute.VALUE])))
            for each in self._session.get_objects({attribute.CLASS: kinds.CERTIFICATE})
        ]
        own = [certificate for identity, certificate in found if identity == key[attribute.ID]]
        if not own:
            raise SignerUnusable(
                "the token has no certificate with the key's id: set EMARGE_SIGNING_CERTIFICATE"
            )
        return [own[0], *_chain(own[0], [certificate for _, certificate in found])]

    def _signed(self, message: bytes, mechanism: Any) -> bytes:
        try:
            return bytes(self.key().sign(message, mechanism=mechanism))
        except self._pkcs11.PKCS11Error:
            self._key = None  # unplugged, or started anew: once more, from the beginning
        try:
            return bytes(self.key().sign(message, mechanism=mechanism))
        except self._pkcs11.PKCS11Error as error:
            self._key = None
            raise SignerAway(f"the token: {_words(error)}") from None

    def _opened(self) -> Any:
        token = self._token()
        try:
            return token.open(user_pin=self._pin)
        except self._pkcs11.UserAlreadyLoggedIn:  # by this process, in another session
            return token.open()

    def _token(self) -> Any:
        pkcs11 = self._pkcs11
        try:
            library = pkcs11.lib(self._uri.module)
            serial = self._uri.serial.encode() if self._uri.serial else None
            tokens = list(library.get_tokens(token_label=self._uri.token, token_serial=serial))
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise SignerUnusable(f"{self._uri.module}: {_words(error)}") from None
        if len(tokens) != 1:
            raise SignerUnusable(
                f"{self._uri.module} has {len(tokens)} tokens that are called so: one is wanted"
            )
        return tokens[0]

    def _said(self) -> str:
        if self._uri.label is not None:
            return f"with the label {self._uri.label}"
        return f"with the id {(self._uri.identity or b'').hex()}"


def _chain(
    certificate: x509.Certificate, others: Sequence[x509.Certificate]
) -> Iterator[x509.Certificate]:
    while certificate.issuer != certificate.subject:
        issuers = [each for each in others if each.subject == certificate.issuer]
        if not issuers:
            return
        certificate = issuers[0]
        yield certificate


def _words(error: Exception) -> str:
    """What PKCS#11 says is mostly in the name of the error."""
    return f"{type(error).__name__} {error}".strip()
