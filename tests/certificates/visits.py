"""Whoever comes to the organiser's pages, as registration sends them."""

import time
from collections.abc import Iterator

import httpx

from services.certificates.base.settings import CertificatesSettings
from services.certificates.desk import open_desk
from services.certificates.pages.organiser.here import AREA
from services.certificates.web import application
from shared.pages.visitors import Visitor, way_in
from tests.certificates.service_doubles import House
from tests.system.serving import serving

SLUG = "journee-2026"
HERE = f"/organiser/{SLUG}/certificates"


def pass_of(settings: CertificatesSettings, role: str = "organiser", slug: str = SLUG) -> str:
    """The address by which registration lets somebody in."""
    who = Visitor(slug, role, "o@example.org", "session:1", "organiser:1", time.time())
    return way_in(who, AREA, "", settings.keys)


def visiting(
    house: House,
    settings: CertificatesSettings,
    role: str,
    slug: str = SLUG,
    port: int | None = None,
) -> Iterator[httpx.Client]:
    """With a pass, which becomes a cookie."""
    with serving(application(open_desk(settings, house.database)), port) as client:
        client.headers.update({"Accept-Language": "en", "Origin": settings.public_url})
        client.follow_redirects = False
        client.timeout = httpx.Timeout(120)  # a layout takes its time
        way = pass_of(settings, role, slug)
        cookie = client.get(way).headers["set-cookie"].split(";")[0]
        client.headers["Cookie"] = cookie
        yield client
