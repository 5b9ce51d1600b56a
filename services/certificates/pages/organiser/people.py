"""`/organiser/{conference}/certificates`: where each person's stands, what can be done there."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from services.certificates.base import pauses, records
from services.certificates.base.records import NoSuchCertificate
from services.certificates.base.unprinted import count_unprinted, unprinted
from services.certificates.desk import AtDesk
from services.certificates.issuing import asking, pausing, reissuing
from services.certificates.issuing.choices import Choice, choice_of
from services.certificates.issuing.reissuing import NotReissuable
from services.certificates.organising import people_table
from services.certificates.organising.archive import archive, note_archive
from services.certificates.organising.people_table import Status, Variant, Wanted
from services.certificates.organising.retrying import try_failed_again
from services.certificates.organising.revoking import NotRevocable, Revoker, revoke
from services.certificates.pages.download import file_of
from services.certificates.pages.organiser.here import At, Form, of_this_conference
from services.certificates.preservation.standing import holds_until as of_document
from services.certificates.preservation.standing import troubles
from services.certificates.resources import open_log
from shared.http.documents import zip_archive
from shared.pages.visit import OnSite, typed

router = APIRouter(prefix="/organiser/{slug}/certificates")

_BESIDE = {"day": "realisation", "realisation": "day"}  # each is revoked by itself


@router.get("")
def show_people(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    at: At,
    q: Annotated[str, Query(max_length=100)] = "",
    status: Status = "valid",
    variant: Variant = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    done: Annotated[str, Query(max_length=20)] = "",
    watch: bool = False,
) -> Response:
    wanted = Wanted(q.strip(), status, variant, page)
    with desk.database.read() as connection:
        table = people_table.read_table(connection, at.slug, wanted)
        return site.page(
            request,
            "organiser/people.html",
            **at.words,
            wanted=wanted,
            table=table,
            unprinted=unprinted(connection, [row.sha256 or "" for row in table.rows]),
            incomplete=count_unprinted(connection, at.slug),
            counts=people_table.counts(connection, at.slug),
            failures=people_table.failures(connection, at.slug),
            unpreserved=troubles(connection, at.slug),
            choice=choice_of(connection, at.slug),
            all_paused_since=pauses.paused_since(connection),
            paused_since=pauses.conference_paused_since(connection, at.slug),
            done=done,
            watch=watch,
        )


@router.get("/all.zip")
def download_all(desk: AtDesk, at: At) -> StreamingResponse:
    """Every certificate that counts, as one ZIP, written while it is sent."""
    note_archive(desk.database, desk.log, at.slug, "organiser", at.who.name)
    pieces = archive(desk.database, desk.storage, at.slug)
    return zip_archive(pieces, f"certificates-{at.slug}.zip")


@router.get("/of/{code}.pdf")
def open_one(code: str, request: Request, site: OnSite, desk: AtDesk, at: At) -> Response:
    """The document that counts, for whoever may see its page: also what is kept as evidence of
    somebody who was erased, which no holder's link opens."""
    with desk.database.read() as connection:
        record = records.by_code(connection, code)
    if record is None or not of_this_conference(record, at) or record.state != "valid":
        return site.error(request, 404)
    return file_of(desk, record)


@router.get("/of/{code}")
def show_one(
    code: str, request: Request, site: OnSite, desk: AtDesk, at: At, done: str = ""
) -> Response:
    return _one(code, request, site, desk, at, done=done)


@router.post("/of/{code}/revoke")
def revoke_one(
    code: str, request: Request, site: OnSite, desk: AtDesk, at: At, form: Form
) -> Response:
    reason = " ".join(typed(form, "reason").split())
    if not reason:
        return _one(code, request, site, desk, at, complaint="no-reason", status=422)
    by = Revoker("organiser", at.who.name)
    try:
        revoke(desk.database, open_log(desk.settings), code, reason[:500], by, at.slug)
    except NoSuchCertificate:
        return site.error(request, 404)
    except NotRevocable:
        return _back(at.address, f"/of/{code}", "late")
    return _back(at.address, f"/of/{code}", "revoked")


@router.post("/of/{code}/reissue")
def reissue_one(code: str, request: Request, site: OnSite, desk: AtDesk, at: At) -> Response:
    try:
        asked = reissuing.ask_for_one(desk.database, code, at.slug)
    except NoSuchCertificate:
        return site.error(request, 404)
    except NotReissuable:
        return _back(at.address, f"/of/{code}", "late")
    return _back(at.address, "" if asked.code != code else f"/of/{code}", "reissued")


@router.post("/again")
def try_again(desk: AtDesk, at: At) -> Response:
    """What failed is tried again from the first try."""
    try_failed_again(desk.database, at.slug)
    return _back(at.address, "", "again")


@router.post("/anew")
def make_all_anew(desk: AtDesk, at: At) -> Response:
    """All that count, with today's design and key."""
    asking.reissue_all(desk.database, at.slug)
    return _back(at.address, "", "anew")


@router.post("/choices")
def choose(desk: AtDesk, at: At, form: Form) -> Response:
    choice = Choice(workshops="workshops" in form, speakers="speakers" in form)
    asking.choose_and_ask(desk.database, at.slug, choice)
    return _back(at.address, "", "chosen")


@router.post("/pause")
def pause(desk: AtDesk, at: At) -> Response:
    pausing.pause_conference(desk.database, at.slug)
    return _back(at.address, "", "paused")


@router.post("/resume")
def resume(desk: AtDesk, at: At) -> Response:
    pausing.resume_conference(desk.database, at.slug)
    return _back(at.address, "", "resumed")


def _one(
    code: str,
    request: Request,
    site: OnSite,
    desk: AtDesk,
    at: At,
    *,
    done: str = "",
    complaint: str = "",
    status: int = 200,
) -> Response:
    with desk.database.read() as connection:
        record = records.by_code(connection, code)
        if record is None or not of_this_conference(record, at):
            return site.error(request, 404)
        holds_until = of_document(connection, record)
        others = [
            other
            for other in records.of_registration(connection, record.registration_id)
            if other.id != record.id and other.sha256 is not None
        ]
        beside = _BESIDE.get(record.variant)
        lacking = unprinted(connection, [record.sha256 or ""]).get(record.sha256 or "", "")
    return site.page(
        request,
        "organiser/one.html",
        status=status,
        **at.words,
        record=record,
        others=others,
        beside=any(other.variant == beside and other.state == "valid" for other in others),
        holds_until=holds_until,
        lacking=lacking,
        links=desk.links,
        done=done,
        complaint=complaint,
    )


def _back(address: str, page: str, done: str) -> Response:
    return RedirectResponse(f"{address}{page}?done={done}", 303)
