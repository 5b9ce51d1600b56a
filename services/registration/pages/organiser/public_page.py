"""The public page's pictures, and what it tells of speakers: given and taken away one by one."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from services.registration.base.refusals import Refusal
from services.registration.editing.public_page import Profile, set_picture, set_profile
from services.registration.editing.saving import refuse_settled
from services.registration.pages.at_desk import Form, Visit, Visiting
from services.registration.pages.organiser.looking import say
from services.registration.pages.signed_in import Organiser, SignedIn
from services.registration.pictures.picture_child import Unreadable
from services.registration.pictures.reading import Drawn, read_picture
from services.registration.pictures.sizes import LARGEST, Kind
from services.registration.programme.faults import InvalidProgramme
from shared.base.bulkhead import Busy
from shared.pages.visit import typed

router = APIRouter(prefix="/organiser/{slug}/public-page")

OF_THE_DAY: tuple[Kind, ...] = ("image", "logo")


@dataclass(frozen=True)
class Wrong:
    """What cannot be taken, in the visitor's language: of the picture of this kind, or of the
    speaker of this name. `biography` is what was typed."""

    where: str
    words: str
    status: int = 422
    biography: str | None = None


@router.get("")
def show_public_page(slug: str, visit: Visiting, who: Organiser, saved: bool = False) -> Response:
    return _page(slug, visit, who, saved=saved)


@router.post("")
def change_public_page(slug: str, visit: Visiting, who: Organiser, form: Form) -> Response:
    """`action` is `give` or `remove`, `what` a kind of picture, or `speaker` with a `name`."""
    what = typed(form, "what")
    where = typed(form, "name") if what == "speaker" else what
    biography = typed(form, "biography").strip() if what == "speaker" else None
    try:
        if what == "speaker":
            _set_profile(slug, visit, who, form)
        elif what in OF_THE_DAY:
            given = None if typed(form, "action") == "remove" else _given(form, what)
            set_picture(visit.desk, slug, what, given, who.actor)
    except Unreadable as error:
        wrong = Wrong(where, visit.language.gettext(str(error)), 422, biography)
    except Busy:
        busy = visit.language.gettext("Another file is being read. Please try again in a moment.")
        wrong = Wrong(where, busy, 503, biography)
    except InvalidProgramme as invalid:
        fault = invalid.faults[0]
        wrong = Wrong(where, say(visit.language, fault.rule, fault.parameters), 422, biography)
    except Refusal as refusal:
        words = say(visit.language, refusal.message, refusal.parameters)
        wrong = Wrong(where, words, refusal.status, biography)
    else:
        return RedirectResponse(f"/organiser/{slug}/public-page?saved=true", 303)
    return _page(slug, visit, who, wrong=wrong)


def _set_profile(slug: str, visit: Visit, who: SignedIn, form: FormData) -> None:
    sent = form.get("picture")
    portrait = _given(form, "portrait") if isinstance(sent, UploadFile) and sent.size else None
    profile = Profile(
        typed(form, "name"),
        typed(form, "biography").strip(),
        portrait,
        no_portrait=typed(form, "no_portrait") == "yes",
    )
    set_profile(visit.desk, slug, profile, who.actor)


def _given(form: FormData, kind: Kind) -> Drawn:
    """Raises Unreadable, Busy."""
    sent = form.get("picture")
    content = sent.file.read(LARGEST + 1) if isinstance(sent, UploadFile) else b""
    return read_picture(kind, content)


def _page(
    slug: str, visit: Visit, who: SignedIn, *, saved: bool = False, wrong: Wrong | None = None
) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    refuse_settled(conference)
    return visit.page(
        "organiser/public-page.html",
        status=wrong.status if wrong else 200,
        who=who,
        conference=conference,
        saved=saved,
        wrong=wrong,
    )
