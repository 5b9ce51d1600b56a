"""Asking registration whether somebody still may: it alone knows, and an event takes a moment.

Two questions, each a call to its web process with the bearer of calls between services: of a
visitor who is known here by a cookie, and of a bearer token that somebody shows here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from shared.base.settings import KeyedSettings

PATH = "/api/standing"
PATIENCE = 2.0  # seconds for a registration that does not answer
KEEPER = "registration"  # whose feed's address is its web process's


class NotAnswered(Exception):
    """Registration cannot be asked now."""


@dataclass(frozen=True)
class TokenStanding:
    """What a token is good for. `conference` is a slug, none for every one. Of a subscriber:
    `types` are those of the events that it reads, none for all; `conferences` are slugs where it
    reads of several, of which `conference` is one: who does not know of the others keeps to it.
    `name` is what its organisers call it."""

    role: str
    conference: str | None = None
    types: tuple[str, ...] = ()
    conferences: tuple[str, ...] = ()
    name: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """Slugs of the conferences of whose events it reads, none for all."""
        return self.conferences or ((self.conference,) if self.conference else ())

    def may_organise(self, slug: str) -> bool:
        return self.role == "organiser" and self.conference in (None, slug)


class Standing:
    """Safe for several threads: each question has a connection of its own."""

    def __init__(self, settings: KeyedSettings) -> None:
        self._url = settings.feeds.get(KEEPER, "")
        self._bearer = settings.keys.bearer

    def role_of(self, session: str, holder: str, conference: str) -> str | None:
        """The role that a sign-in has at a conference now; none once it has ended. Raises
        NotAnswered."""
        answer = self._ask({"session": session, "holder": holder, "conference": conference})
        return answer.get("role")

    def of_token(self, token: str) -> TokenStanding | None:
        """None of a token that is unknown or has ended. Raises NotAnswered."""
        answer = self._ask({"token": token})
        if answer.get("role") is None:
            return None
        return TokenStanding(
            answer["role"],
            answer["conference"],
            tuple(answer["types"]),
            tuple(answer.get("conferences", ())),  # an older registration knows of one alone
            answer.get("name", ""),  # and says no name
        )

    def _ask(self, question: Mapping[str, str]) -> dict[str, Any]:
        if not self._url:
            raise NotAnswered("EMARGE_FEEDS does not name registration")
        address = urlsplit(self._url)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = kind(address.netloc, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self._bearer}", "Content-Type": "application/json"}
        try:
            connection.request("POST", address.path + PATH, json.dumps(question), headers)
            response = connection.getresponse()
            text = response.read()
            if response.status != HTTPStatus.OK:
                raise NotAnswered(f"it answered {response.status} {response.reason}")
            answer: dict[str, Any] = json.loads(text)
        except (OSError, HTTPException, ValueError) as error:
            raise NotAnswered(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        return answer
