"""Keys that are elsewhere, in a device or behind a service, as the interface of `cryptography`.

So whoever signs documents knows nothing of where the key is. They sign with SHA-256 and
nothing else, and give nothing of themselves away.
"""

from collections.abc import Callable
from typing import Any, NoReturn, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from shared.documents.errors import SignerAway, SignerUnusable

# Of a message: PKCS #1 v1.5, or ECDSA in DER; both over its SHA-256.
Sign = Callable[[bytes], bytes]
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def foreign_key(public: object, sign: Sign) -> PrivateKey:
    """The private key of a public one. What `sign` gives is verified before anybody has it."""
    if isinstance(public, rsa.RSAPublicKey):
        return ForeignRsaKey(public, sign)
    if isinstance(public, ec.EllipticCurvePublicKey):
        return ForeignEcKey(public, sign)
    raise SignerUnusable("the key is neither ECDSA nor RSA")


def as_der(signature: bytes) -> bytes:
    """ECDSA's two numbers, which devices give side by side, as signatures carry them."""
    half = len(signature) // 2
    return encode_dss_signature(
        int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    )


class _Elsewhere:
    """What no key that is elsewhere does."""

    def private_numbers(self) -> NoReturn:
        raise NotImplementedError("the key is elsewhere")

    def private_bytes(self, *_arguments: Any, **_named: Any) -> NoReturn:
        raise NotImplementedError("the key is elsewhere")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> Self:
        return self


class ForeignRsaKey(_Elsewhere, rsa.RSAPrivateKey):
    def __init__(self, public: rsa.RSAPublicKey, sign: Sign) -> None:
        self._public = public
        self._sign = sign

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        if not _is_sha256(algorithm) or not _is_pkcs1(padding):
            raise NotImplementedError("only PKCS #1 v1.5 over SHA-256")
        return _verified(self._public, bytes(data), self._sign(bytes(data)))

    def decrypt(self, ciphertext: bytes, padding: Any) -> NoReturn:
        raise NotImplementedError("this key signs")


class ForeignEcKey(_Elsewhere, ec.EllipticCurvePrivateKey):
    def __init__(self, public: ec.EllipticCurvePublicKey, sign: Sign) -> None:
        self._public = public
        self._sign = sign

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:
        if not _is_sha256(signature_algorithm.algorithm):
            raise NotImplementedError("only ECDSA over SHA-256")
        return _verified(self._public, bytes(data), self._sign(bytes(data)))

    def exchange(self, algorithm: Any, peer_public_key: Any) -> NoReturn:
        raise NotImplementedError("this key signs")


def _is_sha256(algorithm: object) -> bool:
    return isinstance(algorithm, hashes.SHA256)


def _is_pkcs1(scheme: object) -> bool:
    return isinstance(scheme, padding.PKCS1v15)


def _verified(public: PublicKey, message: bytes, signature: bytes) -> bytes:
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise SignerAway("the signature that came back is not of the certificate's key") from None
    return signature
