"""What a form offers."""

from services.registration.desk import Desk
from services.registration.pages.choosing import choices_of
from shared.base.clock import now
from tests.registration.asking import join


def test_nobody_is_offered_to_wait_for_what_has_begun(desk: Desk, open_day, at) -> None:
    open_day(1, 2)
    join(desk, 1, "a")

    def offered() -> list[str]:
        [choice] = choices_of(desk.programmes.fresh("day"), now(), late=True)
        return [session.slug for session in choice.sessions]

    at(10)
    assert offered() == ["a", "b"]
    at(10.5)
    assert offered() == ["b"]
