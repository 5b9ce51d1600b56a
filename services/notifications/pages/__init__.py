"""The organiser's pages about emails: what was sent, messages to a group, the texts."""

from services.notifications.pages.application import add_pages

__all__ = ["add_pages"]
