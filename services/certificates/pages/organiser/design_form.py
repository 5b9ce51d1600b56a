"""`…/certificates/designs/form`: a design without HTML. The answers write the draft's template.

Every handler here is plain, not async: a look takes a moment, and waits in a thread of its own.
"""

import base64
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import FormData

from services.certificates.designs.publishing import UnderWay
from services.certificates.desk import AtDesk, Desk
from services.certificates.pages.organiser.designs import ask, known_version
from services.certificates.pages.organiser.here import At
from shared.base.bulkhead import Busy
from shared.http.numbers import RowNumber, row_number
from shared.pages import Site
from shared.pages.visit import Here, OnSite, form_of, typed

if TYPE_CHECKING:
    from services.certificates.designs.drafting import Draft
    from services.certificates.pages.organiser.answering import Sent

router = APIRouter(prefix="/organiser/{slug}/certificates/designs/form")

# A picture that travels with the form is of some megabytes at most, and text by then.
Form = Annotated[FormData, Depends(form_of(fields=80, files=4, field_size=6 * 1024 * 1024))]
Version = Annotated[RowNumber | None, Query(alias="from")]


@router.get("")
def show_form(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    at: At,
    version: Version = None,
    again: bool = False,
    saved: str = "",
    whose: Annotated[str, Query(max_length=60)] = "day:fr",
) -> Response:
    """The form, or what to do about a design that it cannot read."""
    from services.certificates.designer.answers import Answers
    from services.certificates.designer.writing import pictures_of, read
    from services.certificates.pages.organiser.answering import Sent

    known_version(desk, at, version)
    draft = desk.drafting.draft(at.slug, version)
    found = read(draft.template)
    if not again and (found.is_changed if found else not _is_shipped(draft)):
        return site.page(
            request,
            "organiser/design-unreadable.html",
            **at.words,
            version=version,
            was_written=found is not None,
        )
    pictures = pictures_of(draft.template) if found else {}
    shown = Sent(found.answers if found else Answers(), pictures, {}, [])
    return _page(request, site, desk, at, draft, shown, version=version, saved=saved, whose=whose)


@router.post("")
def work_with_form(request: Request, site: OnSite, desk: AtDesk, at: At, form: Form) -> Response:
    """Save what is answered as the draft; then look at it, or publish it."""
    from services.certificates.designer.writing import written
    from services.certificates.designs.drafting import Draft, Overwritten

    version = row_number(typed(form, "from"))
    known_version(desk, at, version)
    known = desk.drafting.draft(at.slug, version)
    whose = typed(form, "whose")[:60]
    shown: dict[str, Any] = {"version": version, "whose": whose}
    try:
        came = _sent(form, known)
    except Busy:
        return site.error(request, 503)
    draft = Draft(known.template, row_number(typed(form, "revision")) or 0)
    if came.faults:
        return _page(request, site, desk, at, draft, came, status=422, **shown)
    draft = Draft(written(came.answers, came.pictures), draft.revision)
    try:
        draft = desk.drafting.save(at.slug, draft, at.who.name)
    except Overwritten:
        newer = Draft(known.template, known.revision)
        shown |= {"status": 409, "saved": "overwritten"}
        return _page(request, site, desk, at, newer, came, **shown)
    shown["version"] = None
    try:
        if typed(form, "do") == "publish":
            return ask(desk, at, draft.template)
        if typed(form, "do") == "preview":
            problems = desk.drafting.preview(at.slug, draft, whose)
            if problems:
                shown |= {"status": 422, "problems": problems}
                return _page(request, site, desk, at, draft, came, **shown)
            return RedirectResponse(_address(at, f"saved=preview&whose={whose}#preview"), 303)
    except (Busy, UnderWay):
        shown |= {"status": 503, "saved": "busy"}
        return _page(request, site, desk, at, draft, came, **shown)
    return RedirectResponse(_address(at, f"saved=draft&whose={whose}"), 303)


@router.post("/picture")
def show_live_picture(request: Request, site: OnSite, desk: AtDesk, at: At, form: Form) -> Response:
    """How it looks with what is answered by now; nothing is kept."""
    from services.certificates.designer.writing import written
    from services.certificates.engine import EngineError
    from services.certificates.pages.organiser.answering import words_of

    version = row_number(typed(form, "from"))
    known_version(desk, at, version)
    language = site.language(request)
    try:
        came = _sent(form, desk.drafting.draft(at.slug, version))
        if came.faults:
            told = [[fault.field, words_of(fault, language)] for fault in came.faults]
            return JSONResponse({"faults": told}, 422)
        template = written(came.answers, came.pictures)
        picture = desk.drafting.look(at.slug, template, typed(form, "whose")[:60])
    except Busy:
        return JSONResponse({"faults": []}, 503, {"Retry-After": "2"})
    except EngineError as error:
        return JSONResponse({"faults": [["", str(error)]]}, 422)
    encoded = base64.b64encode(picture).decode()
    return JSONResponse({"picture": f"data:image/png;base64,{encoded}"})


def _page(
    request: Request,
    site: Site,
    desk: Desk,
    at: Here,
    draft: "Draft",
    came: "Sent",
    *,
    version: int | None,
    status: int = 200,
    **shown: Any,
) -> Response:
    from services.certificates.designer import fonts
    from services.certificates.designer.answers import MOST, MOST_OF_SIGNATORY, one_sided
    from services.certificates.pages.organiser.answering import words_of

    language = site.language(request)
    pictures = {
        what: "data:image/png;base64," + base64.b64encode(content).decode()
        for what, content in came.pictures.items()
    }
    return site.page(
        request,
        "organiser/design-form.html",
        status=status,
        **at.words,
        draft=draft,
        version=version,
        answers=came.answers,
        one_sided=one_sided(came.answers),
        errors={fault.field: words_of(fault, language) for fault in came.faults},
        pictures=pictures,
        fresh=came.fresh,
        families=fonts.FAMILIES,
        of_text=fonts.OF_TEXT,
        most={"signatory": MOST_OF_SIGNATORY, **MOST},
        people=desk.drafting.people(at.slug),
        **{"problems": (), "saved": "", "whose": "day:fr", **shown},
    )


def _sent(form: FormData, known: "Draft") -> "Sent":
    """Raises Busy."""
    from services.certificates.designer.writing import pictures_of, read
    from services.certificates.pages.organiser.answering import sent

    return sent(form, pictures_of(known.template) if read(known.template) else {})


def _address(at: Here, asked: str) -> str:
    return f"{at.address}/designs/form?{asked}"


def _is_shipped(draft: "Draft") -> bool:
    """Whether nobody has designed anything yet: then the form may begin without asking."""
    from services.certificates.engine import Template

    return draft.template.digest == Template.from_folder().digest
