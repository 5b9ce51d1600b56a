"""The contracts between services: the envelope here, one module per publishing service beside it."""

from shared.events.envelope import SPEC_VERSION, Event, Payload, new_event

__all__ = ["SPEC_VERSION", "Event", "Payload", "new_event"]
