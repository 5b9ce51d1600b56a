"""The pages: each module one page or a few of a kind, over the use cases of the service."""

from services.registration.pages.application import add_pages

__all__ = ["add_pages"]
