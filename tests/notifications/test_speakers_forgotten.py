"""A speaker who is forgotten is in no programme that notifications keeps."""

from shared.base.clock import now
from shared.events import new_event
from shared.events.parts import Speaker
from shared.events.registration import SpeakerErased
from shared.events.speakers import speaker_id
from tests.notifications.programmes import SLUG, changed, programme, published

GRACE = "Grace Hopper-Brewster"


def everything(office) -> str:
    with office.database.read() as connection:
        return repr(
            [
                tuple(row)  # a row's own words are cut short
                for table in ("known_conference", "known_programme", "job")
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608  the names are above
            ]
        )


def test_a_speaker_goes_from_every_programme(office) -> None:
    both = {"speakers": (Speaker(name=GRACE), Speaker(name="Ada"))}
    first = programme(1, a=both)
    office.hear(published(first))
    office.hear(changed(programme(2, a={"speakers": (Speaker(name="Ada"),)}), first))
    assert GRACE in everything(office)
    identity = str(speaker_id(SLUG, GRACE))
    erased = SpeakerErased(conference=SLUG, speaker_id=identity, erased_at=now())
    office.hear(new_event("registration", erased, subject=identity))
    kept = everything(office)
    assert "Brewster" not in kept
    assert "Ada" in kept
    assert "Montreuil" in kept
