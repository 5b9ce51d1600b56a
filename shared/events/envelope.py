"""The envelope every event travels in: CloudEvents 1.0 attributes plus the feed's position.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeVar
from uuid import UUID

import uuid_utils.compat as uuid_utils
from pydantic import BaseModel, ConfigDict

from shared.base.clock import now

SPEC_VERSION: Literal["1.0"] = "1.0"


class Payload(BaseModel):
    """What happened. Frozen; fields a consumer does not know are ignored.

    Subclasses name their event type and the version of their contract.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    version: ClassVar[int] = 1


P_co = TypeVar("P_co", bound=Payload, covariant=True)
P = TypeVar("P", bound=Payload)


class Event(BaseModel, Generic[P_co]):
    """One immutable fact. `position` is its place in the publisher's feed, once assigned."""

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
    traceparent: str | None = None  # the CloudEvents extension: the trace in which it happened


def new_event(
    source: str,
    data: P,
    *,
    subject: str | None = None,
    id: UUID | None = None,  # noqa: A002  the CloudEvents attribute is called id
    traceparent: str | None = None,
) -> Event[P]:
    """A new fact of `source`, timed now, with a UUIDv7 unless its identity is given."""
    return Event(
        id=id or uuid_utils.uuid7(),
        source=source,
        type=data.type,
        subject=subject,
        time=now(),
        dataschema=f"/events/{data.type}.v{data.version}.json",
        data=data,
        traceparent=traceparent,
    )
