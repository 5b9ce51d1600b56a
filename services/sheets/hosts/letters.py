"""A host's letter: asked for the day before the session, at once when that is over, and again when
the session has moved. Whoever sends emails hears of it by the log, in the same transaction."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Connection, select, update

from services.sheets.base.records import SheetRecord, sheet_by_id, sheets_by_conference
from services.sheets.base.tables import Day, Host
from services.sheets.base.titles import title_of
from shared.base.clock import now
from shared.bus.eventlog import EventLog
from shared.bus.inbox import schedule
from shared.events.envelope import Payload
from shared.events.letters import LetterAsked, ReaderErased
from shared.events.parts import Conference
from shared.words.language import Language, Languages
from shared.words.typography import typeset

BEFORE = timedelta(days=1)
DAYS_AFTER = 7  # for which a host's link opens once the session is over
LOCALE = Path(__file__).parents[1] / "locale"


class HostLetterDue(Payload):
    """The session of a host is near: they are to have their link."""

    type: ClassVar[str] = "sheets.host-letter-due"
    host: str
    again: bool = False


def plan(
    connection: Connection, sheet: SheetRecord, host_id: str, *, at_once: bool = False
) -> None:
    """The session's time may change meanwhile, also back: it is looked at again when this is due. A
    timer that has gone off never does again, so that its moment is part of its key."""
    moment = now()
    at = moment if at_once else max(moment, sheet.starts_at - BEFORE)
    due = HostLetterDue(host=host_id, again=at_once)
    key = f"host-letter:{host_id}:{at.isoformat()}:{'again' if at_once else _told(sheet)}"
    schedule(connection, due, key=key, at=at, lane="main")


def follow(connection: Connection, slug: str) -> None:
    """The programme moved: hosts who were told another time, room or title are written to again, as
    the others are, the day before."""
    for sheet in sheets_by_conference(connection, slug):
        hosts = connection.execute(
            select(Host.id, Host.asked_for).where(
                Host.sheet_id == sheet.id, Host.ended_at.is_(None), Host.email != ""
            )
        )
        for host_id, asked_for in hosts:
            if asked_for != _told(sheet) and sheet.state == "open":
                plan(connection, sheet, host_id)


def ask(connection: Connection, log: EventLog, due: HostLetterDue) -> None:
    """Append the letter, unless it is no longer to be written, or not yet."""
    host = connection.execute(
        select(Host.sheet_id, Host.name, Host.email, Host.locale, Host.asked_for, Host.ended_at)
        .where(Host.id == due.host)
        .with_for_update()
    ).first()
    if host is None or host.ended_at is not None or not host.email:
        return
    sheet, moment = sheet_by_id(connection, host.sheet_id), now()
    until = sheet.ends_at + timedelta(days=DAYS_AFTER)
    told = host.asked_for == _told(sheet) and not due.again
    if told or sheet.state == "withdrawn" or moment >= until:
        return
    if not due.again and moment < sheet.starts_at - BEFORE:
        plan(connection, sheet, due.host)  # it was put later
        return
    language = Languages.load(LOCALE)[host.locale]
    conference = _conference(connection, sheet)
    subject, paragraphs, button = _words(language, conference, sheet)
    letter = LetterAsked(
        email=host.email,
        name=host.name,
        locale=host.locale,
        conference=conference,
        subject=subject,
        paragraphs=paragraphs,
        button=button,
        path=f"/sheets/host/{due.host}",
        good_until=until,
    )
    log.append(connection, letter, subject=due.host)
    told_now = {"asked_at": moment, "asked_for": _told(sheet)}
    connection.execute(update(Host).where(Host.id == due.host).values(told_now))


def forget_reader(connection: Connection, log: EventLog, host_id: str) -> None:
    """They host no more, or have another address: no log keeps the one that was written to."""
    log.append(connection, ReaderErased(erased_at=now()), subject=host_id)


def _told(sheet: SheetRecord) -> str:
    """What a letter says of a sheet: of anything else there is another one."""
    times = f"{sheet.starts_at.isoformat()}/{sheet.ends_at.isoformat()}"
    return f"{times} {sheet.room or ''} {sheet.title}".strip()


def _words(
    language: Language, conference: Conference, sheet: SheetRecord
) -> tuple[str, tuple[str, ...], str]:
    """(subject, paragraphs, what the link is called). They name nobody: they stay when the host's
    data goes."""
    gettext, zone = language.gettext, conference.timezone
    title = title_of(sheet, language)
    times = language.times(sheet.starts_at, sheet.ends_at, zone)
    when = f"{language.date(sheet.starts_at, zone)}, {times}"
    where = f", {typeset(sheet.room, language.code)}" if sheet.room else ""
    first = gettext("You host %(title)s: %(when)s%(where)s.")
    paragraphs = (
        first % {"title": language.quote(title), "when": when, "where": where},
        gettext(
            "Your page shows who has signed and who is missing. Mark there who comes late or "
            "leaves early, and countersign at the end of the session: the sheet then says that "
            "you were there to see it."
        ),
        gettext("The link is yours alone: please pass it on to nobody. It needs no account."),
    )
    subject = gettext("Your attendance sheet: %(title)s") % {"title": title}
    return subject, paragraphs, gettext("Open my sheet")


def _conference(connection: Connection, sheet: SheetRecord) -> Conference:
    data = connection.execute(select(Day.data).where(Day.slug == sheet.conference)).scalar_one()
    return Conference.model_validate(data["conference"])
