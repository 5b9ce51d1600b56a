"""A link with a pass opens one page for whoever was given it: a host, a tablet, a room's screen.

The pass becomes a cookie for that page alone and is gone from the address. Neither says more than
that the link was ours: whether it still opens anything is asked of its row each time.
"""

import hashlib
from datetime import datetime
from typing import Literal

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.base.keys import Keys
from shared.http.passes import PARAMETER, opens, with_pass_until

Kind = Literal["host", "tablet", "screen"]


class NotByLink(Exception):
    """The address of such a page, and nothing that opens it: copied from a browser, or cut off. Of
    pages that are none nothing else is said."""


class Openings:
    """`secure`: the public site is served by HTTPS."""

    def __init__(self, keys: Keys, *, secure: bool) -> None:
        self._keys = keys
        self._secure = secure
        self._serializer = URLSafeSerializer(
            keys.for_signing("cookies"),
            salt="emarge.sheets.opening",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def link(self, kind: Kind, name: str, until: datetime) -> str:
        """The path with its pass, the same whenever it is made."""
        return with_pass_until(path_of(kind, name), self._keys, int(until.timestamp()))

    def is_open(self, request: Request, kind: Kind, name: str) -> bool:
        """Whether this browser came by the link, or comes by it now."""
        given = request.query_params.get(PARAMETER)
        if given is not None:
            return opens(path_of(kind, name), given, self._keys)
        try:
            named = self._serializer.loads(request.cookies.get(self._cookie(kind), ""))
        except BadData:
            return False
        return bool(named == name)

    def let_in(self, request: Request, kind: Kind, name: str, until: datetime) -> Response | None:
        """To the same page without the pass; None where the address had none."""
        if PARAMETER not in request.query_params:
            return None
        path = path_of(kind, name)
        response = RedirectResponse(path, 303)
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(
            self._cookie(kind),
            str(self._serializer.dumps(name)),
            expires=until,
            path=path,
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )
        return response

    def _cookie(self, kind: Kind) -> str:
        return f"__Secure-emarge-sheets-{kind}" if self._secure else f"emarge-sheets-{kind}"


def path_of(kind: Kind, name: str) -> str:
    return f"/sheets/{kind}/{name}"
