"""Sealed sheets as people see them: anybody checks one, holders fetch it, the organiser seals."""

from services.sheets.verification.application import add_sealed

__all__ = ["add_sealed"]
