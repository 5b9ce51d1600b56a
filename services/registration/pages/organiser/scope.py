"""What a new token is limited to, as a form says it: until when, a subscriber to which events."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from starlette.datastructures import FormData

from services.registration.base.refusals import ExpiryPast, NotFound
from shared.base.clock import now
from shared.events.contracts import open_types
from shared.pages.visit import typed


@dataclass(frozen=True)
class Scope:
    """`until` as it was typed, a day; `types` of events, none for all."""

    until: str = ""
    types: tuple[str, ...] = ()

    @classmethod
    def of(cls, form: FormData) -> "Scope":
        """Raises NotFound for a type that nobody could choose: left out, it would limit less than
        was meant."""
        chosen, known = form.getlist("types"), open_types()
        if not set(chosen) <= set(known):
            raise NotFound
        return cls(typed(form, "until").strip(), tuple(each for each in known if each in chosen))

    def ends(self, zone: tzinfo = UTC) -> datetime | None:
        """The end of that day there. Raises ExpiryPast for what is no day, or is over."""
        if not self.until:
            return None
        try:
            end = datetime.combine(date.fromisoformat(self.until), time.max, zone).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ExpiryPast from None
        if end <= now():
            raise ExpiryPast
        return end
