"""The request of a row as a role sends it, and what an answer amounts to."""

import json
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.types import ASGIApp

from tests.routes.asking import PUBLIC_URL, Answer, ask
from tests.routes.days import Links, Values
from tests.routes.estate import Estate
from tests.routes.roles import Role
from tests.routes.table import Row

GUESS = "AAAAAAAAAAAAAAAAAAAAAAAAAAA"
# What every page has that asks who one is: for organisers, for a form's sender, at the door.
SIGN_IN = (b'action="/organiser/sign-in"', b'href="/organiser" target="_blank"', b'/sign-in">')


@dataclass(frozen=True)
class Request:
    app: ASGIApp
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    async def answer(self) -> Answer:
        return await ask(self.app, self.method, self.target, self.headers, self.body)

    def with_headers(self, **headers: str) -> "Request":
        """An underscore in a name is a hyphen; an empty one is not sent."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        merged = {**self.headers, **named}
        return replace(self, headers={name: value for name, value in merged.items() if value})


def request_of(
    estate: Estate, service: str, row: Row, role: Role, *, slug: str | None = None
) -> Request:
    """About the role's own conference, if it has one; `slug` is written for it in the path."""
    conference = role.about or row.conference
    links = estate.links.get(conference)
    values = {**estate.values[conference], "token": _token(links, role), "asker": role.name}
    if role.link == "replaced" and links is not None:
        values["registration_id"] = links.replaced_id
    headers = role.headers(service, conference, links)
    body = b""
    if not row.is_safe:
        kind, body = _body(row, values)
        headers |= {"origin": PUBLIC_URL, "content-type": kind}
    target = row.target({**values, "slug": slug or conference})
    return Request(estate.applications[service], row.method, target, headers, body)


def kind_of(answer: Answer) -> str:
    """What an answer amounts to, in the words of the tables."""
    if answer.status in (303, 307) and answer.header("location").endswith("?refused=key"):
        return "sign-in"
    if answer.status in (303, 307) and "/open/" in answer.header("location"):
        return "sign-in"
    if any(form in answer.body for form in SIGN_IN):
        return "sign-in"
    if answer.status in (401, 403, 404, 410):
        return str(answer.status)
    return "open" if answer.status < 429 else f"a failure ({answer.status})"


def _token(links: Links | None, role: Role) -> str:
    """The link of whoever has one for it; all others sign somebody's registration with what they
    have, or with nothing."""
    if links is None:
        return GUESS
    if role.link in ("own", "replaced"):
        return str(getattr(links, role.link))
    signature = links.anothers.rpartition(".")[2] if role.link else GUESS
    return f"{links.own.rpartition('.')[0]}.{signature}"


def _body(row: Row, values: Values) -> tuple[str, bytes]:
    """Its media type, and the bytes. JSON has braces of its own: its fields have double ones."""
    if row.json is not None:
        text = json.dumps(row.json)
        for name, value in values.items():
            text = text.replace("{{" + name + "}}", value)
        return "application/json", text.encode()
    if row.file is not None:
        return "multipart/form-data; boundary=border", _multipart(row.file)
    form = {name: each.format(**values) for name, each in (row.form or {}).items()}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def _multipart(file: dict[str, str]) -> bytes:
    field = f'name="{file["name"]}"; filename="{file["filename"]}"'
    lines = ["--border", f"Content-Disposition: form-data; {field}", "", file["content"]]
    return "\r\n".join([*lines, "--border--", ""]).encode()
