"""What is known about a conference when a decision is taken: the programme and the free places."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal[
    "reception",
    "plenary",
    "workshop",
    "keynote",
    "talk",
    "meal",
    "break",
    "ceremony",
    "party",
    "closing",
]
# What a certificate lists, unless the programme says which sessions count.
COUNTED: frozenset[Kind] = frozenset({"plenary", "workshop", "keynote", "talk", "ceremony"})
UNLIMITED = 10_000_000  # places in a session that has no limit
FREE_AFTER = 10  # minutes into a workshop after which seats of those absent may be freed
Proof = Literal["any", "scan", "signature", "both"]  # of presence
Stage = Literal["draft", "published", "cancelled"]
State = Literal["draft", "cancelled", "upcoming", "open", "ended", "closed"]
Status = Literal["confirmed", "waitlisted", "cancelled"]
SeatState = Literal["held", "waiting"]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody of this name is one person in the whole programme; `portrait` names a picture."""

    name: str
    title: str = ""
    biography: str = ""
    portrait: str = ""

    @property
    def is_told_of(self) -> bool:
        """Whether more is said than name and title."""
        return bool(self.biography or self.portrait)


@dataclass(frozen=True, slots=True)
class Session:
    """One slot of the programme. What has no limit and is no workshop is for everyone.

    `capacity` is the limit that the organiser set, None for no limit; `beyond` are seats that were
    given over it.
    """

    id: int
    slug: str
    kind: Kind
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str | None = None
    description: str = ""
    speakers: tuple[Speaker, ...] = ()
    capacity: int | None = None
    taken: int = 0
    waiting: int = 0
    present: int = 0
    venue: str | None = None
    address: str | None = None
    required: bool | None = None
    unlimited: bool = False
    beyond: int = 0

    @property
    def is_workshop(self) -> bool:
        return self.kind == "workshop"

    @property
    def is_chosen(self) -> bool:
        """Whether people choose it; otherwise everybody is expected."""
        return self.capacity is not None or self.unlimited

    @property
    def free(self) -> int:
        """Places that nobody has; of a session without a limit, more than anybody asks for."""
        return max(0, (UNLIMITED if self.capacity is None else self.capacity) - self.taken)

    @property
    def is_full(self) -> bool:
        return self.is_chosen and self.free == 0

    @property
    def where(self) -> str:
        """Its room, and its own venue and address when it is elsewhere than the day."""
        return ", ".join(filter(None, (self.room, self.venue, self.address)))

    def overlaps(self, other: "Session") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Conference:
    """One day and its sessions in the order of the programme, as of `version`.

    The version grows with everything an organiser changes, and with the close; the counts in the
    sessions are those of the moment it was read.
    """

    id: int
    version: int
    slug: str
    title: str
    organiser: str
    contact_email: str
    language: str
    timezone: str
    date: date
    venue: str
    address: str
    city: str
    description: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    workshop_presence: str
    stage: Stage = "published"
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    presence_evidence: Proof = "any"  # a scan or a signature, or what alone counts
    closes_before: int = 0
    confirm_within: int = 0  # minutes for which a place waits for its address; 0: for ever
    free_after: int = FREE_AFTER  # minutes into a session; 0: no seat is freed
    least_minutes: int = 0  # of presence, for a certificate
    least_share: int = 0  # per cent of the day that counts, for a certificate
    counted: tuple[str, ...] = ()  # the sessions that count, by slug; none: those of some kinds
    retention_months: int | None = None  # of its people's data; none: as the setting says
    data_contact: str = ""  # who is asked about them; empty: contact_email
    data_note: str = ""
    access: str = ""  # how to get there
    colour: str = ""  # "#0e5158"; empty: that of every page
    image: str = ""  # the names of pictures
    logo: str = ""
    moved_from: datetime | None = None  # when it was first to begin, if it is on another day now
    sessions: tuple[Session, ...] = field(default=())

    @cached_property
    def must_choose(self) -> tuple[tuple[Session, ...], ...]:
        """The slots of which one session must be chosen, in the order of the day.

        A slot is what takes place at one time. A session that lasts longer than others lies in
        several: an all-day workshop beside two half-days is a choice for both. Where the programme
        says `required: true` anywhere, it is the slots that say so; otherwise each slot of
        workshops, but those that say `required: false`. What is closed as a whole (no places at
        all) asks nothing of anybody.
        """
        ours = [s for s in self.sessions if s.is_chosen and (s.is_workshop or s.required)]
        explicit = any(session.required for session in ours)
        slots = _slots(ours)
        lies_in = Counter(session.id for slot in slots for session in slot)
        found = []
        for slot in slots:
            # What lies in this slot alone speaks for it first.
            said = _said(s for s in slot if lies_in[s.id] == 1) or _said(slot)
            if (True in said if explicit else not said) and any(s.capacity != 0 for s in slot):
                found.append(slot)
        return tuple(found)

    def counts(self, session: Session) -> bool:
        """Whether a certificate lists the session."""
        return session.slug in self.counted if self.counted else session.kind in COUNTED

    @cached_property
    def speakers(self) -> tuple[Speaker, ...]:
        """Everybody who speaks, once, in the order of the day, with what is told of them first."""
        known: dict[str, Speaker] = {}
        for each in (speaker for session in self.sessions for speaker in session.speakers):
            first = known.get(each.name, each)
            known[each.name] = Speaker(
                each.name,
                first.title or each.title,
                first.biography or each.biography,
                first.portrait or each.portrait,
            )
        return tuple(known.values())

    @cached_property
    def pictures(self) -> frozenset[str]:
        """The names of all that it shows."""
        named = {self.image, self.logo, *(speaker.portrait for speaker in self.speakers)}
        return frozenset(named - {""})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def last_ends_at(self) -> datetime:
        """When the last session is over, the party included."""
        return max((session.ends_at for session in self.sessions), default=self.ends_at)

    def is_over(self, now: datetime) -> bool:
        return self.closed_at is not None or now >= self.last_ends_at

    @cached_property
    def by_slug(self) -> dict[str, Session]:
        return {session.slug: session for session in self.sessions}

    @cached_property
    def by_id(self) -> dict[int, Session]:
        return {session.id: session for session in self.sessions}

    def state(self, now: datetime) -> State:
        """Of its registration: not yet open, open, over, or the whole day closed; or what the day
        itself is."""
        if self.stage != "published":
            return self.stage
        if self.closed_at is not None:
            return "closed"
        if self.opens_at is not None and now < self.opens_at:
            return "upcoming"
        if now >= (self.closes_at or self.ends_at):
            return "ended"
        return "open"

    def joined_until(self, session: Session) -> datetime:
        """From this moment on nobody joins it any more."""
        return session.starts_at - timedelta(minutes=self.closes_before)

    def asks_to_confirm(self, now: datetime) -> bool:
        """Whether a place goes when its address is not confirmed in time."""
        return (
            self.confirm_within > 0
            and self.stage == "published"
            and self.closed_at is None
            and now < self.starts_at
        )

    def frees(self, session: Session) -> bool:
        """Whether absence from it costs a seat. Where being there that day is enough, nobody is
        scanned at a workshop, and so nobody is known to be absent from it."""
        asked = self.free_after > 0 and self.workshop_presence == "own-scan"
        return asked and session.is_workshop and session.capacity is not None

    def freed_from(self, session: Session) -> datetime:
        """From this moment on the seats of those who are not there may be freed."""
        return session.starts_at + timedelta(minutes=self.free_after)

    def begun(self, now: datetime) -> frozenset[int]:
        """The sessions that nobody joins any more: ids."""
        soon = now + timedelta(minutes=self.closes_before)
        return frozenset(s.id for s in self.sessions if s.starts_at <= soon)

    def with_counts(self, counts: dict[int, tuple[int, int, int]]) -> "Conference":
        """The same day with (taken, waiting, beyond) of some sessions read again."""
        return replace(
            self,
            sessions=tuple(
                replace(session, taken=count[0], waiting=count[1], beyond=count[2])
                if (count := counts.get(session.id))
                else session
                for session in self.sessions
            ),
        )


def _said(slot: Iterable[Session]) -> set[bool]:
    return {session.required for session in slot if session.required is not None}


def _slots(sessions: list[Session]) -> list[tuple[Session, ...]]:
    """The largest sets of sessions that all take place at one moment."""
    if not sessions:
        return []
    in_order = sorted(sessions, key=lambda s: (s.starts_at, s.ends_at, s.id))
    at_once = dict.fromkeys(
        tuple(s for s in in_order if s.starts_at <= start < s.ends_at)
        for start in sorted({s.starts_at for s in in_order})
    )
    sets = {slot: {session.id for session in slot} for slot in at_once}
    return [slot for slot in at_once if not any(sets[slot] < other for other in sets.values())]
