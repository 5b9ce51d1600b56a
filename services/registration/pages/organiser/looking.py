"""A programme before it is saved, however it came: what there is to remark, what people would
notice and how many, how everyone would see it; and the buttons that save it, telling or not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from fastapi import Response
from starlette.datastructures import FormData

from services.registration.base.refusals import Refusal
from services.registration.editing.plan import Plan
from services.registration.editing.saving import Saved, Saving
from services.registration.history.versions import Version
from services.registration.pages.at_desk import Visit
from services.registration.pages.organiser.in_words import say_differences
from services.registration.pages.signed_in import SignedIn
from services.registration.pages.timetable import rows_of
from shared.pages.visit import typed
from shared.words.language import Language
from shared.words.typography import typeset

SAVES = ("keep", "tell", "draft")
LONGEST_NOTE = 2000


def look(
    visit: Visit,
    who: SignedIn,
    plan: Plan,
    carried: Sequence[tuple[str, str]],
    address: str,
    *,
    version: tuple[Version, str] | None = None,
    refusal: Refusal | None = None,
    can_write: bool = False,
) -> Response:
    """`carried` are the fields that come back to `address` with the button that was pressed: one of
    SAVES, or `edit` when `can_write`. `version`: the earlier one that this is, and who saved it."""
    return visit.page(
        "organiser/preview.html",
        status=refusal.status if refusal else 200,
        who=who,
        say=partial(say, visit.language),
        plan=plan,
        found=plan.found,
        noticed=say_differences(plan.untold.differences, plan.planned, visit.language),
        conference=plan.planned,
        rows=rows_of(plan.planned.sessions),
        state="",
        carried=carried,
        address=address,
        version=version,
        refused=say(visit.language, refusal.message, refusal.parameters) if refusal else "",
        can_write=can_write,
    )


def saving_of(form: FormData, who: SignedIn, based_on: int | None) -> Saving:
    """What the pressed button asks for."""
    action = typed(form, "action")
    return Saving(
        actor=who.actor,
        based_on=based_on,
        draft=action == "draft",
        tell=action == "tell",
        words=typed(form, "note").strip()[:LONGEST_NOTE] if action == "tell" else "",
    )


def outcome(saving: Saving, saved: Saved) -> str:
    """The query of the day's page that says what became of it."""
    return f"saved=true&told={saved.to_tell}" if saving.tell else "saved=true"


def say(language: Language, message: str, parameters: Mapping[str, Any], many: str = "") -> str:
    """A msgid over its parameters: days and moments as the reader writes them."""
    values = {name: _written(value, language) for name, value in parameters.items()}
    if many:
        message = language.ngettext(message, many, parameters["people"])
    else:
        message = language.gettext(message)
    return typeset(message % values, language.code)


def _written(value: Any, language: Language) -> Any:
    if isinstance(value, datetime):  # on the clocks that it was given in
        return language.day_and_time(value, str(value.tzinfo))
    if isinstance(value, date):
        return language.date(value)
    return value
