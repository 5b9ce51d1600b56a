"""Pages of other services that organisers are led to. It names none: it is told."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

CONFERENCE, PERSON = 1, 2  # how many parts of the path are to be filled in


class OrganiserPage(BaseModel):
    """`path` has a `*` for the conference, and a second one, if it is about a person, for their
    registration; `en` and `fr` are its title and what is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(pattern=r"^/organiser/\*/[\w/-]+(/\*)?$")
    en: tuple[str, str]
    fr: tuple[str, str]

    @property
    def is_of_person(self) -> bool:
        return self.path.count("*") == PERSON

    def address(self, *parts: str) -> str:
        """With the conference's slug and, if it is about a person, the registration's id."""
        return self.path.replace("*", "{}").format(*parts)

    def words(self, language: str) -> tuple[str, str]:
        return self.fr if language == "fr" else self.en


def parse_pages(value: Any) -> Any:
    """JSON objects with commas between, and perhaps one before."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(f"[{value.strip().strip(',')}]")
    except json.JSONDecodeError as error:
        raise ValueError("wants JSON objects, with commas between") from error
