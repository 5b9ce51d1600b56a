"""Who asks: everybody who could, each with what they hold in their hands, got as they get it.

Another role is one more line in `everybody`, and its answers in the tables.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from unittest import mock
from urllib.parse import urlencode

from starlette.types import ASGIApp

from deploy.services import found
from services.registration.access.members import change_role, give_role, take_role
from services.registration.access.organisers import (
    known_organiser,
    make_organiser_of_all,
    sign_in_link,
)
from services.registration.access.roles import MemberRole
from services.registration.access.tokens import (
    NewToken,
    TokenRole,
    create_token,
    revoke_token,
)
from services.registration.desk import Desk
from shared.base.clock import now
from tests.routes.asking import PUBLIC_URL, ask
from tests.routes.days import ELSEWHERE, GUARDED, HERE, Links
from tests.routes.table import SERVICES

FORM = {"origin": PUBLIC_URL, "content-type": "application/x-www-form-urlencoded"}
# Where a service has the organiser's pages of a conference.
AREAS = {
    service.name: path.removeprefix("/organiser/*/")
    for service in found()
    for path in service.web
    if service.name in SERVICES and path.startswith("/organiser/*/")
}
REGISTRATION = "registration"


@dataclass(frozen=True)
class Role:
    """Cookies by service and conference, a bearer by conference, or a link into a registration.

    `about` is the conference that it asks about, where that is not the route's.
    """

    name: str
    cookies: Mapping[tuple[str, str], str] = field(default_factory=dict)
    bearers: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    about: str | None = None

    def headers(self, service: str, conference: str, links: Links | None) -> dict[str, str]:
        cookie = self.cookies.get((service, conference), "")
        bearer = self.bearers.get(conference, "")
        if self.link and links is not None:
            bearer = str(getattr(links, self.link))
        return {
            **({"cookie": cookie} if cookie else {}),
            **({"authorization": f"Bearer {bearer}"} if bearer else {}),
        }


@dataclass(frozen=True)
class Reception:
    """Where the roles come from: the applications, and registration's desk."""

    applications: Mapping[str, ASGIApp]
    desk: Desk
    service_token: str  # of the feeds
    service_bearer: str  # of calls between services

    async def everybody(self) -> AsyncIterator[Role]:
        """No conference is without an organiser: those come first."""
        yield Role("anonymous")
        yield Role("own-link", link="own")
        yield Role("anothers-link", link="anothers")
        yield Role("replaced-link", link="replaced")
        yield await self.member("organiser", "organiser", *HERE)
        yield await self.organiser_of_all("organiser-of-all")
        yield await self.member("other-organiser", "organiser", ELSEWHERE, at=HERE)
        yield await self.member("viewer", "viewer", *HERE)
        yield await self.member("staff", "staff", *HERE)
        yield self.demoted(await self.member("demoted", "organiser", *HERE))
        yield self.removed(await self.member("removed", "organiser", *HERE))
        yield await self.signed_out(await self.member("signed-out", "organiser", *HERE))
        yield await self.at_door("door-key", *GUARDED, at=HERE)
        yield await self.at_door("other-door-key", ELSEWHERE, at=HERE)
        yield await self.at_door("ended-door-key", "ended", about="ended")
        yield await self.at_door("closed-door-key", "closed", about="closed")
        yield self.token("staff-token", "staff", *GUARDED, at=HERE)
        yield self.token("other-staff-token", "staff", ELSEWHERE, at=HERE)
        yield self.token("organiser-token", "organiser", *HERE)
        yield self.token("organiser-token-of-all", "organiser")
        yield self.token("other-organiser-token", "organiser", ELSEWHERE, at=HERE)
        yield self.token("counting-token", "service")
        yield self.token("subscriber-token", "subscriber")
        yield self.revoked(self.token("revoked-token", "organiser"))
        yield self.expired("expired-token", "organiser")
        yield Role("service-token", bearers=dict.fromkeys(HERE, self.service_token))
        yield Role("service-bearer", bearers=dict.fromkeys(HERE, self.service_bearer))

    async def member(
        self, name: str, role: MemberRole, *conferences: str, at: tuple[str, ...] = ()
    ) -> Role:
        """Somebody with this role for some conferences, who goes to them, or to others with it."""
        with self.desk.database.begin() as connection:
            for slug in conferences:
                number = give_role(self.desk, connection, self._id(slug), _address(name), role)
        return await self._signed_in(name, number, conferences, at)

    async def organiser_of_all(self, name: str) -> Role:
        with self.desk.database.begin() as connection:
            number = make_organiser_of_all(connection, _address(name))
        return await self._signed_in(name, number, HERE)

    async def at_door(
        self, name: str, *conferences: str, at: tuple[str, ...] = (), about: str | None = None
    ) -> Role:
        """A volunteer who has opened the link on the sheet of the door."""
        cookies = {}
        for slug in conferences:
            token = self._token(f"{name} {slug}", "staff", slug)
            cookies[slug] = await self._post(f"/checkin/{slug}/sign-in", token=token)
        [first, *_] = cookies.values()
        cookies = dict.fromkeys(at, first) | cookies
        return Role(
            name, {(REGISTRATION, slug): each for slug, each in cookies.items()}, about=about
        )

    def token(
        self, name: str, role: TokenRole, *conferences: str, at: tuple[str, ...] = ()
    ) -> Role:
        """Without a conference it is for all of them."""
        if not conferences:
            return Role(name, bearers=dict.fromkeys(HERE, self._token(name, role)))
        bearers = {slug: self._token(f"{name} {slug}", role, slug) for slug in conferences}
        return Role(name, bearers=dict.fromkeys(at, bearers[conferences[0]]) | bearers)

    def revoked(self, role: Role) -> Role:
        revoke_token(self.desk, role.name)
        return role

    async def signed_out(self, role: Role) -> Role:
        """Their cookies were copied before."""
        await self._post("/organiser/sign-out", cookie=role.cookies[REGISTRATION, HERE[0]])
        return role

    def removed(self, role: Role) -> Role:
        for slug in HERE:
            take_role(self.desk, self._id(slug), self._number(role))
        return role

    def demoted(self, role: Role) -> Role:
        """A viewer now."""
        for slug in HERE:
            change_role(self.desk, self._id(slug), self._number(role), "viewer")
        return role

    def expired(self, name: str, role: TokenRole) -> Role:
        then = now() - timedelta(days=2)
        with mock.patch("shared.base.clock.epoch_seconds", then.timestamp):
            wanted = NewToken(name, role, expires_at=then + timedelta(days=1))
            token = create_token(self.desk, wanted)
        return Role(name, bearers=dict.fromkeys(HERE, token))

    async def _signed_in(
        self, name: str, number: int, conferences: tuple[str, ...], at: tuple[str, ...] = ()
    ) -> Role:
        with self.desk.database.begin() as connection:
            token = sign_in_link(connection, number)
        cookie = await self._post(f"/organiser/sign-in/{token}")
        cookies = {(REGISTRATION, slug): cookie for slug in (*conferences, *at)}
        for service, area in AREAS.items():
            for slug in conferences:
                cookies[service, slug] = await self._let_in(service, area, slug, cookie)
            for slug in at:
                cookies[service, slug] = cookies[service, conferences[0]]
        return Role(name, cookies)

    async def _let_in(self, service: str, area: str, slug: str, cookie: str) -> str:
        """The cookie of another service's area; none for whom registration does not send there."""
        way = await ask(
            self.applications[REGISTRATION],
            "GET",
            f"/organiser/{slug}/open/{area}",
            {"cookie": cookie},
        )
        if way.status != 303:
            return ""
        return (await ask(self.applications[service], "GET", way.header("location"))).cookie

    async def _post(self, path: str, *, cookie: str = "", **form: str) -> str:
        """The cookie that it sets."""
        answer = await ask(
            self.applications[REGISTRATION],
            "POST",
            path,
            {**FORM, **({"cookie": cookie} if cookie else {})},
            urlencode(form).encode(),
        )
        assert answer.status == 303, f"{path} answers {answer.status}"
        return answer.cookie

    def _token(self, name: str, role: TokenRole, slug: str | None = None) -> str:
        return create_token(self.desk, NewToken(name, role, self._id(slug) if slug else None))

    def _number(self, role: Role) -> int:
        with self.desk.database.begin() as connection:
            return known_organiser(connection, _address(role.name))

    def _id(self, slug: str) -> int:
        return self.desk.programmes.known(slug).id


def _address(name: str) -> str:
    return f"{name}@example.org"
