"""A conference's programme as its organiser writes it: YAML, checked, with the line of every error.

    slug: journee-nationale-2019
    title: …
    date: 2019-11-07
    sessions:
      - {id: accueil, kind: reception, title: Accueil, from: 09:00, to: 10:00}

Times are the place's own. An end before its start, and hours from 24 on, are after midnight.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import yaml

from services.registration.programme.bounds import refuse_unbounded
from services.registration.programme.facts import FREE_AFTER, UNLIMITED, Kind, Proof, Speaker
from services.registration.programme.faults import InvalidProgramme, ProgrammeFault
from services.registration.programme.fields import Fields

KINDS: tuple[Kind, ...] = get_args(Kind)
PRESENCE = ("own-scan", "day")
PROOFS: tuple[Proof, ...] = get_args(Proof)
# Pages under /organiser/ that are of no conference.
RESERVED = ("account", "import", "invite", "new", "passkey", "sign-in", "sign-out", "subscribers")
LONGEST_RETENTION = 600  # months
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TIME = re.compile(r"(\d{1,2})[:h](\d{2})")
_LAST_HOUR = 29  # five in the morning after


@dataclass(frozen=True)
class PlannedSession:
    slug: str
    kind: Kind
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str | None
    description: str
    capacity: int | None
    speakers: tuple[Speaker, ...]
    venue: str | None = None
    address: str | None = None
    required: bool | None = None

    @property
    def is_unlimited(self) -> bool:
        """People choose it, and all of them find a place."""
        return self.kind == "workshop" and self.capacity is None

    @property
    def is_chosen(self) -> bool:
        return self.capacity is not None or self.is_unlimited


@dataclass(frozen=True)
class Programme:
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
    opens_at: datetime | None
    closes_at: datetime | None
    workshop_presence: str
    presence_evidence: Proof
    closes_before: int
    confirm_within: int
    free_after: int
    least_minutes: int
    least_share: int
    counted: tuple[str, ...]
    retention_months: int | None
    data_contact: str
    data_note: str
    access: str
    colour: str
    image: str
    logo: str
    sessions: tuple[PlannedSession, ...]

    @property
    def starts_at(self) -> datetime:
        return min(session.starts_at for session in self.sessions)

    @property
    def ends_at(self) -> datetime:
        """When the day is over; a party afterwards is not part of it."""
        day = [session for session in self.sessions if session.kind != "party"]
        return max(session.ends_at for session in day or self.sessions)

    @property
    def last_ends_at(self) -> datetime:
        return max(session.ends_at for session in self.sessions)


def load_programme(path: Path, *, on: date | None = None) -> Programme:
    """The programme in a file, moved to the day `on`. Raises InvalidProgramme with every fault."""
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidProgramme([ProgrammeFault(1, "file", "must be UTF-8 text")]) from None
    return parse_programme(source, on=on)


def parse_programme(source: str, *, on: date | None = None) -> Programme:
    """Raises InvalidProgramme with every fault."""
    try:
        refuse_unbounded(source)
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = {"problem": error.problem or error.context}
        fault = ProgrammeFault(line, "file", "is not YAML: %(problem)s", problem)
        raise InvalidProgramme([fault]) from None
    except yaml.YAMLError as error:
        raise InvalidProgramme(
            [ProgrammeFault(1, "file", "is not YAML: %(problem)s", {"problem": error})]
        ) from None
    fields = Fields.of(root)
    programme = _read(fields, on)
    fields.finish()
    return programme


def _read(fields: Fields, on: date | None) -> Programme:
    zone = _zone(fields)
    written = fields.date("date")
    day = on if on and fields.is_near("date", on.year) else written
    shift = day - written
    registration = fields.section("registration")
    opens_at = registration.moment("opens_at", zone, shift)
    closes_at = registration.moment("closes_at", zone, shift)
    if opens_at and closes_at and closes_at <= opens_at:
        registration.fault("closes_at", "must be later than opens_at")
    closes_before = registration.whole_number("closes_before", least=0, most=7 * 24 * 60) or 0
    confirm_within = registration.whole_number("confirm_within", least=0, most=7 * 24 * 60) or 0
    attendance = fields.section("attendance")
    presence = attendance.choice("workshops", PRESENCE, default=PRESENCE[0])
    evidence = attendance.choice("evidence", PROOFS, default=PROOFS[0])
    freed = attendance.whole_number("free_after", least=0, most=24 * 60)
    least_minutes = attendance.whole_number("minutes", least=0, most=24 * 60) or 0
    least_share = attendance.whole_number("share", least=0, most=100) or 0
    counted = attendance.words("sessions")
    attendance.no_others()
    registration.no_others()
    privacy = fields.section("privacy")
    retention_months = privacy.whole_number("retention_months", least=1, most=LONGEST_RETENTION)
    data_contact = privacy.email("data_contact") if "data_contact" in privacy else ""
    data_note = privacy.text("data_note", default="", most=5000)
    privacy.no_others()
    programme = Programme(
        slug=fields.pattern("slug", _SLUG, "must be lower-case letters, digits and single dashes"),
        title=fields.text("title"),
        organiser=fields.text("organiser"),
        contact_email=fields.email("contact_email"),
        language=fields.choice("language", ("fr", "en"), default="fr"),
        timezone=zone.key,
        date=day,
        venue=fields.text("venue"),
        address=fields.text("address", default=""),
        city=fields.text("city"),
        description=fields.text("description", default="", most=5000),
        opens_at=opens_at,
        closes_at=closes_at,
        workshop_presence=presence,
        presence_evidence=evidence,
        closes_before=closes_before,
        confirm_within=confirm_within,
        free_after=FREE_AFTER if freed is None else freed,
        least_minutes=least_minutes,
        least_share=least_share,
        counted=counted,
        retention_months=retention_months,
        data_contact=data_contact,
        data_note=data_note,
        access=fields.text("access", default="", most=2000),
        colour=fields.colour("colour"),
        image=fields.picture("image"),
        logo=fields.picture("logo"),
        sessions=tuple(_read_session(item, day, zone) for item in fields.items("sessions")),
    )
    if programme.slug in RESERVED:
        fields.fault("slug", "is the address of a page of ours: choose another")
    fields.no_others()
    _refuse_repeated_ids(fields)
    known = {session.slug for session in programme.sessions}
    for slug in counted:
        if slug not in known:
            attendance.fault("sessions", "“%(id)s” is the id of no session", id=slug)
    return programme


def _read_session(fields: Fields, day: date, zone: ZoneInfo) -> PlannedSession:
    kind = fields.choice("kind", KINDS)
    begin, end = _time(fields, "from"), _time(fields, "to")
    if end < begin:
        end += timedelta(days=1)
    if end - begin > timedelta(hours=18):
        fields.fault("to", "must be within 18 hours of 'from'")
    capacity = fields.whole_number("capacity", least=0, most=UNLIMITED - 1)
    if (capacity is not None or kind == "workshop") and end == begin:
        fields.fault("to", "must be later than 'from': people choose this session")
    session = PlannedSession(
        slug=fields.pattern("id", _SLUG, "must be lower-case letters, digits and single dashes"),
        kind=kind,
        title=fields.text("title", most=500),
        starts_at=_local(fields, "from", day, begin, zone),
        ends_at=_local(fields, "to", day, end, zone),
        room=fields.text("room", default="") or None,
        description=fields.text("description", default="", most=5000),
        capacity=capacity,
        speakers=fields.speakers("speakers"),
        venue=fields.text("venue", default="") or None,
        address=fields.text("address", default="") or None,
        required=fields.yes_or_no("required"),
    )
    fields.no_others()
    return session


def _zone(fields: Fields) -> ZoneInfo:
    name = fields.text("timezone")
    if not name:
        return ZoneInfo("UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fields.fault("timezone", "must be an IANA time zone, such as Europe/Paris")
        return ZoneInfo("UTC")


def _time(fields: Fields, name: str) -> timedelta:
    raw = fields.scalar(name)
    match = _TIME.fullmatch(raw or "")
    if match is None:
        fields.fault(name, "must be a time such as 09:00")
        return timedelta()
    hour, minute = int(match[1]), int(match[2])
    if hour > _LAST_HOUR or minute > 59:
        fields.fault(name, "must be between 00:00 and %(last)s", last=f"{_LAST_HOUR}:59")
        return timedelta()
    return timedelta(hours=hour, minutes=minute)


def _local(fields: Fields, name: str, day: date, clock: timedelta, zone: ZoneInfo) -> datetime:
    """The moment when clocks of the place show this time of that day."""
    naive = datetime.combine(day, time()) + clock
    moment = naive.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != naive:
        fields.fault(
            name,
            "does not exist on %(day)s in %(zone)s: clocks go forward",
            day=naive.date(),
            zone=zone.key,
        )
    return moment


def _refuse_repeated_ids(fields: Fields) -> None:
    seen: dict[str, int] = {}
    for item in fields.items("sessions"):
        slug = item.scalar("id")
        if slug and slug in seen:
            item.fault(
                "id",
                "“%(id)s” is already the id of the session in line %(line)s",
                id=slug,
                line=seen[slug],
            )
        elif slug:
            seen[slug] = item.line_of("id")
