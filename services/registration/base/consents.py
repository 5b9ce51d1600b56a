"""What people agreed to when they registered: each wording, for as long as somebody agreed to it.

No catalogue has them: a translation that is mended later is not what was read.
"""

from dataclasses import dataclass

CURRENT = "2026-11-28"
_ENGLISH = (
    "I agree that {organiser} keeps these data to organise the conference and issue certificates "
    "of attendance. I can download or erase them at any time."
)
TEXTS = {
    # « que » stood before a name that may begin with a vowel.
    "2026-11": {
        "en": _ENGLISH,
        "fr": "J’accepte que {organiser} conserve ces données pour organiser la journée et "
        "délivrer les attestations de présence. Je peux les télécharger ou les effacer à tout "
        "moment.",
    },
    "2026-11-28": {
        "en": _ENGLISH,
        "fr": "J’accepte que ces données soient conservées par {organiser} pour organiser la "
        "journée et délivrer les attestations de présence. Je peux les télécharger ou les effacer "
        "à tout moment.",
    },
}


@dataclass(frozen=True)
class Consent:
    """Which text somebody read, in which language."""

    language: str
    text: str = CURRENT


def words(consent: Consent, organiser: str) -> str:
    """The text as it was read."""
    texts = TEXTS[consent.text]
    return texts.get(consent.language, texts["en"]).format(organiser=organiser)
