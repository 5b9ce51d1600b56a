"""Where emails go: a mail server, or a folder, from `EMARGE_SMTP_URL`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import parse_qs, unquote, urlsplit

StartTls = Literal["required", "if-offered", "never"]

PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """An SMTP server. `implicit_tls`: TLS from the first byte, `starttls` does not apply."""

    host: str
    port: int
    implicit_tls: bool = False
    starttls: StartTls = "if-offered"
    user: str = ""
    password: str = ""

    @property
    def checks_certificate(self) -> bool:
        """Always, except where TLS is only taken when offered and there is no secret to lose:
        whoever could show a false certificate there could as well withhold the offer."""
        return self.implicit_tls or self.starttls == "required" or bool(self.user)

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


def parse_smtp_url(url: str) -> MailServer | Path:
    """The place a URL names; ValueError says what it wants instead."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc or not parts.path:
            raise ValueError("wants file:///folder")
        return Path(unquote(parts.path))
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("wants smtp://host:port, smtps://host:port or file:///folder")
    options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    unknown = options.keys() - {"starttls"}
    if unknown:
        raise ValueError(f"has no option {', '.join(sorted(unknown))}, only starttls")
    user = unquote(parts.username or "")
    starttls = options.get("starttls", ["required" if user else "if-offered"])[-1]
    if starttls not in get_args(StartTls):
        raise ValueError("wants ?starttls=required, if-offered or never")
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        implicit_tls=parts.scheme == "smtps",
        starttls=starttls,  # type: ignore[arg-type]  # checked just above
        user=user,
        password=unquote(parts.password or ""),
    )
