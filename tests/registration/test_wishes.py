"""Wishes that fit together are found, whatever they are: against every subset of them."""

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.seats.rules import status_of
from services.registration.seats.wishes import Day, Exchange, Grant, Wisher
from tests.registration.test_rules import day, session

A, B, C, D = (session(number, "abcd"[number - 1], 1, 3) for number in range(1, 5))
E, F = session(5, "e", 4, 6), session(6, "f", 4, 6)
ALL_DAY = session(7, "all-day", 1, 6)
PARALLEL = Day(day(A, B, C, D))
TWO_SLOTS = Day(day(A, B, E, F, ALL_DAY))


@st.composite
def crowd(draw, sessions, most: int) -> list[Wisher]:
    """People who each hold one of the sessions, or two apart, and wait for others."""
    people, tickets = [], iter(draw(st.permutations(range(1, 4 * most + 1))))
    for number in range(draw(st.integers(1, most))):
        held = draw(st.sampled_from(_sets_apart(sessions)))
        others = [each for each in _sets_apart(sessions) if each and not each & held]
        waiting = draw(st.sampled_from(others or [frozenset()]))
        people.append(Wisher(f"p{number}", held, {each: next(tickets) for each in waiting}))
    return people


def _sets_apart(sessions) -> list[frozenset[int]]:
    return [frozenset()] + [
        frozenset(each.id for each in several)
        for size in (1, 2)
        for several in combinations(sessions, size)
        if not any(one.overlaps(two) for one, two in combinations(several, 2))
    ]


def _possible(place: Day, people: list[Wisher]) -> dict[str, list[tuple[set[int], set[int]]]]:
    """By person, every set of waited-for sessions that leaves them no less than they are, with what
    it releases."""
    found: dict[str, list[tuple[set[int], set[int]]]] = {}
    for person in people:
        for size in range(1, len(person.waiting) + 1):
            for granted in combinations(person.waiting, size):
                released = {
                    held
                    for held in person.held
                    if any(
                        place.conference.by_id[held].overlaps(place.conference.by_id[each])
                        for each in granted
                    )
                }
                left = person.held - released | set(granted)
                covered = [{s.id for s in slot} for slot in place.slots]
                if all(left & slot or not person.held & slot for slot in covered):
                    found.setdefault(person.id, []).append((set(granted), released))
    return found


def exchanges(place: Day, people: list[Wisher], mover: str) -> bool:
    """Whether any set of grants, the mover's among them, needs no place but what it releases."""
    possible = _possible(place, people)
    others = [each for each in possible if each != mover]

    def balanced(chosen) -> bool:
        need = Counter(each for granted, _ in chosen for each in granted)
        need.subtract(each for _, released in chosen for each in released)
        return all(count <= 0 for count in need.values())

    def search(rest, chosen) -> bool:
        if chosen and balanced(chosen):
            return True
        return any(
            search(rest[index + 1 :], [*chosen, option])
            for index, other in enumerate(rest)
            for option in possible[other]
        )

    return any(search(others, [option]) for option in possible.get(mover, ()) if option[1])


def assert_sound(place: Day, people: list[Wisher], found: dict[str, Grant]) -> None:
    by_id = {person.id: person for person in people}
    need: Counter[int] = Counter()
    for name, grant in found.items():
        person = by_id[name]
        assert set(grant.granted) <= set(person.waiting)
        assert set(grant.released) <= person.held
        left = person.held - set(grant.released) | set(grant.granted)
        sessions = [place.conference.by_id[each] for each in left]
        assert not any(one.overlaps(two) for one, two in combinations(sessions, 2))
        if status_of(place.conference, person.held) == "confirmed":
            assert status_of(place.conference, left) == "confirmed"
        need.update(grant.granted)
        need.subtract(grant.released)
    assert all(count <= 0 for count in need.values())


@settings(max_examples=300, deadline=None)
@given(crowd((A, B, C, D), 6))
def test_every_circle_is_found_and_no_other(people: list[Wisher]) -> None:
    assert people
    for mover in people:
        found = Exchange(PARALLEL, people, {}).starting_with(mover)
        assert bool(found) == exchanges(PARALLEL, people, mover.id)
        assert not found or mover.id in found
        assert_sound(PARALLEL, people, found)


@settings(max_examples=300, deadline=None)
@given(crowd((A, B, E, F, ALL_DAY), 5))
def test_an_exchange_leaves_nobody_less_on_a_day_with_long_workshops(people: list[Wisher]) -> None:
    assert people
    for mover in people:
        found = Exchange(TWO_SLOTS, people, {}).starting_with(mover)
        assert not found or exchanges(TWO_SLOTS, people, mover.id)
        assert_sound(TWO_SLOTS, people, found)


def test_an_all_day_workshop_is_exchanged_for_both_halves() -> None:
    halves = Wisher("halves", frozenset({A.id, E.id}), {ALL_DAY.id: 1})
    whole = Wisher("whole", frozenset({ALL_DAY.id}), {A.id: 1, E.id: 1})
    for mover in (halves, whole):
        found = Exchange(TWO_SLOTS, [halves, whole], {}).starting_with(mover)
        assert set(found) == {"halves", "whole"}
        assert set(found["whole"].granted) == {A.id, E.id}


def test_one_half_alone_is_not_given_for_the_whole_day() -> None:
    whole = Wisher("whole", frozenset({ALL_DAY.id}), {A.id: 1, E.id: 1})
    assert TWO_SLOTS.grant(whole, A.id) == Grant((A.id, E.id), (ALL_DAY.id,))
    assert TWO_SLOTS.grant(Wisher("w", frozenset({ALL_DAY.id}), {A.id: 1}), A.id) is None


def test_nobody_is_moved_out_of_what_has_begun() -> None:
    begun = Day(PARALLEL.conference, frozenset({A.id}))
    assert begun.grant(Wisher("p", frozenset({A.id}), {B.id: 1}), B.id) is None
    assert begun.grant(Wisher("p", frozenset({B.id}), {A.id: 1}), A.id) is None
