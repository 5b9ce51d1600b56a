"""A list as it is read without anybody's help."""

from services.registration.lists.columns import guess_columns
from services.registration.lists.people import Listed, people
from services.registration.lists.reading import read_table
from services.registration.programme.facts import Conference


def read_list(content: bytes, conference: Conference) -> list[Listed]:
    """Its rows, by the columns that are guessed."""
    table = read_table(content)
    return people(table, guess_columns(table, conference), conference)
