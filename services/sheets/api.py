"""`/api/sheets/{code}`: what anybody may know of a sealed sheet, for programs."""

from datetime import datetime

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field

from services.sheets.pages.at_desk import AtDesk
from services.sheets.sealing.verification import Finding, Verdict
from shared.http.limits import FromNetwork
from shared.http.problems import Problem

router = APIRouter(prefix="/api/sheets", tags=["sheets"])


class EntryFault(BaseModel):
    number: int
    what: str = Field(
        description="altered, removed, inserted, reordered; or seal: what is kept "
        "beside the chain is not what it says"
    )


class VerifiedSheet(BaseModel):
    """Whether the sheet still counts, and what is sealed of it; never who is on it."""

    valid: bool
    status: Finding = Field(description="valid, replaced, broken or gone")
    code: str
    seal: int
    sealed_at: datetime
    entries: int
    head: str = Field(description="hash of the last entry")
    digest: str = Field(description="SHA-256 of the PDF, in hexadecimal; empty until it is made")
    listed: int = Field(description="how many people it has")
    signed: int
    conference: str | None = Field(default=None, description="slug")
    title: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    replaced_at: datetime | None = None
    faults: list[EntryFault] = []


@router.get("/{code}", response_model_exclude_none=True)
def verify_sheet(code: str, desk: AtDesk, network: FromNetwork) -> VerifiedSheet:
    """Whether a sheet was sealed with this code, and still counts."""
    return _answer(desk.verify(code, network))


def add_api(app: FastAPI) -> None:
    app.include_router(router)


def _answer(verdict: Verdict) -> VerifiedSheet:
    seal, sheet, heading = verdict.seal, verdict.sheet, verdict.heading
    if seal is None:
        if verdict.finding == "mistyped":
            raise Problem(404, "not-a-code", "This cannot be a code: a sign is missing or mistyped")
        raise Problem(404, "unknown-code", "No sheet was sealed with this code")
    return VerifiedSheet(
        valid=verdict.finding == "valid",
        status=verdict.finding,
        code=seal.code,
        seal=seal.number,
        sealed_at=seal.sealed_at,
        entries=seal.entries,
        head=seal.head,
        digest=seal.digest,
        listed=seal.listed,
        signed=seal.signed,
        conference=sheet.conference if sheet else None,
        title=heading.title if heading else None,
        starts_at=heading.starts_at if heading else None,
        ends_at=heading.ends_at if heading else None,
        replaced_at=seal.replaced_at,
        faults=[EntryFault(number=each.number, what=each.what) for each in verdict.faults],
    )
