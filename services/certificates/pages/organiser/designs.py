"""`…/certificates/designs`: the organiser's own design; its versions, a draft, how it looks.

Every handler here is plain, not async: a preview takes a moment, and waits in a thread of its own.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from services.certificates.designs import publishing
from services.certificates.designs.files import KINDS, Fault, fault_of, file_name
from services.certificates.designs.publication import (
    DIFFERED,
    forget_version,
    newest,
    published,
    shipped_differed,
)
from services.certificates.designs.publishing import UnderWay
from services.certificates.desk import AtDesk, Desk
from services.certificates.pages.organiser.here import At, Form
from shared.base.bulkhead import Busy
from shared.http.documents import document
from shared.http.numbers import RowNumber, row_number
from shared.pages import Site
from shared.pages.visit import Here, OnSite, typed

if TYPE_CHECKING:
    from services.certificates.designs.drafting import Draft
    from services.certificates.engine import Template

router = APIRouter(prefix="/organiser/{slug}/certificates/designs")


@router.get("")
def show_versions(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    at: At,
    asked: str = "",
) -> Response:
    """The versions; and what becomes of the one that was asked for, until that is known."""
    with desk.database.read() as connection:
        versions = published(connection, at.slug)
        in_force = newest(connection, at.slug)
        progress = publishing.progress(connection, at.slug)
        differed = shipped_differed(connection)
    number = progress.number if progress and asked else None
    draft = desk.drafting.draft(at.slug)
    return site.page(
        request,
        "organiser/designs.html",
        **at.words,
        versions=versions[::-1],
        in_force=in_force,
        shipped={"fast": not differed, "reason": DIFFERED},
        just_published=next((each for each in versions if each.number == number), None),
        draft=draft,
        one_sided=_said_in_one_language(draft),
        by_hand=_by_form(draft) != "unchanged" and draft.revision > 0,
        asked=asked,
        progress=progress,
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
    known_version(desk, at, version)
    draft = desk.drafting.draft(at.slug, version)
    return _editor(request, site, desk, at, draft, version=version, saved=saved, whose=whose)


@router.post("/draft")
def work_on_draft(request: Request, site: OnSite, desk: AtDesk, at: At, form: Form) -> Response:
    from services.certificates.designs.drafting import Overwritten, with_changes

    version = row_number(typed(form, "from"))
    known_version(desk, at, version)
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
            return ask(desk, at, draft.template)
        if typed(form, "do") == "preview":
            problems = desk.drafting.preview(at.slug, draft, whose)
            if not problems:
                return RedirectResponse(
                    f"{at.address}/designs/draft?saved=preview&whose={whose}#preview", 303
                )
            return _editor(request, site, desk, at, draft, status=422, problems=problems, **shown)
    except (Busy, UnderWay):
        return _editor(request, site, desk, at, draft, status=503, saved="busy", **shown)
    return RedirectResponse(f"{at.address}/designs/draft?saved=draft&whose={whose}", 303)


@router.post("/{number}/again")
def publish_again(number: RowNumber, desk: AtDesk, at: At) -> Response:
    known_version(desk, at, number)
    try:
        return ask(desk, at, desk.drafting.version(number))
    except UnderWay:
        return RedirectResponse(f"{at.address}/designs?asked=busy", 303)


@router.post("/{number}/forget")
def forget_one(number: RowNumber, desk: AtDesk, at: At) -> Response:
    if not forget_version(desk.database, at.slug, number):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return RedirectResponse(f"{at.address}/designs", 303)


@router.get("/draft/preview.pdf")
def show_pdf(desk: AtDesk, at: At) -> Response:
    return document(_made(desk.drafting.last_preview(at.slug)), "preview.pdf")


@router.get("/draft/preview.png")
def show_picture(desk: AtDesk, at: At) -> Response:
    headers = {"Cache-Control": "no-store"}
    picture = desk.drafting.last_picture(at.slug)
    return Response(_made(picture), media_type="image/png", headers=headers)


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
        by_form=_by_form(draft),
        sources={name: text.splitlines() for name, text in sources.items()},
        kinds=",".join(KINDS),
        people=desk.drafting.people(at.slug),
        **{"problems": (), "faults": (), "saved": "", "whose": "day:fr", **shown},
    )


def _by_form(draft: "Draft") -> str:
    """Whether the form wrote it, and can read it: unchanged, changed, or nothing."""
    from services.certificates.designer.writing import read

    found = read(draft.template)
    if found is None:
        return ""
    return "changed" if found.is_changed else "unchanged"


def _said_in_one_language(draft: "Draft") -> list[tuple[str, str]]:
    """Texts of a design in two languages that one alone has, where the form can read it."""
    from services.certificates.designer.answers import one_sided
    from services.certificates.designer.writing import read

    found = read(draft.template)
    return [*one_sided(found.answers)] if found and not found.is_changed else []


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


def known_version(desk: Desk, at: Here, number: int | None) -> None:
    """0 is the design that Emarge ships; another conference's are nobody's business here."""
    if not number:
        return
    with desk.database.read() as connection:
        if number not in {version.number for version in published(connection, at.slug)}:
            raise HTTPException(HTTPStatus.NOT_FOUND)


def ask(desk: Desk, at: Here, template: "Template") -> Response:
    """Have it published, and go where one sees how far that is. Raises UnderWay."""
    content = template.model_dump_json().encode()
    publishing.ask(desk.database, at.slug, content, at.who.name)
    return RedirectResponse(f"{at.address}/designs?asked=now", 303)


def _made(preview: bytes | None) -> bytes:
    if preview is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return preview
