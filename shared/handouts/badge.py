"""The badge: one A6 page with the person's name, their day and the QR of their code.

Most are drawn with the fonts that every PDF reader has, in a millisecond. What those cannot write,
WeasyPrint lays out with the fonts that are installed, in fifty times as long.
"""

from shared.events.registration import Place
from shared.handouts.badge_drawing import drawn
from shared.handouts.badge_words import badge_of
from shared.words.language import Language


def badge_pdf(place: Place, language: Language) -> bytes:
    """The badge as PDF; the same place gives the same bytes."""
    badge = badge_of(place, language)
    if badge.has_only_western_signs():
        return drawn(badge)
    # WeasyPrint takes a second to import, and most processes never need it.
    from shared.handouts.badge_layout import laid_out

    return laid_out(badge)
