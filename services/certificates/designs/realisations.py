"""The certificat de réalisation as a document: its own design, with the provider's pictures."""

from collections.abc import Mapping
from pathlib import Path

from services.certificates.engine import Action, Template, Values, sample
from services.certificates.realisation.facts import Facts

FOLDER = Path(__file__).parent.parent / "templates" / "realisation"


def template_of(pictures: Mapping[str, bytes]) -> Template:
    """Its design: the law gives the words, the provider the pictures."""
    return Template.from_folder(FOLDER).with_assets(pictures)


def tried_on(facts: Facts) -> Values:
    """An invented person's, for a look at it."""
    return sample().model_copy(update={"variant": "realisation", "action": action_of(facts)})


def action_of(facts: Facts) -> Action:
    """What it says of the provider and the action."""
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
