"""Registering many people from a list: its columns, what each row would do, and the yes.

Every step is a form that carries the list to the next one; nobody's row is kept before the yes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from services.registration.batches.batch import find_batch
from services.registration.history.acts import who_in_words
from services.registration.lists.columns import FIELDS, SESSION
from services.registration.lists.reading import LARGEST, read_table
from services.registration.lists.sheet import MOST_ROWS
from services.registration.lists.table import Unreadable
from services.registration.lists.writing import csv_chunks
from services.registration.pages.at_desk import AtDesk, Visit, Visiting
from services.registration.pages.organiser.carried_list import CarriedList
from services.registration.pages.organiser.list_words import (
    column_in_words,
    doubt_in_words,
    name_of,
    reading_in_words,
    reason_in_words,
    status_in_words,
)
from services.registration.pages.organiser.looking import say
from services.registration.pages.organiser.roster_steps import (
    Columns,
    Preview,
    answers_in,
    answers_to_all,
)
from services.registration.pages.signed_in import Organiser, SignedIn
from services.registration.people.exports import HEADINGS
from services.registration.people.roster import Yes, forget_columns, register_roster
from services.registration.programme.facts import Conference
from services.registration.programme.opening import refuse_if_closed
from shared.base.bulkhead import Bulkhead, Busy
from shared.pages.visit import Speaking, form_of, typed

SHOWN = 200
# To answer all doubts at once: by the likeliest reading, or that they are left out.
ALL_DOUBTS: dict[str, int | None] = {"likeliest": 0, "out": None}
MOST_ANSWERS = 3 * MOST_ROWS  # fields of one preview

Form = Annotated[FormData, Depends(form_of(fields=MOST_ANSWERS, files=1, field_size=LARGEST))]

router = APIRouter(prefix="/organiser/{slug}/registrations/import")

_bulkhead = Bulkhead()  # to judge the rows of a list takes seconds, whatever is in it


@router.get("")
def ask_for_file(slug: str, visit: Visiting, who: Organiser) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    refuse_if_closed(conference)
    return _ask(visit, conference, who)


@router.get("/example.csv")
def download_example(slug: str, desk: AtDesk, _who: Organiser, language: Speaking) -> Response:
    """A file to fill in, with the names of the columns and one row of this conference."""
    conference = desk.programmes.known(slug)
    chosen = [session.title for session in conference.sessions if session.is_workshop][:1]
    row = {
        "last_name": "Lefèvre",
        "first_name": "Camille",
        "email": "camille.lefevre@example.org",
        "organisation": "Maison de l’emploi",
        "job_title": "",
        "language": conference.language,
        "sessions": "; ".join(chosen),
    }
    headings = [heading for heading in HEADINGS if heading.name in row]
    return Response(
        b"".join(csv_chunks(headings, [list(row.values())], language)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}-import.csv"'},
    )


@router.post("")
def go_on(slug: str, visit: Visiting, who: Organiser, form: Form) -> Response:
    """From a file, or from the step before: the columns when they want an answer or are asked for,
    else the preview. Nothing is kept."""
    return _one_at_a_time(slug, visit, who, form, _go_on)


def _go_on(step: "_Step") -> Response:
    database, conference, table = step.visit.desk.database, step.conference, step.carried.table
    action = typed(step.form, "action")
    if action == "forget":
        columns = Columns.read(database, conference, table, FormData())
        forget_columns(step.visit.desk, conference, columns.shape, step.who.actor)
        kept = [(n, v) for n, v in step.form.multi_items() if not n.startswith("column-")]
        step = replace(step, form=FormData(kept))
    columns = Columns.read(database, conference, table, step.form)
    faults = columns.faults(step.visit.language)
    if faults or action in ("columns", "forget"):
        asked_before = any(name.startswith("column-") for name in step.form)
        return _ask_columns(step, columns, faults, status=422 if faults and asked_before else 200)
    return _show_preview(step, columns)


@router.post("/register")
def register(slug: str, visit: Visiting, who: Organiser, form: Form) -> Response:
    """The yes. When something else would happen now than was shown, it is shown once more."""
    return _one_at_a_time(slug, visit, who, form, _register)


def _register(step: "_Step") -> Response:
    desk, conference, carried = step.visit.desk, step.conference, step.carried
    batch = RedirectResponse(f"/organiser/{conference.slug}/batches/{carried.batch_id}", 303)
    with desk.database.read() as connection:
        if find_batch(connection, carried.batch_id):
            return batch
    columns = Columns.read(desk.database, conference, carried.table, step.form)
    if faults := columns.faults(step.visit.language):
        return _ask_columns(step, columns, faults, status=422)
    preview = Preview.read(desk.database, columns, answers_in(step.form), waitlist=step.waitlist)
    gettext = step.visit.language.gettext
    if typed(step.form, "outcome") != preview.outcome:
        words = gettext("Something changed while you were looking: please check once more.")
        return _show_preview(step, columns, error=words, status=409)
    if not preview.of("register"):
        words = gettext("Nobody would be registered: choose somebody, or another file.")
        return _show_preview(step, columns, error=words, status=422)
    yes = Yes(
        step.who.actor,
        carried.batch_id,
        step.waitlist,
        columns.shape,
        columns.said_by_hand,
    )
    register_roster(desk, conference, preview.checked, yes)
    return batch


def _one_at_a_time(
    slug: str,
    visit: Visit,
    who: SignedIn,
    form: FormData,
    then: Callable[["_Step"], Response],
) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    refuse_if_closed(conference)
    carried = _carried(visit, conference, who, form)
    if isinstance(carried, Response):
        return carried
    try:
        with _bulkhead.entered():
            return then(_Step(visit, conference, who, carried, form))
    except Busy:
        return _busy(visit, conference, who)


@dataclass(frozen=True)
class _Step:
    """What every step has: who asks for what with which list."""

    visit: Visit
    conference: Conference
    who: SignedIn
    carried: CarriedList
    form: FormData

    @property
    def waitlist(self) -> bool:
        return typed(self.form, "waitlist") == "yes"

    def page(self, template: str, columns: Columns, *, status: int, **facts: Any) -> Response:
        keys = self.visit.request.app.state.settings.keys
        try:
            signed = self.carried.signed(keys, self.conference.slug)
        except Unreadable as error:
            return _unreadable(self.visit, self.conference, self.who, error)
        return self.visit.page(
            template,
            status=status,
            who=self.who,
            conference=self.conference,
            columns=columns,
            signed=signed,
            waitlist=self.waitlist,
            note_said=partial(say, self.visit.language),
            column_said=partial(
                column_in_words, conference=self.conference, language=self.visit.language
            ),
            **facts,
        )


def _carried(
    visit: Visit, conference: Conference, who: SignedIn, form: FormData
) -> CarriedList | Response:
    """The list of a file, or of the step before; or the page that says why there is none."""
    signed, file = typed(form, "list"), form.get("roster")
    try:
        if signed:
            keys = visit.request.app.state.settings.keys
            return CarriedList.verified(signed, keys, conference.slug)
        content = file.file.read(LARGEST + 1) if isinstance(file, UploadFile) else b""
        return CarriedList.new(read_table(content))
    except Busy:
        return _busy(visit, conference, who)
    except Unreadable as error:
        return _unreadable(visit, conference, who, error)


def _busy(visit: Visit, conference: Conference, who: SignedIn) -> Response:
    words = visit.language.gettext("Another file is being read. Please try again in a moment.")
    return _ask(visit, conference, who, error=words, status=503)


def _unreadable(visit: Visit, conference: Conference, who: SignedIn, error: Unreadable) -> Response:
    words = visit.language.gettext(error.message) % error.parameters
    return _ask(visit, conference, who, error=words, status=422)


def _ask(
    visit: Visit, conference: Conference, who: SignedIn, *, error: str = "", status: int = 200
) -> Response:
    return visit.page(
        "organiser/roster.html",
        status=status,
        who=who,
        conference=conference,
        chosen=[session for session in conference.sessions if session.is_chosen],
        error=error,
    )


def _ask_columns(step: _Step, columns: Columns, faults: list[str], *, status: int) -> Response:
    ticked = [SESSION + each.slug for each in step.conference.sessions if each.is_chosen]
    remembered = columns.remembered
    return step.page(
        "organiser/roster-columns.html",
        columns,
        status=status,
        faults=faults,
        fields=FIELDS,
        ticked=ticked,
        said_by=who_in_words(remembered.actor, step.visit.language) if remembered else "",
    )


def _show_preview(step: _Step, columns: Columns, *, error: str = "", status: int = 200) -> Response:
    language = step.visit.language
    answers = answers_in(step.form)
    if (action := typed(step.form, "action")) in ALL_DOUBTS:
        answers = answers_to_all(columns.rows, answers, ALL_DOUBTS[action])
    preview = Preview.read(step.visit.desk.database, columns, answers, waitlist=step.waitlist)
    return step.page(
        "organiser/roster-preview.html",
        columns,
        status=status,
        preview=preview,
        error=error,
        shown=SHOWN,
        name_of=name_of,
        status_said=partial(status_in_words, language=language),
        reason_said=partial(reason_in_words, language=language),
        doubt_said=partial(doubt_in_words, language=language),
        reading_said=partial(reading_in_words, conference=step.conference, language=language),
    )
