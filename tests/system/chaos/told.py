"""Who was to be told what, by the feed, and what the emails in the sink told them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.system.chaos.letters import Facts, Letter, facts_of

OF_A_DAY_TO_COME = ("confirmed", "waitlisted", "promoted", "changed", "notice", "reminder")
PLACES = tuple(
    f"registration.{what}"
    for what in ("confirmed", "waitlisted", "promoted", "changed", "cancelled")
)
PROGRAMMES = ("conference.published", "conference.changed", "conference.cancelled")
CORRECTED = "registration.address-corrected"

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Delivery:
    """What the delivery log calls an email. `version`: of the programme that a notice was made
    from."""

    kind: str
    registration: str
    version: int | None
    ambiguous: bool
    held: bool = False  # nobody confirmed the address, and it had three today


@dataclass(frozen=True)
class Told:
    """`notices` that arrived; the rest must be nought."""

    notices: int
    notices_missing: int
    notices_doubled: int
    letters_with_old_facts: int
    addresses_missed: int
    old_addresses_written_to: int
    promised_of_a_cancelled_day: int

    @property
    def losses(self) -> int:
        return (
            self.notices_missing
            + self.notices_doubled
            + self.letters_with_old_facts
            + self.addresses_missed
            + self.old_addresses_written_to
            + self.promised_of_a_cancelled_day
        )


class Reading:
    """The feed and the sink, side by side."""

    def __init__(
        self,
        events: Sequence[Event],
        letters: Sequence[Letter],
        deliveries: Mapping[str, Delivery],
    ) -> None:
        self.letters = [letter for letter in letters if letter.event in deliveries]
        self.deliveries = deliveries
        self.corrections = [event for event in events if event["type"] == CORRECTED]
        self.places = [event for event in events if event["type"] in PLACES]
        self.chosen_at = {each["id"]: each["data"]["programme_version"] for each in self.places}
        self.newest = {event["subject"]: event["data"] for event in self.places}
        self.programmes: dict[str, dict[int, Facts]] = defaultdict(dict)
        self.last_told: dict[str, int] = {}
        self.cancelled_at: dict[str, int] = {}
        for event in events:
            if event["type"] in PROGRAMMES:
                slug, version = _day_of(event), event["data"]["programme_version"]
                self.programmes[slug][version] = facts_of(event)
                if event["data"].get("tell"):
                    self.last_told[slug] = version
                if event["type"] == "conference.cancelled":
                    self.cancelled_at[slug] = event["position"]
        self.of_person: dict[str, list[Letter]] = defaultdict(list)
        for letter in self.letters:
            self.of_person[deliveries[letter.event].registration].append(letter)
        lost = {each.registration for each in deliveries.values() if each.ambiguous}
        # Nobody can know what was told to whom an email is taken for sent.
        self.living = {
            person: place
            for person, place in self.newest.items()
            if place["status"] != "cancelled" and person not in lost
        }

    def count(self) -> Told:
        return Told(
            notices=sum(self._kind(letter) == "notice" for letter in self.letters),
            notices_missing=sum(map(self._misses_a_notice, self.living)),
            notices_doubled=sum(map(self._needless, self.living)),
            letters_with_old_facts=len(self.old_letters()),
            addresses_missed=sum(map(self._missed, self.places)),
            old_addresses_written_to=sum(map(self._written_to_again, self.corrections)),
            promised_of_a_cancelled_day=sum(map(self._promised, self.cancelled_at)),
        )

    def _misses_a_notice(self, person: str) -> bool:
        """Whether what they read last is older than what was told last."""
        slug = _slug(self.living[person])
        if slug in self.cancelled_at:
            return not any(self._kind(each) == "day-cancelled" for each in self.of_person[person])
        read = [each for each in self.of_person[person] if self._tells(each)]
        told = self.last_told.get(slug, 0)
        return not (read and self._is_of(read[-1], slug, since=told))

    def _needless(self, person: str) -> int:
        """Notices that told them what they knew: from a notice before, or by the programme as it
        was when they last chose."""
        mine, slug = self.of_person[person], _slug(self.living[person])
        known = 0
        needless = max(0, sum(self._kind(each) == "day-cancelled" for each in mine) - 1)
        for letter in filter(self._tells, mine):
            version = self.deliveries[letter.event].version or self.chosen_at.get(letter.event, 0)
            if self._kind(letter) == "notice":
                needless += letter.facts.are_of(self.programmes[slug].get(known, Facts()))
            known = max(known, version)
        return needless

    def old_letters(self) -> list[Letter]:
        """Those that say what a notice sent before them had taken back."""
        newest: dict[str, int] = defaultdict(int)
        old = []
        for letter in self.letters:
            delivery = self.deliveries[letter.event]
            slug = _slug(self.newest.get(delivery.registration))
            said = letter.facts.when_and_where and not delivery.ambiguous
            if said and not self._is_of(letter, slug, since=newest[slug]):
                old.append(letter)
            if delivery.kind == "notice" and delivery.version:
                newest[slug] = max(newest[slug], delivery.version)
        return old

    def _missed(self, place: Event) -> bool:
        """Whether the first letter after a correction went elsewhere than to the new address."""
        if place["data"].get("tell") not in ("everything", "link"):
            return False
        person = place["subject"]
        right = {place["data"]["person"]["email"], self.newest[person]["person"]["email"]}
        found = [each for each in self.of_person[person] if each.event == place["id"]]
        return any(each.recipient not in right for each in found)

    def _written_to_again(self, correction: Event) -> int:
        """Emails to the old address after the line that there will be none."""
        person, old = correction["subject"], correction["data"]["person"]["email"]
        mine = self.of_person[person]
        line = [each.identity for each in mine if each.event == correction["id"]]
        return sum(each.recipient == old and each.identity > line[0] for each in mine if line)

    def _promised(self, slug: str) -> int:
        """Places given, or promised by an email, of a day that does not take place."""
        here = [event for event in self.places if _day_of(event) == slug]
        promoted = sum(
            event["type"] == "registration.promoted" and event["position"] > self.cancelled_at[slug]
            for event in here
        )
        return promoted + sum(map(self._promised_to, {event["subject"] for event in here}))

    def _promised_to(self, person: str) -> int:
        kinds = [self._kind(each) for each in self.of_person[person]]
        after = kinds[kinds.index("day-cancelled") :] if "day-cancelled" in kinds else []
        return sum(kind in OF_A_DAY_TO_COME for kind in after)

    def _tells(self, letter: Letter) -> bool:
        return bool(letter.facts.when_and_where) and not letter.late

    def _is_of(self, letter: Letter, slug: str, *, since: int) -> bool:
        """Whether it says what a programme of that version, or of a later one, says."""
        return any(
            letter.facts.are_of(facts)
            for version, facts in self.programmes[slug].items()
            if version >= since
        )

    def _kind(self, letter: Letter) -> str:
        return self.deliveries[letter.event].kind


def mails_wanted(events: Iterable[Event], cancelled: Iterable[str]) -> set[str]:
    """The events that somebody is written to about. What a cancelled day's emails said before is
    of no use any more: of that everybody is told by one email of its own."""
    return {
        event["id"]
        for event in events
        if event["type"] in (*PLACES, CORRECTED, "certificate.issued")
        and event["data"].get("tell") != "nothing"
        and _day_of(event) not in cancelled
    }


def _day_of(event: Event) -> str:
    return _slug(event["data"])


def _slug(place: Mapping[str, Any] | None) -> str:
    return str(place["conference"]["slug"]) if place else ""
