"""Designs being worked on, on either database: nobody's work is lost, nobody's data stays."""

import pytest

from services.certificates.base.settings import CertificatesSettings
from services.certificates.designs import publishing
from services.certificates.designs.drafting import Draft, Drafting, Overwritten
from services.certificates.engine import Template
from tests.certificates.service_doubles import House

HTML = '<html lang="fr"><head><title>x</title></head><body><p>{{ holder.name }}</p></body></html>'


def test_a_draft_is_saved_and_asked_for_once(house: House, settings: CertificatesSettings) -> None:
    drafting = Drafting(settings, house.database)
    first = Draft(Template(html=HTML, css="", assets={}, version="v"))
    saved = drafting.save("new", first, "boss")
    assert drafting.save("new", saved, "boss").revision == 2
    with pytest.raises(Overwritten):
        drafting.save("new", saved, "other")
    publishing.ask(house.database, "new", b"{}", "boss")
    with pytest.raises(publishing.UnderWay):
        publishing.ask(house.database, "new", b"{}", "other")
