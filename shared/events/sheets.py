"""What sheets says: who signed that they were there, and which sheet is sealed."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.events.envelope import Payload


class AttendanceSigned(Payload):
    """Somebody signed that they were at these sessions, or what their signature proves was
    corrected: the whole of what this sheet says of them now. With the source `organiser` nobody
    signed: an organiser writes down that they were there, which is no signature where one is asked
    for."""

    type: ClassVar[str] = "attendance.signed"
    by_any: ClassVar[bool] = True
    registration_id: str
    conference: str = Field(description="slug")
    sheet: str = Field(description="its id, among all that gather evidence")
    entry: int = Field(description="grows with each thing the sheet says; a lower one is older")
    sessions: tuple[str, ...] = Field(description="ids within the conference")
    starts_at: AwareDatetime = Field(description="since when they were there")
    ends_at: AwareDatetime = Field(description="until when")
    signed_at: AwareDatetime
    source: Literal["phone", "tablet", "paper", "host", "organiser"]
    withdrawn: bool = Field(default=False, description="it proves nothing any more")


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
