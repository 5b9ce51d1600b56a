"""What can go wrong on the way to a signed document.

DocumentError
├── SignerUnusable   key, certificate or password is wrong, or the certificate has expired
├── SignerAway       the device or service that holds the key gave no signature
└── TimestampFailed  the timestamp authority gave no usable answer
"""

from shared.base.errors import EmargeError


class DocumentError(EmargeError):
    """Root of what goes wrong. No document was produced."""


class SignerUnusable(DocumentError):
    """The signing key cannot be used; the message says what is wrong with it."""


class SignerAway(DocumentError):
    """The device or service that holds the key could not be reached, or gave no signature."""


class TimestampFailed(DocumentError):
    """The timestamp authority could not be reached, or its answer is not for this signature."""
