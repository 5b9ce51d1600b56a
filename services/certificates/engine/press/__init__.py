"""The press: a child process that lays templates out, limited in time and memory."""

from services.certificates.engine.press.checking import check
from services.certificates.engine.press.press import Press

__all__ = ["Press", "check"]
