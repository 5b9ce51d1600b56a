"""Where an organiser's page is shown, and the forms that are sent there."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.desk import AtDesk
from shared.pages.visit import Here, form_of
from shared.pages.visitors import visitor_of

AREA = "certificates"
MOST_TEXT = 512 * 1024  # bytes of a template; far above what any person writes


def here_of(request: Request, desk: AtDesk) -> Here:
    who = visitor_of(request)
    with desk.database.read() as connection:
        known = records.any_of(connection, who.conference)
    return Here(who, AREA, known.attended.conference if known else None)


def of_this_conference(record: Record | None, at: Here) -> bool:
    """Whether the visitor may see it: it is there, not erased, and of their own conference."""
    return record is not None and record.conference == at.slug and record.erased_at is None


At = Annotated[Here, Depends(here_of)]
Form = Annotated[FormData, Depends(form_of(fields=60, files=20, field_size=MOST_TEXT))]
