"""What a person's calendar is told, email after email."""

from icalendar import Calendar
from sqlalchemy import update

from deploy.local.misbehaviour import Misbehaviour
from shared.base.clock import now
from shared.bus.inbox import JobRow
from shared.events.registration import (
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
from tests.notifications.day import at, meal, place, seat, told

A, B = seat("atelier-1"), seat("atelier-2")
REGISTRATION = place().registration_id


def changed(revision, *seats, kind=RegistrationChanged, **changes):
    return told(place(kind, revision=revision, seats=seats, **changes))


def calendar_of(mail) -> dict[str, set[tuple[str, int]]]:
    """By method: (what the UID names, SEQUENCE) of each entry. Checks what RFC 5546 asks for."""
    said: dict[str, set[tuple[str, int]]] = {}
    for part in mail.walk():
        if part.get_content_type() != "text/calendar":
            continue
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        method = str(calendar["METHOD"])
        assert part.get_param("method") == method
        events = calendar.walk("VEVENT")
        assert events
        if method == "CANCEL":
            assert len({event["UID"] for event in events}) == 1
            assert all(event["STATUS"] == "CANCELLED" for event in events)
        names = {
            (str(event["UID"]).removeprefix(REGISTRATION), int(str(event["SEQUENCE"])))
            for event in events
        }
        said[method] = said.get(method, set()) | names
    return said


class Agenda:
    """A calendar program, as RFC 5546 has it: newer sequences win, cancellations remove."""

    def __init__(self) -> None:
        self.entries: dict[str, int] = {}
        self.cancelled: dict[str, int] = {}

    def read(self, mail) -> None:
        said = calendar_of(mail)
        for uid, sequence in said.get("PUBLISH", ()):
            if sequence >= self.cancelled.get(uid, -1):
                self.entries[uid] = max(sequence, self.entries.get(uid, sequence))
        for uid, sequence in said.get("CANCEL", ()):
            self.cancelled[uid] = sequence
            if self.entries.get(uid, sequence) <= sequence:
                self.entries.pop(uid, None)


def agenda_after(office) -> set[str]:
    agenda = Agenda()
    for mail in office.mails:
        agenda.read(mail)
    return set(agenda.entries)


def test_a_change_puts_in_what_is_new_and_takes_out_what_is_given_up(office) -> None:
    office.hear(changed(1, A, meal(), kind=RegistrationConfirmed))
    office.hear(changed(2, B, meal()))
    first, second = office.mails
    assert calendar_of(first) == {"PUBLISH": {(".atelier-1", 1), (".cocktail", 1)}}
    assert calendar_of(second) == {
        "PUBLISH": {(".atelier-2", 2), (".cocktail", 2)},
        "CANCEL": {(".atelier-1", 2)},
    }
    assert agenda_after(office) == {".atelier-2", ".cocktail"}


def test_what_was_taken_out_is_not_taken_out_again(office) -> None:
    office.hear(changed(1, A, kind=RegistrationConfirmed))
    office.hear(changed(2, B))
    office.hear(changed(3, B, meal()))
    assert "CANCEL" not in calendar_of(office.mails[2])


def test_a_session_taken_again_is_put_in_again(office) -> None:
    office.hear(changed(1, A, kind=RegistrationConfirmed))
    office.hear(changed(2, B))
    office.hear(changed(3, A))
    assert agenda_after(office) == {".atelier-1"}


def test_a_cancelled_registration_empties_the_calendar(office) -> None:
    office.hear(changed(1, A, meal(), kind=RegistrationConfirmed))
    office.hear(changed(2, A, meal(), kind=RegistrationCancelled, status="cancelled"))
    assert calendar_of(office.mails[1]) == {"CANCEL": {(".atelier-1", 2), (".cocktail", 2)}}
    assert agenda_after(office) == set()
    [_, cancelled] = office.mails
    names = [part.get_filename() for part in cancelled.iter_attachments()]
    assert names == ["removed.ics", "removed-2.ics"]


def test_a_cancellation_heard_of_first_still_names_what_was_held(office) -> None:
    office.hear(changed(2, A, kind=RegistrationCancelled, status="cancelled"))
    assert calendar_of(office.mails[0]) == {"CANCEL": {(".atelier-1", 2)}}


def test_the_day_gives_way_to_a_session(office) -> None:
    office.hear(changed(1, kind=RegistrationConfirmed))
    office.hear(changed(2, A))
    assert calendar_of(office.mails[0]) == {"PUBLISH": {("", 1)}}
    assert calendar_of(office.mails[1]) == {"PUBLISH": {(".atelier-1", 2)}, "CANCEL": {("", 2)}}


def test_who_only_waits_gets_no_calendar(office) -> None:
    waiting = seat("atelier-1", "waiting", rank=2)
    office.hear(changed(1, waiting, kind=RegistrationWaitlisted, status="waitlisted"))
    assert calendar_of(office.mails[0]) == {}
    assert list(office.mails[0].iter_attachments()) == []


def test_a_swap_puts_in_one_and_takes_out_the_other(office) -> None:
    office.hear(changed(1, A, kind=RegistrationConfirmed))
    office.hear(
        told(
            place(
                RegistrationPromoted,
                revision=2,
                seats=(B,),
                granted=("atelier-2",),
                released=("atelier-1",),
            )
        )
    )
    assert agenda_after(office) == {".atelier-2"}


def test_a_moved_session_keeps_its_uid(office) -> None:
    office.hear(changed(1, A, kind=RegistrationConfirmed))
    office.hear(changed(2, A.model_copy(update={"starts_at": at(11)})))
    assert calendar_of(office.mails[1]) == {"PUBLISH": {(".atelier-1", 2)}}


def test_a_late_email_leaves_the_calendar_alone(office) -> None:
    office.hear(changed(2, B))
    office.hear(changed(1, A, kind=RegistrationConfirmed))
    late = office.mails[1]
    assert calendar_of(late) == {}
    assert list(late.iter_attachments()) == []
    assert "changé depuis" in late.get_body(("plain",)).get_content()
    assert agenda_after(office) == {".atelier-2"}


def test_whatever_the_order_the_calendar_ends_right(office) -> None:
    """The confirmation is refused for a while, and the change overtakes it."""
    office.sink.misbehaviour = Misbehaviour("451", times=1)
    office.hear(changed(1, A, kind=RegistrationConfirmed))
    office.hear(changed(2, B))
    office.make_due()
    office.work()
    assert len(office.mails) == 2
    assert agenda_after(office) == {".atelier-2"}


def test_an_email_nobody_knows_of_is_cancelled_to_be_sure(office) -> None:
    office.receive(changed(1, A, kind=RegistrationConfirmed))
    with office.database.begin() as connection:
        connection.execute(update(JobRow).values(step="dot", next_at=now()))
    office.work()
    assert office.log[0]["state"] == "ambiguous"
    office.hear(changed(2, B))
    assert calendar_of(office.mails[0])["CANCEL"] == {(".atelier-1", 2)}


def test_an_email_that_never_went_out_is_cancelled_to_be_sure(office) -> None:
    office.sink.misbehaviour = Misbehaviour("550", times=1)
    office.hear(changed(1, A, kind=RegistrationConfirmed))
    office.hear(changed(2, B))
    assert calendar_of(office.mails[0])["CANCEL"] == {(".atelier-1", 2)}


def test_what_is_given_up_is_taken_out_by_a_later_try_too(office) -> None:
    office.hear(changed(1, A, kind=RegistrationConfirmed))
    office.sink.misbehaviour = Misbehaviour("451", times=1)
    office.hear(changed(2, B))
    assert len(office.mails) == 1
    office.make_due()
    office.work()
    assert calendar_of(office.mails[1])["CANCEL"] == {(".atelier-1", 2)}


def test_a_repeated_event_changes_nothing(office) -> None:
    first = changed(1, A, kind=RegistrationConfirmed)
    office.hear(first)
    office.hear(changed(2, B))
    with office.database.begin() as connection:
        connection.execute(update(JobRow).values(state="waiting", tries=0, step=None))
    office.work()
    office.hear(changed(3, B, meal()))
    assert "CANCEL" not in calendar_of(office.mails[2])
