"""The pages as one application behind the API: their refusals are pages too."""

from pathlib import Path

from fastapi import FastAPI

from services.certificates.desk import Desk
from services.certificates.pages import download, employer, mine, shared_page, verification
from services.certificates.pages.organiser import (
    design_form,
    designs,
    employers,
    people,
    realisation,
)
from services.certificates.pages.organiser.here import AREA
from services.certificates.pages.uploads import most, words
from shared.pages import Site
from shared.pages.area import add_area

HERE = Path(__file__).parent
STATIC = "/certificates/static/"
OF_PEOPLE = ("/verify", "/certificates/", "/organiser/")
PARTS = (
    verification,
    mine,  # before what takes any word for a code
    shared_page,
    employer,
    download,
    designs,
    employers,
    design_form,
    people,
    realisation,
)


def add_pages(app: FastAPI, desk: Desk) -> None:
    """Mount the pages; a file too large to be one of ours is refused with a page of its own."""
    site = Site(HERE, HERE.parent / "locale", desk.settings.public_url, static=STATIC)
    pages = add_area(
        app,
        site,
        AREA,
        desk.settings,
        desk.database,
        [part.router for part in PARTS],
        of_people=OF_PEOPLE,
        most=most,
        words=words,
    )
    pages.state.desk = desk
