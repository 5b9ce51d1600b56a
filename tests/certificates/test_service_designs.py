"""Designs being worked on, on either database: nobody's work is lost, nobody's data stays."""

from collections.abc import Callable

import pytest

from services.certificates.base.settings import CertificatesSettings
from services.certificates.designs import publishing, work
from services.certificates.designs.drafting import Draft, Drafting, Overwritten
from services.certificates.engine import Press, Template, Values
from tests.certificates.service_doubles import House, certified, erased

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


class TestAPreviewThatComesLate:
    """Laying out takes seconds, in which other things happen."""

    def preview(
        self,
        house: House,
        settings: CertificatesSettings,
        monkeypatch: pytest.MonkeyPatch,
        meanwhile: Callable[[Drafting, Draft], object],
    ) -> bytes | None:
        """What is kept of a try on a real person."""
        house.issue(certified())
        drafting = Drafting(settings, house.database)
        made = Draft(Template(html=HTML, css="", assets={}, version="v"))
        draft = drafting.save("journee-2026", made, "boss")
        laid_out = work.preview

        def slow(template: Template, values: Values, press: Press) -> tuple[bytes, bytes]:
            files = laid_out(template, values, press)
            meanwhile(drafting, draft)
            return files

        monkeypatch.setattr(work, "preview", slow)
        assert drafting.preview("journee-2026", draft, house.code()) == []
        return drafting.last_preview("journee-2026")

    def test_is_kept_when_nothing_does(
        self, house: House, settings: CertificatesSettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = self.preview(house, settings, monkeypatch, lambda *_: None)
        assert (kept or b"").startswith(b"%PDF")

    def test_shows_nobody_who_was_erased(
        self, house: House, settings: CertificatesSettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(*_: object) -> None:
            house.issue(erased())

        assert self.preview(house, settings, monkeypatch, gone) is None

    def test_is_not_shown_beside_a_newer_draft(
        self, house: House, settings: CertificatesSettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def saved(drafting: Drafting, draft: Draft) -> None:
            drafting.save("journee-2026", draft, "other")

        assert self.preview(house, settings, monkeypatch, saved) is None
