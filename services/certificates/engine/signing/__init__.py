"""PAdES signatures: the organiser's key, its chain, and the optional timestamp."""

from services.certificates.engine.signing.authority import demo_authority
from services.certificates.engine.signing.signer import Signer
from services.certificates.engine.signing.timestamp import TimestampAuthority

__all__ = ["Signer", "TimestampAuthority", "demo_authority"]
