"""The certificat de réalisation: facts with rules, versions of them, documents that follow."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from services.certificates.base.records import Record
from services.certificates.issuing import asking, realising, reissuing
from services.certificates.issuing.choices import Choice
from services.certificates.realisation import facts as rules
from services.certificates.realisation import versions
from services.certificates.realisation.facts import Facts, read_facts
from services.certificates.realisation.versions import Overtaken
from shared.bus.eventlog import EventLog
from shared.events import new_event
from shared.events.registration import ConferenceCopied, ConferenceDeleted
from tests.certificates.service_doubles import STARTS, House, certified

SLUG = "journee-2026"
DAY = date(2026, 5, 7)
LOG = EventLog("certificates")
TYPED = {
    "provider": "Alliance Villes Emploi",
    "activity_number": "11 75 01234 56",
    "siret": "732 829 320 00074",
    "title": "Journée nationale 2026",
    "nature": "formation",
    "modality": "on-site",
    "representative": "Hélène Œuvrard",
    "representative_title": "Présidente",
    "signed_at": "Montreuil",
    "years": "3",
    "paid_in": "2026",
}


def facts_of(**other: str) -> Facts:
    year = int(other.get("paid_in", DAY.year))
    facts, faults = read_facts({**TYPED, **other}, DAY.replace(year=year))
    assert facts is not None, faults
    return facts


def save(
    house: House,
    revision: int = 0,
    pictures: Mapping[str, bytes] | None = None,
    **other: str,
) -> None:
    realising.save(
        house.database,
        LOG,
        SLUG,
        facts_of(**other),
        pictures or {},
        b"PNG",
        by="o@example.org",
        revision=revision,
    )


def newest(house: House) -> versions.Version:
    with house.database.read() as connection:
        found = versions.newest(connection, SLUG)
    assert found is not None
    return found


def of(house: House, state: str = "valid") -> list[Record]:
    return [
        record
        for record in house.records()
        if record.variant == "realisation" and record.state == state
    ]


def told(house: House, kind: str = "certificate.issued") -> list[dict[str, Any]]:
    return [event["data"] for event in house.published() if event["type"] == kind]


@pytest.mark.parametrize(
    ("field", "typed", "rule"),
    [
        ("provider", " ", "missing"),
        ("provider", "x" * 201, "too-long"),
        ("activity_number", "11 75 01234 5", "number"),
        ("activity_number", "11 75 01234 5A", "number"),
        ("siret", "732 829 320 00075", "siret"),
        ("siret", "732 829 320", "siret"),
        ("nature", "", "choice"),
        ("nature", "stage", "choice"),
        ("modality", "", "choice"),
        ("years", "4", "choice"),
        ("paid_in", "2025", "year"),
        ("paid_in", "2032", "year"),
        ("paid_in", "bientôt", "too-long"),
        ("signed_at", "", "missing"),
    ],
)
def test_what_breaks_a_rule_names_field_and_rule(field: str, typed: str, rule: str) -> None:
    facts, faults = read_facts({**TYPED, field: typed}, DAY)
    assert facts is None
    assert [(fault.field, fault.rule) for fault in faults] == [(field, rule)]


def test_numbers_are_taken_as_people_write_them_and_kept_as_they_are_printed() -> None:
    facts = facts_of(activity_number="11-75.01234 56", siret="73282932000074")
    assert (facts.activity_number, facts.siret) == ("11 75 01234 56", "732 829 320 00074")
    assert facts_of(siret="").siret == "", "who has none abroad"
    assert facts_of(siret="356 000 000 00048").siret, "the post office's add up otherwise"
    assert facts_of(paid_in="2027", years="10").kept_until == date(2037, 12, 31)
    assert {fault.field for fault in read_facts({}, DAY)[1]} == set(rules.FIELDS) - {"siret"}


def test_it_is_issued_beside_the_day_and_told_in_one_email(house: House) -> None:
    save(house)
    house.issue(certified())
    [record] = of(house)
    day = next(each for each in house.records() if each.variant == "day")
    assert record.code != day.code
    assert (record.realisation, record.minutes) == (newest(house).number, day.minutes)
    [mail] = told(house)
    assert (mail["kind"], mail["code"]) == ("attendance", day.code)
    assert mail["realisation_url"] == house.resources.links.download(record)


def test_who_was_certified_before_gets_it_then_and_is_told(house: House) -> None:
    house.issue(certified("r-1"), certified("r-2"))
    save(house)
    house.work()
    assert len(of(house)) == 2
    mails = [each for each in told(house) if each["kind"] == "realisation"]
    assert {each["registration_id"] for each in mails} == {"r-1", "r-2"}
    assert all(each["supersedes"] is None for each in mails)
    house.at_once()
    house.work()
    assert len(told(house)) == 4, "the second look, after the settling time, finds nothing to do"


def test_corrected_facts_replace_what_is_out_and_say_so(house: House) -> None:
    save(house)
    house.issue(certified())
    [old] = of(house)
    save(house, newest(house).number, nature="bilan")
    house.work()
    [new] = of(house)
    assert of(house, "superseded") == [house_record(house, old.id)]
    assert new.code != old.code
    assert new.edition == 2
    mail = told(house)[-1]
    assert (mail["kind"], mail["supersedes"]) == ("realisation", old.code)
    assert mail["supersedes_because"] == "corrected"
    assert house.record().variant == "realisation", "the day's own stays as it was"
    assert sum(each.state == "valid" for each in house.records()) == 2


def house_record(house: House, identity: str) -> Record:
    return next(each for each in house.records() if each.id == identity)


def test_what_says_the_same_is_not_made_anew(house: House) -> None:
    save(house)
    house.issue(certified())
    save(house, newest(house).number)
    assert len(history(house)) == 1, "nothing changed"
    save(house, newest(house).number, paid_in="2027")
    house.work()
    assert [each.edition for each in of(house)] == [1], "until when evidence is kept is not printed"
    realising.stop(house.database, LOG, SLUG, "o@example.org")
    save(house, newest(house).number, paid_in="2027")
    house.work()
    assert [each.edition for each in of(house)] == [1]


def history(house: House) -> list[versions.Saved]:
    with house.database.read() as connection:
        return versions.history(connection, SLUG)


def test_a_revoked_one_stays_revoked_and_its_successor_says_the_facts_of_now(house: House) -> None:
    save(house)
    house.issue(certified())
    [old] = of(house)
    house.revoke(old.code)
    save(house, newest(house).number, signed_at="Lyon")
    house.work()
    assert of(house) == []
    reissuing.ask_for_one(house.database, old.code)
    house.work()
    [new] = of(house)
    assert new.realisation == newest(house).number


def test_a_corrected_attendance_replaces_each_by_its_own_kind(house: House) -> None:
    asking.choose_and_ask(house.database, SLUG, Choice(workshops=True))
    save(house)
    house.issue(certified(sessions=2))
    house.issue(certified(attendance_version=2, sessions=1))
    [new] = of(house)
    [old] = of(house, "superseded")
    assert (old.superseded_by, new.attendance_version) == (new.id, 2)
    assert new.minutes == 45
    first, mail = (each for each in told(house) if each["realisation_url"])
    assert first["realisation_supersedes"] is None
    assert (mail["kind"], mail["realisation_supersedes"]) == ("attendance", old.code)


def test_stopped_it_is_issued_no_more_and_what_is_out_counts(house: House) -> None:
    save(house)
    house.issue(certified("r-1"))
    realising.stop(house.database, LOG, SLUG, "o@example.org")
    house.issue(certified("r-2"))
    assert [each.registration_id for each in of(house)] == ["r-1"]
    changes = told(house, "realisation.changed")
    assert [(each["wanted"], each["kept_until"]) for each in changes] == [
        (True, "2029-12-31"),
        (False, "2029-12-31"),  # there is one whose evidence is kept
    ]


def test_stopped_before_any_was_issued_nothing_is_to_be_kept(house: House) -> None:
    save(house)
    realising.stop(house.database, LOG, SLUG, "o@example.org")
    assert told(house, "realisation.changed")[-1]["kept_until"] is None


def test_whoever_saved_later_is_not_overwritten(house: House) -> None:
    save(house)
    with pytest.raises(Overtaken):
        save(house, revision=0, nature="vae")
    assert newest(house).facts.nature == "formation"


def test_the_history_says_who_changed_what(house: House) -> None:
    save(house)
    save(house, newest(house).number, pictures={"stamp.png": b"1"}, years="10")
    first, second = history(house)[::-1]
    assert set(first.changed) == set(Facts.model_fields)
    assert second.changed == ["years", "stamp"]
    assert told(house, "realisation.changed")[-1]["changed"] == ["years", "stamp"]
    assert (second.saved_by, second.facts.years) == ("o@example.org", 10)


def test_the_next_years_day_has_them_but_issues_none_before_they_are_saved(house: House) -> None:
    save(house)
    copied = ConferenceCopied(conference="journee-2027", copied_from=SLUG)
    house.issue(new_event("registration", copied, subject=None))
    with house.database.read() as connection:
        copy = versions.newest(connection, "journee-2027")
        assert versions.in_force(connection, "journee-2027") is None
    assert copy is not None
    assert copy.facts == newest(house).facts
    deleted = new_event("registration", ConferenceDeleted(conference="journee-2027"), subject=None)
    house.issue(deleted.model_copy(update={"time": copy.saved_at + timedelta(days=1)}))
    with house.database.read() as connection:
        assert versions.newest(connection, "journee-2027") is None


def test_it_is_dated_by_its_facts_when_they_came_later(house: House) -> None:
    house.issue(certified())
    save(house)
    house.work()
    [record] = of(house)
    assert record.issued_at == newest(house).saved_at > STARTS
