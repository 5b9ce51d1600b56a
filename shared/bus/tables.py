"""What the spine's tables have in common: they are present in every service's database."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The spine's own tables."""
