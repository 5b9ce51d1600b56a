"""`…/certificates/realisation`: the facts of the certificats de réalisation, how they look, and who
changed what. Plain handlers: a look takes a moment, and waits in a thread of its own."""

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from services.certificates.designs.files import fault_of
from services.certificates.desk import AtDesk, Desk
from services.certificates.issuing import realising
from services.certificates.organising.people_table import count_of
from services.certificates.pages.organiser.here import At
from services.certificates.realisation import versions
from services.certificates.realisation.facts import FIELDS, LATEST_PAYMENT, Facts, Fault, read_facts
from services.certificates.realisation.versions import PICTURES, Overtaken, Version
from services.certificates.resources import open_log
from shared.base.bulkhead import Busy
from shared.base.clock import now
from shared.base.errors import EmargeError
from shared.http.documents import document
from shared.http.numbers import row_number
from shared.pages import Site
from shared.pages.visit import Here, OnSite, form_of, typed

router = APIRouter(prefix="/organiser/{slug}/certificates/realisation")

KINDS = (".png", ".jpg", ".jpeg", ".svg")
LARGEST = 1024 * 1024  # bytes of a picture; each version keeps its own
# A picture that travels with the form is a third longer than its file, and text by then.
Form = Annotated[FormData, Depends(form_of(fields=40, files=3, field_size=2 * LARGEST))]


@dataclass(frozen=True)
class Written:
    """What a form holds: texts as they were typed, pictures that there are then. `fresh` are those
    that nothing keeps yet but this form, as it sends them again; `removed` those that are to go."""

    texts: Mapping[str, str]
    pictures: Mapping[str, bytes]
    faults: list[Fault] = field(default_factory=list)
    fresh: Mapping[str, str] = field(default_factory=dict)
    removed: Collection[str] = ()


@router.get("")
def show(request: Request, site: OnSite, desk: AtDesk, at: At, done: str = "") -> Response:
    with desk.database.read() as connection:
        known = versions.newest(connection, at.slug)
    return _page(request, site, desk, at, _as_known(known, at), revision=_number(known), done=done)


@router.get("/picture.png")
def show_picture(desk: AtDesk, at: At, site: OnSite, request: Request) -> Response:
    with desk.database.read() as connection:
        picture = versions.drawn(connection, at.slug)
    if picture is None:
        return site.error(request, 404)
    return Response(picture, media_type="image/png", headers={"Cache-Control": "no-store"})


@router.post("")
def save(request: Request, site: OnSite, desk: AtDesk, at: At, form: Form) -> Response:
    """Save and issue; or only look at it, as a PDF, with nothing kept."""
    with desk.database.read() as connection:
        known = versions.newest(connection, at.slug)
    revision = row_number(typed(form, "revision")) or 0
    written = _written(form, known)
    facts, faults = read_facts(written.texts, _day(at) or now().date())
    faults += written.faults
    shown: dict[str, Any] = {"revision": revision}
    if facts is None or faults:
        return _page(request, site, desk, at, written, status=422, faults=faults, **shown)
    try:
        pdf, picture = desk.drafting.realisation(facts, written.pictures)
    except Busy:
        return _page(request, site, desk, at, written, status=503, done="busy", **shown)
    except EmargeError as error:
        return _page(request, site, desk, at, written, status=422, problem=str(error), **shown)
    if typed(form, "do") == "look":
        return document(pdf, "apercu.pdf")
    return _keep(request, site, desk, at, written, facts, picture, revision)


@router.post("/stop")
def stop(desk: AtDesk, at: At) -> Response:
    realising.stop(desk.database, open_log(desk.settings), at.slug, at.who.name)
    return RedirectResponse(f"{at.address}/realisation?done=stopped", 303)


def _keep(
    request: Request,
    site: Site,
    desk: Desk,
    at: Here,
    written: Written,
    facts: Facts,
    picture: bytes,
    revision: int,
) -> Response:
    try:
        realising.save(
            desk.database,
            open_log(desk.settings),
            at.slug,
            facts,
            written.pictures,
            picture,
            by=at.who.name,
            revision=revision,
        )
    except Overtaken:
        with desk.database.read() as connection:
            newer = versions.newest(connection, at.slug)
        return _page(
            request, site, desk, at, written, status=409, done="overtaken", revision=_number(newer)
        )
    return RedirectResponse(f"{at.address}/realisation?done=saved", 303)


def _page(
    request: Request,
    site: Site,
    desk: Desk,
    at: Here,
    written: Written,
    *,
    status: int = 200,
    **shown: Any,
) -> Response:
    with desk.database.read() as connection:
        known = versions.newest(connection, at.slug)
        words: dict[str, Any] = {
            "known": known,
            "history": versions.history(connection, at.slug),
            "issued": count_of(connection, at.slug, "realisation"),
            "kept_until": versions.kept_until(connection, at.slug),
            "has_picture": versions.drawn(connection, at.slug) is not None,
        }
    return site.page(
        request,
        "organiser/realisation.html",
        status=status,
        **at.words,
        **words,
        written=written,
        is_dated=_day(at) is not None,
        years=[(_day(at) or now().date()).year + number for number in range(LATEST_PAYMENT + 1)],
        kinds=",".join(KINDS),
        **{"faults": (), "problem": "", "done": "", **shown},
    )


def _as_known(known: Version | None, at: Here) -> Written:
    """As it was saved last; before that, as far as the day is known. Until the date is, the year
    of the last payment is asked and never guessed: evidence would go too early."""
    day = _day(at)
    if known is not None:
        texts = {name: str(value) for name, value in known.facts.model_dump().items()}
        if day is None and not known.wanted:  # perhaps a copy of another day
            texts["paid_in"] = ""
        elif day is not None and known.facts.paid_in < day.year:  # one of last year's
            texts["paid_in"] = str(day.year)
        return Written(texts, known.pictures)
    texts = dict.fromkeys(FIELDS, "") | {"years": "3", "paid_in": str(day.year) if day else ""}
    if (of := at.conference) is not None:
        texts |= {"provider": of.organiser, "title": of.title, "signed_at": of.city}
    return Written(texts, {})


def _written(form: FormData, known: Version | None) -> Written:
    """A file that was chosen travels with the form while something else of it is wrong."""
    texts = {name: typed(form, name) for name in FIELDS}
    removed = {str(name) for name in form.getlist("remove")} & set(PICTURES)
    pictures = {
        file: content
        for file, content in (known.pictures if known else {}).items()
        if _stem(file) not in removed
    }
    faults, fresh = [], {}
    for name in PICTURES:
        for kind, content in _files(form, name, is_removed=name in removed):
            if kind not in KINDS or len(content) > LARGEST or fault_of(name + kind, content):
                faults.append(Fault(name, "picture"))
                continue
            pictures = {each: pictures[each] for each in pictures if _stem(each) != name}
            pictures[name + kind.replace(".jpeg", ".jpg")] = content
            fresh[name] = f"{kind},{base64.b64encode(content).decode()}"
    return Written(texts, pictures, faults, fresh, removed - set(fresh))


def _files(form: FormData, name: str, *, is_removed: bool) -> list[tuple[str, bytes]]:
    """Kind and content: of what travelled with the form, then of what was chosen now."""
    found = []
    if (kept := typed(form, f"{name}-kept")) and not is_removed:
        kind, _, encoded = kept.partition(",")
        try:
            found.append((kind, base64.b64decode(encoded, validate=True)))
        except binascii.Error:
            found.append(("", b""))  # by no form of ours
    given = form.get(name)
    if isinstance(given, UploadFile) and given.filename:
        found.append((_kind(given.filename), given.file.read()))
    return found


def _kind(name: str) -> str:
    return "." + name.rpartition(".")[2].lower()


def _stem(name: str) -> str:
    return name.partition(".")[0]


def _number(known: Version | None) -> int:
    return known.number if known else 0


def _day(at: Here) -> date | None:
    """The conference's; none while that is not known here."""
    return at.conference.starts_at.date() if at.conference else None
