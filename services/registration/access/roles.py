"""What a role allows, for one conference or for every one.

An organiser may everything. Staff get the door, and nobody's address. A viewer sees the organiser's
pages, changes nothing, and of people takes away only who attended what. A subscriber reads events,
and nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

# `closed-door` is what a door's key is once its day is closed: it sends what was scanned before.
Role = Literal["organiser", "staff", "viewer", "service", "subscriber", "closed-door"]
MemberRole = Literal["organiser", "staff", "viewer"]
MEMBER_ROLES: tuple[MemberRole, ...] = get_args(MemberRole)
Task = Literal["organise", "see", "check in", "send scans", "count"]

ALLOWED: dict[Task, tuple[Role, ...]] = {
    "organise": ("organiser",),
    "see": ("organiser", "viewer"),
    "check in": ("organiser", "staff"),
    "send scans": ("organiser", "staff", "closed-door"),
    "count": ("organiser", "staff", "viewer", "service"),  # those present, beside the registered
}


@dataclass(frozen=True)
class Rights:
    """The role for every conference there is or will be, and those for some, by slug."""

    everywhere: Role | None = None
    of: Mapping[str, Role] = field(default_factory=dict)

    def role(self, slug: str) -> Role | None:
        return self.everywhere or self.of.get(slug)

    def allow(self, task: Task, slug: str) -> bool:
        return self.role(slug) in ALLOWED[task]
