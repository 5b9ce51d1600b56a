"""The closing table: every fact counted from outside, beside what it must be."""

from collections.abc import Mapping
from typing import Any

from deploy.local.demo.client import Client
from deploy.local.demo.day import Attendance, Day
from deploy.local.demo.facts import Fact, delivered, documents, event_kinds, fact
from deploy.local.demo.verification import Verified
from deploy.local.mailbox import Mailbox
from deploy.local.stack import Stack

Sessions = Mapping[str, Mapping[str, Any]]  # by id

# What a person is told, by the type of the event that it tells of.
TOLD = {
    "registration.confirmed": "confirmed",
    "registration.waitlisted": "waitlisted",
    "registration.promoted": "promoted",
    "registration.changed": "changed",
    "registration.cancelled": "cancelled",
    "certificate.issued": "certificate",
}


async def count(
    stack: Stack,
    client: Client,
    day: Day,
    workshops: Sessions,
    attendance: Attendance,
    verified: Verified,
) -> list[Fact]:
    """`workshops` as the programme showed them when everybody had registered."""
    afterwards = await client.sessions()
    headcounts = (await client.headcounts())["items"]
    return [
        *_seats(day, workshops, afterwards),
        *_live(day, attendance, headcounts),
        *_emails(stack, day),
        *_doors(attendance),
        *_certificates(stack, attendance, verified),
    ]


def _seats(day: Day, workshops: Sessions, afterwards: Sessions) -> list[Fact]:
    where = "The programme, as the API tells it"
    paper = day.on_paper
    answered = sum(bool(person.answer.get("id")) for person in day.people)
    return [
        fact("registrations accepted", answered, len(day.people), where),
        *(
            fact(
                f"{name}: seats held, waiting",
                f"{workshops[name]['taken']}, {workshops[name]['waiting']}",
                f"{paper.held[name]}, {len(paper.waiting[name])}",
                where,
            )
            for name in paper.capacities
        ),
        fact(
            "waiting once the day is closed",
            sum(afterwards[name]["waiting"] for name in paper.capacities),
            0,
            where,
        ),
    ]


def _live(day: Day, attendance: Attendance, headcounts: list[Mapping[str, Any]]) -> list[Fact]:
    where = "The live headcounts"
    counts = {row["session"]: row for row in headcounts}
    names = list(day.on_paper.capacities)
    return [
        fact(
            "registered, in all workshops",
            sum(counts[name]["registered"] for name in names),
            day.on_paper.confirmed,
            where,
        ),
        fact(
            "present, by workshop",
            " ".join(str(counts[name]["present"]) for name in names),
            " ".join(str(attendance.in_workshop[name]) for name in names),
            where,
        ),
    ]


def _emails(stack: Stack, day: Day) -> list[Fact]:
    where = "Emails in the SMTP sink, by Message-ID"
    found = delivered(Mailbox(stack.mails), event_kinds(stack))
    expected = day.on_paper.emails
    return [
        *(
            fact(kind, found.by_kind.get(event, 0), expected[kind], where)
            for event, kind in TOLD.items()
        ),
        fact("doubled", found.doubled, 0, where),
        fact("unexplained", found.unexplained, 0, where),
    ]


def _doors(attendance: Attendance) -> list[Fact]:
    where = "The doors"
    return [
        fact("first scans", attendance.first_scans, attendance.expected_first, where),
        fact(
            "repeated scans, recognised",
            attendance.repeated_scans,
            attendance.expected_repeated,
            where,
        ),
    ]


def _certificates(stack: Stack, attendance: Attendance, verified: Verified) -> list[Fact]:
    disk, public = "Files on disk", "Public verification and download"
    people = len(attendance.minutes)
    revoked = bool((verified.revoked or {"valid": True})["valid"])
    right_minutes = sum(
        attendance.minutes.get(answer["holder"]) == answer["minutes"]
        for answer in verified.answers.values()
    )
    return [
        fact("PDFs, whole", documents(stack.home / "certificates"), people, disk),
        fact("valid", sum(a["valid"] for a in verified.answers.values()), people, public),
        fact("with the right name and minutes", right_minutes, people, public),
        fact("downloaded as PDF", verified.pdfs, people, public),
        fact("still valid after it was revoked", int(revoked), 0, public),
        fact("found under a made-up code", int(verified.unknown is not None), 0, public),
    ]
