"""The structures of all that we prove, and what the processor makes of them: `contexts/forms.json`.

python -m tests.certificates.badges.kept_forms    # writes it anew
"""

import json
from typing import Any
from unittest.mock import patch

from services.certificates.badges import proof
from services.certificates.badges.canonical import FORMS, canonical, opened
from services.certificates.badges.credential import credential
from services.certificates.badges.processor import processed
from services.certificates.badges.seal import Seal
from services.certificates.badges.statuslist import encoded, status_list
from services.certificates.base.links import Links
from services.certificates.base.minting import Mint
from services.certificates.base.records import Record, Variant
from services.certificates.issuing import certifying
from tests.certificates.service_doubles import BADGE_KEY, PUBLIC_URL, certified


def forms() -> dict[str, str]:
    """Statements by structure."""
    return {structure: processed(json.loads(structure)) for structure in sorted(_structures())}


def _structures() -> set[str]:
    found = set()

    def noted(document: Any) -> str:
        found.add(opened(document)[0])
        return canonical(document)

    seal, at = Seal(PUBLIC_URL, BADGE_KEY), certified().time
    with patch.object(proof, "canonical", noted):
        for variant in ("day", "session", "speaker"):
            record = _record(variant)
            seal.proved(credential(record, Links(PUBLIC_URL), seal.did, 7, "json"), at)
        seal.proved(status_list(seal, 0, encoded(()), "json", at), at)
    return found


def _record(variant: Variant) -> Record:
    event = certified()
    day, workshop, *_ = certifying.of_attendance(event, Mint(b"secret"), workshops=True)
    if variant == "speaker":
        return Record(**{**vars(day), "variant": "speaker"})
    return day if variant == "day" else workshop


if __name__ == "__main__":
    FORMS.write_text(json.dumps(forms(), indent=1, ensure_ascii=False) + "\n")
