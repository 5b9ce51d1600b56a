"""One email for one event, whatever fails on the way."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from deploy.local import smtp_sink
from deploy.local.misbehaviour import Misbehaviour
from services.notifications.resources import Resources
from services.notifications.service import send_confirmation, service
from services.notifications.writing.letters import LetterWriter
from services.notifications.writing.own_words import OwnWords
from shared.base.clock import now
from shared.bus.deadletters import replay, replay_from
from shared.bus.inbox import JobRow
from shared.bus.lease import claim
from shared.events.registration import RegistrationLinkRequested
from tests.notifications.day import person, place, seat, told


def set_jobs(office, **values) -> None:
    with office.database.begin() as connection:
        connection.execute(update(JobRow).values(next_at=now(), **values))


def test_a_confirmation_is_sent_and_logged(office) -> None:
    event = told(place())
    office.hear(event)
    [mail] = office.mails
    assert mail["Message-ID"] == f"<{event.id}@emarge.example>"
    assert mail["To"].addresses[0].addr_spec == "elodie@ville.example"
    assert mail["From"].addresses[0].display_name == "Alliance Villes Emploi via Emarge"
    assert mail["From"].addresses[0].addr_spec == "emarge@emarge.example"
    assert mail["Reply-To"].addresses[0].addr_spec == "contact@villes-emploi.example"
    assert mail["Date"].datetime == event.time.replace(microsecond=0)
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "calendar.ics",
        "badge.pdf",
    ]
    [row] = office.log
    assert (row["event_id"], row["registration_id"]) == (str(event.id), place().registration_id)
    assert (row["kind"], row["recipient"]) == ("confirmed", "elodie@ville.example")
    assert (row["state"], row["message_id"]) == ("sent", mail["Message-ID"])
    assert "OK" in row["words"]
    assert row["settled_at"] >= row["created_at"]


def test_the_handler_is_a_plain_function(office) -> None:
    event = told(place())
    office.receive(event)
    set_jobs(office, state="queued")
    lease = claim(office.database, office.jobs[0]["id"], timedelta(seconds=60))
    assert lease is not None
    send_confirmation(event, lease, office.resources)
    assert lease.completed
    assert len(office.mails) == 1


def test_an_event_that_comes_twice_is_one_email(office) -> None:
    event = told(place())
    office.hear(event)
    office.hear(event)
    set_jobs(office, state="waiting", step=None, tries=0)
    office.work()
    assert len(office.mails) == 1


def test_a_replay_sends_nothing_again_unless_it_is_forced(office) -> None:
    office.hear(told(place()))
    for force, mails in ((False, 1), (True, 2)):
        with office.database.begin() as connection:
            assert replay_from(connection, "registration", 1, force=force) == 1
        office.work()
        assert len(office.mails) == mails
    assert office.jobs[0]["state"] == "done"
    assert len({mail["Message-ID"] for mail in office.mails}) == 1


@pytest.mark.parametrize("fault", ["421", "451", "refuse-connection"])
def test_what_is_refused_for_now_is_sent_later_and_once(office, fault) -> None:
    office.sink.misbehaviour = Misbehaviour(fault, times=2)
    office.hear(told(place()))
    job = next(job for job in office.jobs if job["source"] == "registration")
    assert job["state"] == "waiting"
    assert job["step"] is None
    assert job["next_at"] > now()
    [row] = office.log
    assert row["state"] == "sending"
    assert row["words"]
    for _ in range(2):
        office.make_due()
        office.work()
    assert len(office.mails) == 1
    assert office.log[0]["state"] == "sent"


def test_what_is_refused_for_good_is_a_dead_letter_with_the_servers_words(office) -> None:
    office.sink.misbehaviour = Misbehaviour("550", times=1)
    office.hear(told(place()))
    job = office.jobs[0]
    assert (job["state"], job["tries"]) == ("dead", 1)
    assert "550 5.1.1 No such person here" in job["error"]
    assert office.log[0]["state"] == "failed"
    assert "550 5.1.1" in office.log[0]["words"]
    with office.database.begin() as connection:
        replay(connection, [job["id"]])
    office.work()
    assert len(office.mails) == 1
    assert office.log[0]["state"] == "sent"


def test_the_address_is_left_out_of_reasons_and_logs(office, monkeypatch, capsys) -> None:
    async def refuse(_self, _server, _session, _envelope, address, _options) -> str:
        return f"550 <{address}> is unknown here"

    monkeypatch.setattr(smtp_sink.Connection, "handle_RCPT", refuse)
    office.hear(told(place()))
    assert "is unknown here" in office.jobs[0]["error"]
    assert "elodie@ville.example" not in office.jobs[0]["error"]
    assert "elodie@ville.example" not in office.log[0]["words"]
    printed = capsys.readouterr()
    assert "failed" in printed.out
    assert "elodie" not in printed.out + printed.err


def test_when_the_answer_is_lost_the_email_is_taken_for_sent_and_listed(office) -> None:
    office.sink.misbehaviour = Misbehaviour("close-after-dot", times=1)
    office.hear(told(place()))
    office.make_due()
    office.work()
    assert len(office.mails) == 1
    assert office.log[0]["state"] == "ambiguous"
    assert office.jobs[0]["state"] == "done"


def test_a_worker_that_died_at_the_dot_leaves_an_ambiguous_email(office) -> None:
    office.receive(told(place()))
    set_jobs(office, state="waiting", step="dot", tries=1)
    office.work()
    assert office.mails == []
    assert office.log[0]["state"] == "ambiguous"
    assert office.jobs[0]["state"] == "done"


def test_a_worker_that_died_before_the_dot_left_nothing(office) -> None:
    office.receive(told(place()))
    set_jobs(office, state="waiting", step=None, tries=1)
    office.work()
    assert len(office.mails) == 1
    assert office.log[0]["state"] == "sent"


@pytest.mark.parametrize("was_written", [True, False])
def test_a_folder_can_be_asked_after_a_death_at_the_dot(
    other_office, tmp_path, was_written
) -> None:
    folder = tmp_path / "out"
    office = other_office(smtp_url=f"file://{folder}")
    event = told(place())
    office.receive(event)
    set_jobs(office, state="waiting", step="dot", tries=1)
    path = folder / f"{event.id}@emarge.example.eml"
    if was_written:
        folder.mkdir()
        path.write_text("the first try")
    office.work()
    assert [found.name for found in folder.iterdir()] == [path.name]
    assert (path.read_text() == "the first try") == was_written
    assert office.log[0]["state"] == "sent"


def test_a_worker_whose_lease_is_over_sends_nothing(office) -> None:
    class Slow(LetterWriter):
        """While it writes, the job is given to another worker."""

        def write(self, *arguments):
            with office.database.begin() as connection:
                connection.execute(update(JobRow).values(tries=JobRow.tries + 1))
            return super().write(*arguments)

    fields = {**vars(office.resources), "own_words": OwnWords(office.database, Slow())}
    office.resources = Resources(**fields)
    office.hear(told(place()))
    assert office.mails == []
    assert office.log[0]["state"] == "sending"


@pytest.mark.parametrize("address", ["nobody", "a b@c.example", "a@b.example>\r\nRCPT TO:<x@y"])
def test_an_address_that_is_none_is_a_dead_letter(office, address) -> None:
    office.hear(told(place(person=person(email=address))))
    assert office.mails == []
    assert office.jobs[0]["state"] == "dead"
    assert office.log[0]["state"] == "failed"


def test_a_domain_beyond_ascii_is_encoded(office) -> None:
    office.hear(told(place(person=person(email="elodie@straße.example"))))
    [identity] = office.sink.mailbox.ids()
    assert office.sink.mailbox.stored(identity).recipients == ("elodie@xn--strae-oqa.example",)


def test_a_local_part_beyond_ascii_is_written_to_where_the_server_can(office) -> None:
    office.hear(told(place(person=person(email="élodie@ville.example"))))
    [identity] = office.sink.mailbox.ids()
    assert office.sink.mailbox.stored(identity).recipients == ("élodie@ville.example",)
    assert " <élodie@ville.example>\r\n".encode() in office.sink.mailbox.raw(identity)


def test_what_is_too_old_is_logged_and_not_sent(office, other_office) -> None:
    old = now() - timedelta(days=8)
    office.hear(told(place(), time=old))
    assert office.mails == []
    assert office.log[0]["state"] == "skipped"
    assert office.log[0]["recipient"] == "elodie@ville.example"
    assert office.log[0]["reason"] == "too-late"
    other_office(mail_max_age=9).hear(told(place(), time=old))
    assert len(office.mails) == 1


def test_a_rebuilt_database_is_told_from_when_on_to_send(other_office) -> None:
    loss = now() - timedelta(hours=1)
    office = other_office(send_since=loss)
    office.hear(told(place(), time=loss - timedelta(minutes=1)))
    office.hear(told(place(revision=2), time=loss + timedelta(minutes=1)))
    assert [(row["state"], row["reason"]) for row in office.log] == [
        ("skipped", "before-the-loss"),
        ("sent", None),
    ]


def test_an_email_once_begun_does_not_grow_too_old(office, other_office) -> None:
    office.sink.misbehaviour = Misbehaviour("451", times=1)
    office.hear(told(place(), time=now() - timedelta(days=6.9)))
    later = other_office(mail_max_age=1)
    later.make_due()
    later.work()
    assert len(later.mails) == 1


def test_a_lost_link_is_sent_again_without_touching_the_calendar(office) -> None:
    office.hear(told(place()))
    office.hear(told(place(RegistrationLinkRequested)))
    link = office.mails[1]
    assert place().manage_url in link.get_body(("plain",)).get_content()
    assert [part.get_filename() for part in link.iter_attachments()] == ["badge.pdf"]


def test_confirmations_do_not_wait_behind_certificates_and_reminders() -> None:
    bulk = {type_ for (type_, _), lane in service.lanes.items() if lane == "bulk"}
    assert bulk == {
        "attendance.recorded",
        "attendance.withdrawn",
        "certificate.issued",
        "certificate.relinked",
        "notifications.announcement-due",
        "notifications.announcement-sent",
        "notifications.notice-due",
        "notifications.programme-followed",
        "notifications.reminder-due",
    }


def test_every_registration_has_its_own_log(office) -> None:
    other = "01900000-0000-7000-8000-000000000002"
    office.hear(told(place()), told(place(registration_id=other, seats=(seat(),))))
    assert {row["registration_id"] for row in office.log} == {place().registration_id, other}
    assert service.figures is not None
    with office.database.read() as connection:
        assert service.figures(connection)["emails_sent"] == 2
