"""A Data Integrity proof inside the document: eddsa-rdfc-2022 (W3C VC-DI-EDDSA, 3.2)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.badges.canonical import canonical
from services.certificates.badges.issuer import multibase

SUITE = "eddsa-rdfc-2022"


def proved(
    document: Mapping[str, Any], key: Ed25519PrivateKey, method: str, created: str
) -> dict[str, Any]:
    """The document with its proof. `method`: the DID URL of the key; `created`: when, in UTC."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    options = {"@context": document["@context"], **proof}
    signature = key.sign(_digest(options) + _digest(document))
    return {**document, "proof": {**proof, "proofValue": multibase(signature)}}


def _digest(document: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(document).encode()).digest()
