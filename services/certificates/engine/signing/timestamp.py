"""Timestamps from an authority (RFC 3161), for PAdES B-T."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TimestampAuthority:
    """Where signatures are timestamped."""

    url: str
    seconds: float = 10.0
