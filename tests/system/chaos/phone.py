"""Somebody's own phone in the room: they read the code of its screen, say who they are, and sign.

A request that gets no answer is sent again, by its caller's `ask`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

import httpx

from services.sheets.base.records import id_of
from services.sheets.base.settings import SheetsSettings
from services.sheets.room.codes import RoomCodes
from shared.base.clock import now
from tests.system.chaos.programme import OPENING, TODAY

# signed; unknown: sheets has not heard of them, or of the day, yet; refused: no place any more, or
# not yet, as it is told there.
Outcome = Literal["signed", "unknown", "refused"]
Ask = Callable[..., httpx.Response]

SHEET = id_of(TODAY, OPENING)
_PAGE = f"/sheets/sign/{SHEET}"
_STROKES = json.dumps([[[500 + 60 * step, 4000 + step * 613 % 3000] for step in range(40)]])


@dataclass(frozen=True)
class Screen:
    """What the room's screen shows, from the keys of the pages. `origin` is the pages' address."""

    settings: SheetsSettings

    @property
    def origin(self) -> str:
        return self.settings.public_url

    def code(self) -> str:
        return RoomCodes(self.settings.keys).shown(SHEET, now()).code


def sign_by_phone(
    ask: Ask,
    client: httpx.Client,
    screen: Screen,
    who: Mapping[str, str],
    key: str,
    *,
    presses: int,
) -> tuple[Outcome, httpx.Response]:
    """What became of it, with the answer that says so. `who` has their code and last name. `client`
    keeps cookies and is this phone's alone; each press is another form, as by somebody who goes
    back and signs again."""
    while True:
        answer = _come_in(ask, client, screen)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return "unknown", answer
        answer = ask(client, "POST", f"{_PAGE}/who", data=who)
        if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            return "unknown", answer
        for press in range(presses):
            if answer.status_code == HTTPStatus.SEE_OTHER:
                form = {"key": f"{key}-{press}", "strokes": _STROKES}
                answer = ask(client, "POST", _PAGE, data=form)
        if answer.status_code == HTTPStatus.SEE_OTHER:
            return "signed", answer
        if answer.status_code == HTTPStatus.CONFLICT:
            return "refused", answer
        if answer.status_code != HTTPStatus.FORBIDDEN:  # the five minutes in the room were over
            return "refused", answer


def _come_in(ask: Ask, client: httpx.Client, screen: Screen) -> httpx.Response:
    """With the code that is shown now: one that is over when an answer comes is read again."""
    while True:
        answer = ask(client, "GET", f"/sheets/here/{SHEET}/{screen.code()}")
        if answer.status_code != HTTPStatus.FORBIDDEN:
            return answer
