"""The pictures of a conference's page, and its colour: what never changes under its address."""

import re

from fastapi import APIRouter, Response

from services.registration.base.refusals import NotFound
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.public_day import PublicDay
from services.registration.pictures.keeping import read
from shared.pages.assets import FOREVER

router = APIRouter()

# A portrait is of somebody who may want it to be gone: it is not kept for ever on the way.
FOR_A_DAY = "public, max-age=86400"
_FILE = re.compile(r"(?P<name>[0-9a-f]{32})-(?P<width>\d{1,5})\.webp")
_COLOUR = re.compile(r"[0-9a-f]{6}")
_COLOURED = """\
main :is(.button, button):not(.quiet, .danger, .plain) {{
  background: #{colour};
  border-color: color-mix(in srgb, #{colour}, #fff 25%);
  color: #fff;
}}
main .programme > .day {{ border-top: .4rem solid #{colour}; padding-top: 1.25rem; }}
main .programme > .cover + .day {{ border-top: 0; padding-top: 0; }}
main .programme > .cover {{ border-bottom: .4rem solid #{colour}; }}
"""


@router.get("/c/{slug}/pictures/{file}")
def serve_picture(conference: PublicDay, file: str, desk: AtDesk) -> Response:
    wanted = _FILE.fullmatch(file)
    if wanted is None:
        raise NotFound
    with desk.database.read() as connection:
        found = read(connection, conference.id, wanted["name"], int(wanted["width"]))
    if found is None:
        raise NotFound
    kind, content = found
    cache = FOR_A_DAY if kind == "portrait" else FOREVER
    if conference.stage == "draft":
        cache = "private, no-store"
    return Response(content, media_type="image/webp", headers={"Cache-Control": cache})


@router.get("/colours/{file}")
def serve_colour(file: str) -> Response:
    """The stylesheet that gives a conference's pages its colour."""
    colour = file.removesuffix(".css")
    if not file.endswith(".css") or not _COLOUR.fullmatch(colour):
        raise NotFound
    style = _COLOURED.format(colour=colour)
    return Response(style, media_type="text/css", headers={"Cache-Control": FOREVER})
