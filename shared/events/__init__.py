"""The contracts between services: the envelope, and one module per publishing service."""

from shared.events.envelope import SPEC_VERSION, Event, Kind, Opens, Payload, Personal, new_event

__all__ = ["SPEC_VERSION", "Event", "Kind", "Opens", "Payload", "Personal", "new_event"]
