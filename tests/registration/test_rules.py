"""Choosing sessions: pure rules over made-up days."""

from datetime import UTC, datetime, timedelta

import pytest

from services.registration.base.refusals import Invalid, SessionFull, SessionsOverlap
from services.registration.programme.facts import Conference, Session
from services.registration.seats.rules import (
    choose,
    plan_place,
    released_by,
    status_of,
    workshop_groups,
)

NINE = datetime(2019, 11, 7, 9, tzinfo=UTC)


def session(number: int, slug: str, start: float, end: float, kind="workshop", **facts) -> Session:
    return Session(
        number,
        slug,
        kind,
        slug.title(),
        NINE + timedelta(hours=start),
        NINE + timedelta(hours=end),
        **{"capacity": 10, **facts},
    )


def day(*sessions: Session) -> Conference:
    return Conference(
        id=1,
        version=1,
        slug="day",
        title="A day",
        organiser="",
        contact_email="",
        language="en",
        timezone="UTC",
        date=NINE.date(),
        venue="",
        address="",
        city="",
        description="",
        starts_at=NINE,
        ends_at=NINE + timedelta(hours=8),
        opens_at=None,
        closes_at=None,
        closed_at=None,
        workshop_presence="own-scan",
        sessions=sessions,
    )


PLENARY = session(1, "opening", 0, 1, "plenary", capacity=None)
A, B = session(2, "a", 1, 3), session(3, "b", 1, 3)
LATE = session(4, "late", 4, 5)
LUNCH = session(5, "lunch", 3, 4, "meal")
DAY = day(PLENARY, A, B, LUNCH, LATE)
FULL_B = day(PLENARY, A, session(3, "b", 1, 3, taken=10), LUNCH, LATE)


def slugs(sessions) -> list[str]:
    return [each.slug for each in sessions]


def test_parallel_workshops_form_groups_in_the_order_of_the_day() -> None:
    assert [slugs(group) for group in workshop_groups(DAY.sessions)] == [["a", "b"], ["late"]]


def test_a_workshop_of_each_group_and_any_options_are_a_choice() -> None:
    assert slugs(choose(DAY, ["late", "lunch", "a"])) == ["a", "lunch", "late"]


@pytest.mark.parametrize(
    ("chosen", "pointer", "rule"),
    [
        (["a", "late", "nope"], "/sessions/2", "no such session"),
        (["a", "late", "opening"], "/sessions/2", "for everyone"),
        (["a", "a", "late"], "/sessions/1", "named twice"),
        (["a"], "/sessions", "Choose one of the parallel workshops: Late"),
        ([], "/sessions", "A; B"),
    ],
)
def test_what_is_no_choice_is_named_by_its_place(chosen, pointer, rule) -> None:
    with pytest.raises(Invalid) as refusal:
        choose(DAY, chosen)
    fault = refusal.value.faults[0]
    assert fault.pointer == pointer
    assert rule in fault.message % fault.parameters


def test_sessions_at_the_same_time_are_refused() -> None:
    with pytest.raises(SessionsOverlap) as refusal:
        choose(DAY, ["a", "b", "late"])
    assert refusal.value.extra == {"sessions": ["a", "b"]}


def test_sessions_that_touch_do_not_overlap() -> None:
    assert slugs(choose(DAY, ["a", "lunch", "late"])) == ["a", "lunch", "late"]


def test_workshops_that_overlap_in_a_chain_need_one_and_allow_two_apart() -> None:
    chain = day(session(1, "x", 0, 1), session(2, "y", 0.5, 2), session(3, "z", 1, 2))
    assert len(workshop_groups(chain.sessions)) == 1
    assert slugs(choose(chain, ["x", "z"])) == ["x", "z"]
    assert slugs(choose(chain, ["y"])) == ["y"]


def test_a_full_session_is_refused_or_waited_for() -> None:
    chosen = choose(FULL_B, ["b", "late"])
    with pytest.raises(SessionFull) as refusal:
        plan_place(FULL_B, chosen, waitlist=False)
    assert refusal.value.extra == {"sessions": ["b"]}
    plan = plan_place(FULL_B, chosen, waitlist=True)
    assert (plan.held, plan.waiting, plan.status) == ((4,), (3,), "waitlisted")


def test_waiting_for_an_option_only_stays_confirmed() -> None:
    full = day(A, session(5, "lunch", 3, 4, "meal", taken=10))
    plan = plan_place(full, choose(full, ["a", "lunch"]), waitlist=True)
    assert (plan.held, plan.waiting, plan.status) == ((2,), (5,), "confirmed")


def test_a_swap_keeps_what_is_held_until_the_other_is_granted() -> None:
    chosen = choose(FULL_B, ["b", "late"])
    plan = plan_place(FULL_B, chosen, waitlist=True, held={2, 4})
    assert (plan.held, plan.waiting, plan.status) == ((2, 4), (3,), "confirmed")
    assert released_by(FULL_B, 3, {2, 4}) == (2,)


def test_one_is_held_from_the_start_while_another_is_waited_for() -> None:
    chosen = choose(FULL_B, ["a", "late"], waiting_for=["b"])
    plan = plan_place(FULL_B, chosen, waitlist=False, waiting_for=["b"])
    assert (plan.held, plan.waiting, plan.status) == ((2, 4), (3,), "confirmed")


def test_what_is_waited_for_and_has_a_place_is_taken_instead() -> None:
    chosen = choose(DAY, ["a", "late"], waiting_for=["b"])
    plan = plan_place(DAY, chosen, waitlist=False, waiting_for=["b"])
    assert (plan.held, plan.waiting) == ((3, 4), ())


def test_only_what_was_named_is_waited_for() -> None:
    full_late = day(A, B, LUNCH, session(4, "late", 4, 5, taken=10))
    with pytest.raises(SessionFull) as refusal:
        plan_place(
            full_late,
            choose(full_late, ["a", "late"], waiting_for=["b"]),
            waitlist=False,
            waiting_for=["b"],
        )
    assert refusal.value.extra == {"sessions": ["late"]}


@pytest.mark.parametrize(
    ("waiting_for", "pointer"),
    [(["b", "nope"], "/waiting_for/1"), (["a"], "/waiting_for/0"), (["b", "b"], "/waiting_for/1")],
)
def test_what_cannot_be_waited_for_is_named_by_its_place(waiting_for, pointer) -> None:
    with pytest.raises(Invalid) as refusal:
        choose(FULL_B, ["a", "late"], waiting_for=waiting_for)
    assert refusal.value.faults[0].pointer == pointer


def test_two_at_the_same_time_are_not_waited_for() -> None:
    with pytest.raises(SessionsOverlap):
        choose(FULL_B, ["late"], waiting_for=["a", "b"])


def test_what_is_given_up_for_a_free_session_is_released_at_once() -> None:
    plan = plan_place(DAY, choose(DAY, ["b", "late"]), waitlist=True, held={2, 4})
    assert plan.held == (3, 4)


def test_whoever_waits_goes_on_waiting_and_may_change_their_mind() -> None:
    plan = plan_place(
        FULL_B, choose(FULL_B, ["b", "late"]), waitlist=False, held={2, 4}, waiting={3}
    )
    assert (plan.held, plan.waiting) == ((2, 4), (3,))
    plan = plan_place(
        FULL_B, choose(FULL_B, ["a", "late"]), waitlist=False, held={2, 4}, waiting={3}
    )
    assert (plan.held, plan.waiting) == ((2, 4), ())


def test_a_session_one_holds_is_never_full_for_oneself() -> None:
    plan = plan_place(FULL_B, choose(FULL_B, ["b", "late"]), waitlist=False, held={3, 4})
    assert plan.held == (3, 4)


def test_confirmed_means_a_workshop_of_each_group_is_held() -> None:
    assert status_of(DAY, {2, 4}) == "confirmed"
    assert status_of(DAY, {2}) == "waitlisted"
    assert status_of(day(PLENARY), set()) == "confirmed"
