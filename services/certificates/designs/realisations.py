"""The certificat de réalisation as a document: a design of its own, with the provider's pictures."""

from pathlib import Path

from services.certificates.engine import Action, Template
from services.certificates.realisation.versions import Version

FOLDER = Path(__file__).parent.parent / "templates" / "realisation"


def template_of(version: Version) -> Template:
    """The design that a certificate of these facts has: the law gives its words."""
    return Template.from_folder(FOLDER).with_assets(version.pictures)


def action_of(version: Version) -> Action:
    """What it says of the provider and the action."""
    facts = version.facts
    return Action(
        provider=facts.provider,
        activity_number=facts.activity_number,
        siret=facts.siret,
        title=facts.title,
        nature=facts.nature,
        modality=facts.modality,
        representative=facts.representative,
        representative_title=facts.representative_title,
        signed_at=facts.signed_at,
        kept_years=facts.years,
    )
