"""The JSON API: public verification, and what organisers' pages and programs fetch."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from services.certificates.desk import AtDesk
from services.certificates.organising.archive import archive, note_archive
from services.certificates.organising.overview import standings
from services.certificates.verification.verifying import Finding, Verdict
from shared.http.documents import zip_archive
from shared.http.feed import Credentials
from shared.http.for_everybody import for_everybody
from shared.http.limits import FromNetwork
from shared.http.organisers import organisers_token
from shared.http.problems import Problem

router = APIRouter(prefix="/api/certificates", tags=["certificates"])


class VerifiedConference(BaseModel):
    slug: str
    title: str
    organiser: str
    venue: str
    city: str
    starts_at: datetime
    ends_at: datetime


class VerifiedSession(BaseModel):
    session: str
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    minutes: int


class Verified(BaseModel):
    """What the certificate says, which is all that is shown, and whether it still counts."""

    valid: bool
    status: str = Field(description="valid, revoked or superseded")
    kind: str = Field(description="day, session (a workshop), speaker or realisation")
    code: str
    holder: str
    organisation: str | None = None
    conference: VerifiedConference
    sessions: list[VerifiedSession]
    minutes: int
    issued_at: datetime
    revoked_at: datetime | None = None
    revoked_reason: str | None = None
    superseded_at: datetime | None = Field(default=None, description="the same as replaced_at")
    replaced: bool | None = Field(
        default=None, description="true when a newer one was issued; never which"
    )
    replaced_at: datetime | None = None


def organisers_only(slug: str, desk: AtDesk, credentials: Credentials) -> None:
    """A token, which registration knows."""
    organisers_token(desk.standing, credentials, slug)


@router.get(
    "/conferences/{slug}.zip",
    dependencies=[Depends(organisers_only)],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
def download_archive(slug: str, desk: AtDesk) -> StreamingResponse:
    """Every certificate of a conference that counts, as one ZIP."""
    note_archive(desk.database, desk.log, slug, "token", "")
    pieces = archive(desk.database, desk.storage, slug)
    return zip_archive(pieces, f"certificates-{slug}.zip")


@router.get("/conferences/{slug}", dependencies=[Depends(organisers_only)])
def list_conference(slug: str, desk: AtDesk) -> dict[str, list[dict[str, Any]]]:
    """Where the certificate of each person stands: to-issue, failed (why), issued, revoked …"""
    with desk.database.read() as connection:
        return {"items": [asdict(standing) for standing in standings(connection, slug)]}


@router.get("/{code}", response_model_exclude_none=True, dependencies=[for_everybody])
def verify(code: str, desk: AtDesk, network: FromNetwork) -> Verified:
    """Whether a certificate with this code exists and still counts."""
    return _answer(desk.verify(code, network))


def add_api(app: FastAPI) -> None:
    app.include_router(router)


def _answer(verdict: Verdict) -> Verified:
    record = verdict.record
    if record is None:
        raise _refusal(verdict.finding)
    attended = record.attended
    return Verified(
        valid=verdict.finding == "valid",
        status=verdict.finding,
        kind=record.variant,
        code=record.code,
        holder=record.holder,
        organisation=attended.person.organisation,
        conference=VerifiedConference.model_validate(attended.conference, from_attributes=True),
        sessions=[
            VerifiedSession.model_validate(session, from_attributes=True)
            for session in attended.sessions
        ],
        minutes=record.minutes,
        issued_at=record.issued_at,
        revoked_at=record.revoked_at,
        revoked_reason=record.revoked_reason,
        superseded_at=verdict.replaced_at,
        replaced=True if verdict.finding == "superseded" else None,
        replaced_at=verdict.replaced_at,
    )


def _refusal(finding: Finding) -> Problem:
    if finding == "erased":
        return Problem(410, "erased", "What this certificate said has been erased")
    if finding == "mistyped":
        return Problem(
            404,
            "mistyped-code",
            "No certificate can have this code",
            "Its last sign does not match the others: it was probably mistyped.",
        )
    return Problem(404, "unknown-certificate", "No certificate has this code")
