"""The day that a public page is about. A draft is there for who organises or sees it, and not for
anybody else."""

from typing import Annotated

from fastapi import Depends

from services.registration.base.refusals import NotFound
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.signed_in import Whoever
from services.registration.programme.facts import Conference


def public_day(slug: str, desk: AtDesk, who: Whoever) -> Conference:
    """As it is now. Raises NotFound."""
    conference = desk.programmes.fresh(slug)
    if who is None or not who.may("see", slug):
        refuse_draft(conference)
    return conference


def refuse_draft(conference: Conference) -> None:
    """Raises NotFound."""
    if conference.stage == "draft":
        raise NotFound


PublicDay = Annotated[Conference, Depends(public_day)]
