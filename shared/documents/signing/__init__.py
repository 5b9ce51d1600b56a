"""PAdES signatures: the organiser's key, its chain, and the optional timestamp."""

from shared.documents.signing.authority import demo_authority
from shared.documents.signing.signer import Signer
from shared.documents.signing.timestamp import TimestampAuthority

__all__ = ["Signer", "TimestampAuthority", "demo_authority"]
