"""The envelope every event travels in: CloudEvents 1.0 attributes plus the feed's position.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID

import uuid_utils.compat as uuid_utils
from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler

from shared.base.clock import now

SPEC_VERSION: Literal["1.0"] = "1.0"

Kind = tuple[str, int]  # an event's type, and the version of its contract


class Personal:
    """Marks a field of a contract that tells who somebody is, or lets them act: their name, their
    address, their link. A text, blank once they are erased; or one that may be missing, and is."""

    def __get_pydantic_json_schema__(
        self, core: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(core), "x-personal": True}


class Other(Personal):
    """Marks a field that tells who another than the subject is: blank once either is erased."""


class Opens:
    """Marks a field of a payload that lets whoever has it in: a link of one's own, the code that is
    scanned at the door. Readers outside are given the event without it."""

    def __get_pydantic_json_schema__(
        self, core: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(core), "x-opens": True}


class Payload(BaseModel):
    """What happened. Frozen; fields a consumer does not know are ignored.

    Subclasses name their event type and the version of their contract. One that `erases` says that
    the subject must be forgotten: every inbox and log that it reaches is redacted. Its `also_in`,
    if it has one, are subjects whose events name them as an `Other`. What one that `ends_access`
    names is refused from the moment on at which it is filed. One `by_any` may be published by every
    service. One that is `private` is for services alone: it is about signing in.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    version: ClassVar[int] = 1
    erases: ClassVar[bool] = False
    ends_access: ClassVar[bool] = False
    by_any: ClassVar[bool] = False
    private: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        if {"type", "version"} & vars(cls).keys():
            CONTRACTS[cls.type, cls.version] = cls


CONTRACTS: dict[Kind, type[Payload]] = {}  # those that this process knows


P_co = TypeVar("P_co", bound=Payload, covariant=True)
P = TypeVar("P", bound=Payload)


class Event(BaseModel, Generic[P_co]):
    """One immutable fact. `position` is its place in the publisher's feed, once assigned.

    Extensions: `conference` is the slug of the one it is about, however the contract names it;
    `traceparent` is the trace in which it happened; `fact` is the id of the event that tells the
    same in a newer version; of one that is `redacted` the person was erased, and what it said of
    them is blank.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = SPEC_VERSION
    id: UUID
    source: str
    type: str
    subject: str | None = None
    time: datetime
    dataschema: str
    data: P_co
    position: int | None = None
    conference: str | None = None
    traceparent: str | None = None
    fact: UUID | None = None
    redacted: bool = False

    @property
    def identity(self) -> UUID:
        """Of the fact, the same in each of its versions: what makes an effect one."""
        return self.fact or self.id


def named_by(conference: Any) -> str | None:
    """The slug in a contract's field `conference`: the day itself, whole, or its slug alone."""
    if isinstance(conference, Mapping):
        conference = conference.get("slug")
    named = getattr(conference, "slug", conference)
    return named if isinstance(named, str) else None


def new_event(
    source: str,
    data: P,
    *,
    subject: str | None = None,
    id: UUID | None = None,  # noqa: A002  the CloudEvents attribute is called id
    traceparent: str | None = None,
    fact: UUID | None = None,
    time: datetime | None = None,
) -> Event[P]:
    """A new fact of `source`, timed now, with a UUIDv7, unless they are given."""
    return Event(
        id=id or uuid_utils.uuid7(),
        source=source,
        type=data.type,
        subject=subject,
        time=time or now(),
        dataschema=f"/events/{data.type}.v{data.version}.json",
        data=data,
        conference=named_by(getattr(data, "conference", None)),
        traceparent=traceparent,
        fact=fact,
    )
