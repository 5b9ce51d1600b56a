"""The organiser's conferences, new ones from a programme, and inviting others."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.registration.access.inviting import invite_organiser
from services.registration.base.person import locale_of
from services.registration.base.refusals import NotFound, ProgrammeChanged, Refusal
from services.registration.desk import Desk
from services.registration.editing.plan import look_at
from services.registration.editing.saving import save_programme
from services.registration.pages.at_desk import AtDesk, Form, Visiting
from services.registration.pages.organiser.looking import SAVES, look, outcome, saving_of
from services.registration.pages.organiser.sign_in import EMAIL, sign_in_page
from services.registration.pages.signed_in import OrganiserOfAll, RoleMissing, Somebody, Whoever
from services.registration.programme.document import parse_programme
from services.registration.programme.facts import Conference
from services.registration.programme.faults import InvalidProgramme
from services.registration.programme.programmes import load_all
from shared.base.clock import now
from shared.http.numbers import row_number
from shared.pages.visit import OnSite, Speaking, typed

router = APIRouter(prefix="/organiser")


@router.get("")
def show_home(request: Request, desk: AtDesk, site: OnSite, who: Whoever) -> Response:
    if who is None:
        return sign_in_page(site, request)
    with desk.database.read() as connection:
        days = [day for day in load_all(connection) if who.role(day.slug)]
    return site.page(request, "organiser/home.html", who=who, days=days, now=now())


@router.post("/import")
def import_file(
    visit: Visiting, desk: AtDesk, language: Speaking, who: Somebody, form: Form
) -> Response:
    """A programme in YAML: everything wrong with it is shown with its line. Where there is
    something to say about it, it comes back with a button that saves it."""
    try:
        source = typed(form, "source") or _uploaded(form)
        programme = parse_programme(source)
        if not who.may("organise", programme.slug):
            raise RoleMissing
        before = _known(desk, programme.slug)
        plan = look_at(desk, programme, before)
        if plan.asks and typed(form, "action") not in SAVES:
            carried = [("source", source), ("version", str(before.version if before else 0))]
            return look(visit, who, plan, carried, "/organiser/import")
        saving = saving_of(form, who, row_number(typed(form, "version")))
        saved = save_programme(desk, programme, saving)
    except UnicodeDecodeError:
        faults = [language.gettext("This file is not UTF-8 text.")]
    except ProgrammeChanged:
        faults = [language.gettext("Somebody else has changed this programme meanwhile.")]
    except InvalidProgramme as error:
        line = language.gettext("line %(line)s")
        faults = [
            f"{line % {'line': f.line}}: {f.field} {language.gettext(f.rule) % f.parameters}"
            for f in error.faults
        ]
    except Refusal as refusal:
        faults = [language.gettext(refusal.message) % refusal.parameters]
    else:
        return RedirectResponse(f"/organiser/{programme.slug}?{outcome(saving, saved)}", 303)
    return visit.page("organiser/import.html", status=422, who=who, faults=faults)


@router.post("/invite")
def invite(
    request: Request,
    desk: AtDesk,
    site: OnSite,
    language: Speaking,
    who: OrganiserOfAll,
    form: Form,
) -> Response:
    """Somebody organises every conference from now on, and is told by email."""
    try:
        email = EMAIL.validate_python(typed(form, "email").strip())
    except ValidationError:
        detail = language.gettext("This is not an email address. One looks like name@example.org.")
        return site.error(request, 422, detail)
    invite_organiser(desk, email, locale_of(language.code), invited_by=who.name)
    return site.page(request, "organiser/invited.html", who=who, email=email)


def _known(desk: Desk, slug: str) -> Conference | None:
    try:
        return desk.programmes.fresh(slug)
    except NotFound:
        return None


def _uploaded(form: FormData) -> str:
    file = form.get("programme")
    content = file.file.read() if isinstance(file, UploadFile) else b""
    return content.decode("utf-8-sig")
