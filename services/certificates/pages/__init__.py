"""The pages for people: checking a certificate, and fetching one's own."""

from services.certificates.pages.application import add_pages

__all__ = ["add_pages"]
