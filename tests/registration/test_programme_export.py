"""What an organiser downloads imports to the same programme."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from services.registration.editing.saving import import_programme
from services.registration.programme.document import load_programme, parse_programme
from services.registration.programme.export import programme_yaml
from tests.registration.days import programme_text

CONFERENCES = Path(__file__).parents[2] / "conferences"


def test_every_programme_comes_back_whole(desk) -> None:
    real = load_programme(CONFERENCES / "journee-nationale-2019.yaml")
    opened = replace(real, opens_at=datetime(2019, 9, 2, 7, tzinfo=UTC))
    for programme in (opened, parse_programme(programme_text(2, 3))):  # its party ends at one
        conference = import_programme(desk, programme)
        assert parse_programme(programme_yaml(conference)) == programme
