"""What the demo says to Emarge: the JSON API, as any other program would call it."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from deploy.local.demo.people import Participant
from deploy.local.strangers import no_cookies

_TERMS = {"waitlist": True, "consent": True}
AT_ONCE = 100  # connections: as many people as press the button at the same time


class UnexpectedAnswer(Exception):
    """Emarge answered something that the day does not provide for."""


class Client:
    """The public API and, with their tokens, what the staff at the doors and the organiser call."""

    def __init__(self, url: str, slug: str, *, staff: str, organiser: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=60,
            limits=httpx.Limits(max_connections=AT_ONCE),
            trust_env=False,
            cookies=no_cookies(),
        )
        self._conference = f"/api/conferences/{slug}"
        self._staff = staff
        self._organiser = organiser

    async def sessions(self) -> dict[str, dict[str, Any]]:
        """Those of the programme, by id."""
        programme = await self._ask("GET", self._conference)
        return {row["id"]: row for row in programme["sessions"]}

    async def register(self, office: Sequence[Participant]) -> None:
        """Register one person, or several by the first of them; each keeps the answer.

        Whose workshop is full waits for it.
        """
        path = f"{self._conference}/registrations"
        if len(office) == 1:
            office[0].answer = await self._ask("POST", path, body=_wish(office[0]) | _TERMS)
            return
        people = [_wish(person) for person in office]
        body = {"registered_by": office[0].name, "people": people} | _TERMS
        answer = await self._ask("POST", f"{path}/colleagues", body=body)
        for person, outcome in zip(office, answer["items"], strict=True):
            if "registration" not in outcome:
                raise UnexpectedAnswer(f"{person.name}: {outcome['problem']}")
            person.answer = outcome["registration"]

    async def refresh(self, person: Participant) -> None:
        """What has become of the registration meanwhile."""
        path = f"/api/registrations/{person.answer['id']}"
        person.answer |= await self._ask("GET", path, person.manage_token)

    async def change_workshop(self, person: Participant, workshop: str) -> None:
        """Ask for another workshop, by the person's own link; wait when it is full."""
        person.sessions = [workshop, *person.sessions[1:]]
        person.answer |= await self._ask(
            "PATCH",
            f"/api/registrations/{person.answer['id']}",
            person.manage_token,
            body={"sessions": person.sessions, "waitlist": True},
        )

    async def cancel(self, person: Participant) -> None:
        path = f"/api/registrations/{person.answer['id']}"
        await self._send("DELETE", path, person.manage_token)

    async def scan(
        self, person: Participant, at: str, *, session: str | None = None, direction: str = "in"
    ) -> bool:
        """The person's code at a door, of a session or of the day; False when it was known."""
        body = {"code": person.answer["code"], "direction": direction, "at": at}
        answer = await self._send(
            "POST",
            f"{self._conference}/checkins",
            self._staff,
            body=body | ({"session": session} if session else {}),
        )
        return answer.status_code == httpx.codes.CREATED

    async def close_day(self) -> None:
        await self._send("POST", f"{self._conference}/close", self._organiser)

    async def headcounts(self) -> dict[str, Any]:
        return await self._ask("GET", f"{self._conference}/headcounts", self._staff)

    async def follow_headcounts(self) -> AsyncIterator[list[dict[str, Any]]]:
        """The live headcounts of the workshops, as they are pushed."""
        async with self._http.stream(
            "GET",
            f"{self._conference}/headcounts/stream",
            headers={"Authorization": f"Bearer {self._staff}"},
            timeout=None,  # nothing is said while nothing changes
        ) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))["items"]

    async def verify(self, code: str) -> dict[str, Any] | None:
        """What the public verification says; None for a code that it does not know."""
        answer = await self._http.get(f"/api/certificates/{code}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        certificate: dict[str, Any] = _accepted(answer).json()
        return certificate

    async def sealed(self, code: str) -> dict[str, Any]:
        """What anybody is told of a sealed sheet."""
        return await self._ask("GET", f"/api/sheets/{code}")

    async def download(self, path: str, token: str | None = None) -> bytes:
        return (await self._send("GET", path, token)).content

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(self, *request: str, body: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = (await self._send(*request, body=body)).json()
        return answer

    async def _send(
        self, method: str, path: str, token: str | None = None, *, body: Any = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return _accepted(await self._http.request(method, path, headers=headers, json=body))


def _wish(person: Participant) -> dict[str, Any]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "organisation": person.organisation,
        "locale": person.locale,
        "sessions": person.sessions,
    }


def _accepted(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        request = answer.request
        raise UnexpectedAnswer(
            f"{request.method} {request.url.path}: {answer.status_code} {answer.text[:500]}"
        )
    return answer
