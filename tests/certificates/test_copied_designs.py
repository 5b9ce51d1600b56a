"""The certificate's design of a day that was copied."""

from services.certificates.designs.publication import (
    newest,
    publish_template,
    published,
    read_template,
)
from services.certificates.issuing.choices import Choice, choice_of, choose
from shared.events import new_event
from shared.events.registration import ConferenceCopied
from tests.certificates.service_doubles import House


def test_a_copy_has_the_template_and_the_choice_of_the_first(house: House) -> None:
    with house.database.begin() as connection:
        publish_template(connection, b"{}", "first", "a digest", by="boss@example.org")
        choose(connection, "first", Choice(workshops=True))
        publish_template(connection, b"{}", "own", "another", by="boss@example.org")
    for slug in ("copy", "own", "copy"):
        copied = ConferenceCopied(conference=slug, copied_from="first")
        house.receive(new_event("registration", copied))
    house.work()
    with house.database.read() as connection:
        versions = {
            slug: [v.published_by for v in published(connection, slug)]
            for slug in ("copy", "own", "elsewhere")
        }
        assert read_template(connection, newest(connection, "copy") or 0) == b"{}"
        assert choice_of(connection, "copy") == Choice(workshops=True)
    boss = ["boss@example.org"]
    assert versions == {"copy": boss, "own": boss, "elsewhere": []}
