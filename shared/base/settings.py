"""What a service reads from its environment: `EMARGE_*`, typed, each named when it is wrong."""

import os
import re
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from shared.base.errors import Misconfigured
from shared.base.keys import Keys
from shared.base.redis_url import SentinelAddress

S = TypeVar("S", bound="Settings")

# A comma-separated list, so that a secret can be replaced without a gap: the first one is used,
# all of them are accepted.
Secrets = Annotated[tuple[SecretStr, ...], NoDecode]

REDISES = ("redis", "rediss", "sentinel")
BROKERS = (*REDISES, "amqp", "amqps", "pyamqp")
PREFIX = "EMARGE_"
# From 0 to 1. Settings of one service lie further than this from those of another, so what is
# closer is meant for this one.
CLOSE = 0.8
NAMED = re.compile(rf"\b{PREFIX}[A-Z0-9_]+\b")
SERVICES = Path(__file__).parents[2] / "services"


class Settings(BaseSettings):
    """The settings every service has; a service adds its own in a subclass."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True
    )

    service: str
    home: Path = Field(Path("var"), description="folder of everything kept on disk by default")
    database_url: str = Field(
        "",
        description="this service's own database: sqlite:///… (default: a file under EMARGE_HOME) "
        "or postgresql+psycopg://user:password@host/name",
    )
    broker_url: str = Field(
        "redis://127.0.0.1:6379/0",
        description="where Celery's queues live: redis://, sentinel:// or amqp://",
    )
    redis_url: str = Field(
        "redis://127.0.0.1:6379/0",
        description="nudges and live headcounts: redis:// or sentinel://",
    )
    feeds: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="feeds to follow: registration=http://host:port,certificates=http://host:port",
    )
    public_url: str = Field("http://localhost:8000", description="origin that people see in links")
    proxies: str = Field(
        "127.0.0.1,::1",
        description="addresses or networks of the proxies whose word is taken for where a visitor "
        "comes from, comma-separated",
    )
    service_token: Secrets = Field(
        description="bearer token of the event feeds, and of nothing else; "
        "'new,old' while it is being replaced"
    )
    lease: float = Field(
        60.0, gt=5, description="seconds a worker may hold a job before it is given to another"
    )
    concurrency: int = Field(1, ge=1, description="worker child processes")
    metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="port of /metrics and /healthz of intake and worker; 0 = none",
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR"
    )
    log_format: str = Field(
        "auto", pattern="^(auto|json|text)$", description="json, text, or auto (text on a terminal)"
    )

    @property
    def soft_limit(self) -> float:
        """Seconds after which a task is told to stop. Both limits stay below the lease: when it
        ends, its task has been stopped for certain."""
        return self.lease * 0.5

    @property
    def hard_limit(self) -> float:
        """Seconds after which a task that did not stop is killed."""
        return self.lease * 0.75

    @field_validator("feeds", mode="before")
    @classmethod
    def _parse_feeds(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        feeds = {}
        for part in filter(None, (part.strip() for part in value.split(","))):
            source, separator, url = part.partition("=")
            if not separator or not url.startswith(("http://", "https://")):
                raise ValueError("wants NAME=http://host:port, comma-separated")
            feeds[source.strip()] = url.strip().rstrip("/")
        return feeds

    @field_validator("service_token", "secret_key", mode="before", check_fields=False)
    @classmethod
    def _parse_secrets(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        secrets = tuple(part.strip() for part in value.split(",") if part.strip())
        if any(len(secret) < 16 for secret in secrets) or not secrets:
            raise ValueError("wants at least 16 characters (comma-separated while being replaced)")
        return secrets

    @field_validator("proxies")
    @classmethod
    def _check_proxies(cls, value: str) -> str:
        try:
            for each in [] if value == "*" else value.split(","):
                ip_network(each.strip())
        except ValueError:
            raise ValueError("wants addresses or networks, comma-separated") from None
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("names no database that Emarge works with")
        try:
            make_url(value or "sqlite:///")
        except (ArgumentError, ValueError):
            raise ValueError("is malformed") from None
        return value

    @field_validator("broker_url", "redis_url")
    @classmethod
    def _check_url(cls, value: str, info: ValidationInfo) -> str:
        known = BROKERS if info.field_name == "broker_url" else REDISES
        scheme, separator, _ = value.partition("://")
        if scheme not in known or not separator:
            raise ValueError("names no server that Emarge works with")
        try:
            if scheme == "sentinel":
                SentinelAddress.parse(value)
            else:
                _ = urlsplit(value).port
        except (Misconfigured, ValueError) as error:
            raise ValueError(f"is malformed: {error}") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _strip_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("wants http://… or https://…")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _default_database(self) -> Self:
        if not self.database_url:
            path = (self.home / f"{self.service}.db").resolve()
            object.__setattr__(self, "database_url", f"sqlite:///{path}")
        return self


class KeyedSettings(Settings):
    """Of a service that signs something, or whose pages people come to who signed in."""

    secret_key: Secrets = Field(
        description="what the keys of links, passes, cookies and calls are derived from, the same "
        "for every service that has it; 'new,old' while it is being replaced"
    )

    @property
    def keys(self) -> Keys:
        return Keys(self.secret_key)


def load_settings(kind: type[S], service: str) -> S:
    """The settings of `service` from the environment; Misconfigured names each wrong one, and what
    was meant by each that is none."""
    wrong = [f"{name} is no setting; {meant} is" for name, meant in misspelt(kind).items()]
    try:
        settings = kind(service=service)  # the rest comes from the environment
    except ValidationError as error:
        wrong += [
            _explain(kind, problem["loc"], problem["type"], problem["msg"])
            for problem in error.errors()
        ]
    if wrong:
        raise Misconfigured("; ".join(wrong))
    return settings


def misspelt(kind: type[Settings]) -> dict[str, str]:
    """What stands in the environment and is read by nobody, with the setting that it resembles.

    The address of a service that is here is one, and so is what the folder of any says it reads.
    """
    known = [name.upper() for name in kind.model_fields]
    return {
        name: PREFIX + meant
        for name in unread(kind)
        for meant in get_close_matches(name.removeprefix(PREFIX), known, 1, CLOSE)
        if name not in _of_others()
    }


def _of_others() -> set[str]:
    """Looked up only for what resembles something: in a container there is one folder."""
    folders = [path.parent for path in SERVICES.glob("*/pyproject.toml")]
    said = (NAMED.findall((folder / "pyproject.toml").read_text()) for folder in folders)
    addresses = {f"{PREFIX}{folder.name.upper()}_URL" for folder in folders}
    return addresses.union(*said)


def unread(kind: type[Settings]) -> list[str]:
    """What is set and not read here: of other services, or of nobody."""
    known = {PREFIX + name.upper() for name in kind.model_fields}
    given = {name.upper() for name in os.environ if name.upper().startswith(PREFIX)}
    return sorted(given - known)


def _explain(
    kind: type[Settings], location: tuple[int | str, ...], problem: str, message: str
) -> str:
    name = str(location[0]) if location else "settings"
    field = kind.model_fields.get(name)
    wants = f" ({field.description})" if field and field.description else ""
    reason = "is missing" if problem == "missing" else message.removeprefix("Value error, ")
    return f"{PREFIX}{name.upper()} {reason}{wants}"
