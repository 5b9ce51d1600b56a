"""`…/certificates/designs`: the organiser's own design; its versions, a draft, how it looks.

Every handler here is plain, not async: laying out takes seconds, and waits in a thread of its own.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from services.certificates.designs.files import KINDS, Fault, fault_of, file_name
from services.certificates.designs.pictures import first_page
from services.certificates.designs.publication import newest, published
from services.certificates.desk import AtDesk, Desk
from services.certificates.pages.download import FILE_HEADERS
from services.certificates.pages.organiser.here import At, Form
from shared.http.numbers import RowNumber, row_number
from shared.pages import Site
from shared.pages.visit import Here, OnSite, typed

if TYPE_CHECKING:
    from services.certificates.designs.drafting import Draft

router = APIRouter(prefix="/organiser/{slug}/certificates/designs")


@router.get("")
def show_versions(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    at: At,
    number: Annotated[RowNumber | None, Query(alias="published")] = None,
) -> Response:
    with desk.database.read() as connection:
        versions = published(connection, at.slug)
        in_force = newest(connection, at.slug)
    return site.page(
        request,
        "organiser/designs.html",
        **at.words,
        versions=versions[::-1],
        in_force=in_force,
        just_published=next((each for each in versions if each.number == number), None),
        draft=desk.drafting.draft(at.slug),
    )


@router.get("/draft")
def show_draft(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    at: At,
    version: Annotated[RowNumber | None, Query(alias="from")] = None,
    saved: str = "",
    whose: Annotated[str, Query(max_length=60)] = "day:fr",
) -> Response:
    _known_version(desk, at, version)
    draft = desk.drafting.draft(at.slug, version)
    return _editor(request, site, desk, at, draft, version=version, saved=saved, whose=whose)


@router.post("/draft")
def work_on_draft(request: Request, site: OnSite, desk: AtDesk, at: At, form: Form) -> Response:
    from services.certificates.designs.drafting import Busy, Overwritten, with_changes
    from services.certificates.engine import TemplateRefused

    version = row_number(typed(form, "from"))
    _known_version(desk, at, version)
    known = desk.drafting.draft(at.slug, version)
    added, faults = _uploads(form)
    changed = with_changes(
        known.template,
        typed(form, "html"),
        typed(form, "css"),
        [str(name) for name in form.getlist("remove")],
        added,
    )
    draft = type(known)(changed, row_number(typed(form, "revision")) or 0)
    whose = typed(form, "whose")[:60]
    shown: dict[str, Any] = {"version": version, "whose": whose}
    if faults:
        return _editor(request, site, desk, at, draft, status=422, faults=faults, **shown)
    try:
        draft = desk.drafting.save(at.slug, draft, at.who.name)
    except Overwritten:
        newer = type(draft)(changed, known.revision)
        return _editor(request, site, desk, at, newer, status=409, saved="overwritten", **shown)
    shown["version"] = None
    try:
        if typed(form, "do") == "publish":
            number, _ = desk.drafting.publish(at.slug, draft, at.who.name)
            return RedirectResponse(f"{at.address}/designs?published={number}", 303)
        if typed(form, "do") == "preview":
            problems = desk.drafting.preview(at.slug, draft, whose)
            if not problems:
                return RedirectResponse(
                    f"{at.address}/designs/draft?saved=preview&whose={whose}#preview", 303
                )
            return _editor(request, site, desk, at, draft, status=422, problems=problems, **shown)
    except TemplateRefused as error:
        return _editor(request, site, desk, at, draft, status=422, problems=error.problems, **shown)
    except Busy:
        return _editor(request, site, desk, at, draft, status=503, saved="busy", **shown)
    return RedirectResponse(f"{at.address}/designs/draft?saved=draft&whose={whose}", 303)


@router.post("/{number}/again")
def publish_again(number: RowNumber, desk: AtDesk, at: At) -> Response:
    _known_version(desk, at, number)
    made, _ = desk.drafting.publish_again(at.slug, number, at.who.name)
    return RedirectResponse(f"{at.address}/designs?published={made}", 303)


@router.get("/draft/preview.pdf")
def show_pdf(desk: AtDesk, at: At) -> Response:
    headers = {**FILE_HEADERS, "Content-Disposition": 'inline; filename="preview.pdf"'}
    return Response(_preview(desk, at), media_type="application/pdf", headers=headers)


@router.get("/draft/preview.png")
def show_picture(desk: AtDesk, at: At) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(first_page(_preview(desk, at)), media_type="image/png", headers=headers)


def _editor(
    request: Request,
    site: Site,
    desk: Desk,
    at: Here,
    draft: "Draft",
    *,
    version: int | None,
    status: int = 200,
    **shown: Any,
) -> Response:
    sources = {"html": draft.template.html, "css": draft.template.css}
    return site.page(
        request,
        "organiser/draft.html",
        status=status,
        **at.words,
        draft=draft,
        version=version,
        sources={name: text.splitlines() for name, text in sources.items()},
        kinds=",".join(KINDS),
        people=desk.drafting.people(at.slug),
        **{"problems": (), "faults": (), "saved": "", "whose": "day:fr", **shown},
    )


def _uploads(form: FormData) -> tuple[dict[str, bytes], list[Fault]]:
    added, faults = {}, []
    for each in form.getlist("files"):
        if not isinstance(each, UploadFile) or not each.filename:
            continue
        name, content = file_name(each.filename), each.file.read()
        fault = fault_of(name, content)
        if fault is None:
            added[name] = content
        else:
            faults.append(fault)
    return added, faults


def _known_version(desk: Desk, at: Here, number: int | None) -> None:
    """0 is the design that Emarge ships; another conference's are nobody's business here."""
    if not number:
        return
    with desk.database.read() as connection:
        if number not in {version.number for version in published(connection, at.slug)}:
            raise HTTPException(HTTPStatus.NOT_FOUND)


def _preview(desk: Desk, at: Here) -> bytes:
    pdf = desk.drafting.last_preview(at.slug)
    if pdf is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return pdf
