"""What sheets says: who was where, as signed, and which sheets are sealed. Never a name, never a
picture."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.events.envelope import Payload

SignedOn = Literal["phone", "tablet", "paper", "host"]


class AttendanceSigned(Payload):
    """Somebody signed that they were there; or when they came or left was marked since; or the
    signature was struck (`withdrawn`), and is evidence no more."""

    type: ClassVar[str] = "attendance.signed"
    registration_id: str
    conference: str = Field(description="slug")
    sheet: str = Field(description="id of the sheet: one for each session or half-day")
    entry: int = Field(
        description="of the sheet; grows: what came of a later entry holds instead of what came of "
        "an earlier one"
    )
    sessions: tuple[str, ...] = Field(description="ids of the sessions that the signature is for")
    starts_at: AwareDatetime = Field(description="from when on they were there")
    ends_at: AwareDatetime = Field(description="until when they were there")
    signed_at: AwareDatetime
    source: SignedOn = Field(description="what was signed on")
    withdrawn: bool = Field(default=False, description="it was struck, and is no evidence")


class SheetSealed(Payload):
    """A sheet was sealed: first, or again after a correction."""

    type: ClassVar[str] = "sheet.sealed"
    conference: str = Field(description="slug")
    sheet: str = Field(description="its id")
    sessions: tuple[str, ...] = Field(description="ids of its sessions")
    title: str
    code: str = Field(description="by which anybody verifies it")
    seal: int = Field(description="1 for the first, one more after each correction")
    entries: int = Field(description="how many the sealed chain has")
    sealed_at: AwareDatetime
    signed: int = Field(description="how many signed")
    expected: int = Field(description="how many were to sign")
