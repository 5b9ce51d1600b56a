"""A new service: its folder, its tests and what it publishes, as docs/adding-a-service.md explains
them. A developer's command (`python -m shared.new_service`); no image has it."""

from shared.new_service.names import NameRefused, area_of, refuse_name
from shared.new_service.writing import Wanted, files

__all__ = ["NameRefused", "Wanted", "area_of", "files", "refuse_name"]
