"""Who has which role for a conference: invite, change, take back."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registration.access.inviting import invite_member
from services.registration.access.members import change_role, members_of, take_role
from services.registration.access.roles import MEMBER_ROLES, MemberRole
from services.registration.base.refusals import Fault, Invalid, Refusal
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.organiser.sign_in import EMAIL
from services.registration.pages.sentences import words_for
from services.registration.pages.signed_in import Organiser, SignedIn
from shared.http.numbers import RowNumber
from shared.pages.visit import typed
from shared.words.language import Language

router = APIRouter(prefix="/organiser/{slug}/team")


@router.get("")
def show_team(slug: str, visit: Visiting, who: Organiser, saved: bool = False) -> Response:
    return _page(slug, visit, who, saved=saved)


@router.post("")
def invite(slug: str, visit: Visiting, desk: AtDesk, who: Organiser, form: Form) -> Response:
    """Somebody has a role for this conference from now on, and is told by email."""
    conference = desk.programmes.known(slug)
    try:
        email = EMAIL.validate_python(typed(form, "email").strip())
        role = _role(typed(form, "role"))
        invite_member(desk, conference, email, role, invited_by=who.actor)
    except ValidationError as error:
        words = words_for(error.errors()[0], visit.language)
        return _page(slug, visit, who, wrong=words, email=typed(form, "email"))
    except Refusal as refusal:
        words = _words(refusal, visit.language)
        return _page(slug, visit, who, error=words, email=typed(form, "email"))
    return RedirectResponse(f"/organiser/{slug}/team?saved=true", 303)


@router.post("/{member}")
def change_member(
    slug: str, member: RowNumber, visit: Visiting, desk: AtDesk, who: Organiser, form: Form
) -> Response:
    """Another role, or none: those are the buttons of a row."""
    conference = desk.programmes.known(slug)
    try:
        if typed(form, "action") == "remove":
            take_role(desk, conference.id, member, who.actor)
        else:
            change_role(desk, conference.id, member, _role(typed(form, "role")), who.actor)
    except Refusal as refusal:
        return _page(slug, visit, who, error=_words(refusal, visit.language))
    gone = who.organiser_id == member and not who.rights.everywhere
    return RedirectResponse("/organiser" if gone else f"/organiser/{slug}/team?saved=true", 303)


def _role(name: str) -> MemberRole:
    """Raises Invalid when it is none of ours: no role is less than another in all."""
    for role in MEMBER_ROLES:
        if role == name:
            return role
    raise Invalid([Fault("/role", "Please choose a role.")])


def _words(refusal: Refusal, language: Language) -> str:
    """What is wrong with a field, before that something is."""
    said = refusal.faults if isinstance(refusal, Invalid) else (refusal,)
    return " ".join(language.gettext(each.message) % each.parameters for each in said)


def _page(
    slug: str,
    visit: Visit,
    who: SignedIn,
    *,
    error: str = "",
    wrong: str = "",
    email: str = "",
    saved: bool = False,
) -> Response:
    conference = visit.desk.programmes.known(slug)
    with visit.desk.database.read() as connection:
        members = members_of(connection, conference.id)
    return visit.page(
        "organiser/team.html",
        status=422 if error or wrong else 200,
        who=who,
        conference=conference,
        members=members,
        error=error,
        wrong=wrong,
        email=email,
        saved=saved,
    )
