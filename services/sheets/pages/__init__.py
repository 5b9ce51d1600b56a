"""What people see of sheets: the organiser, the host, the room, and everybody who signs."""

from services.sheets.pages.application import add_pages

__all__ = ["add_pages"]
