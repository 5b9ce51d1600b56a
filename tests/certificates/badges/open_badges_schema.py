"""What the data model of Open Badges 3.0 (appendix B.1), and W3C's Data Integrity and Bitstring
Status List, require of the objects that we write."""

from typing import Any

TEXT = {"type": "string", "minLength": 1}
URL = {"type": "string", "pattern": "^https?://"}
DID = {"type": "string", "pattern": "^did:web:"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}


def typed(kind: str, required: list[str], /, **properties: object) -> dict[str, Any]:
    """An object of this type; of the model's closed objects nothing else may be said."""
    kinds = {
        "anyOf": [{"const": kind}, {"type": "array", "contains": {"const": kind}, "minItems": 1}]
    }
    return {
        "type": "object",
        "required": ["type", *required],
        "properties": {"type": kinds, **properties},
        "additionalProperties": kind == "OpenBadgeCredential",
    }


ACHIEVEMENT = typed(
    "Achievement",
    ["id", "name", "description", "criteria"],
    id=URL,
    name=TEXT,
    description=TEXT,
    achievementType={"const": "Certificate"},
    criteria={
        "type": "object",
        "required": ["narrative"],
        "properties": {"id": URL, "narrative": TEXT},
        "additionalProperties": False,
    },
    image=typed("Image", ["id"], id=URL),
)
IDENTITY = typed(
    "IdentityObject",
    ["hashed", "identityHash", "identityType"],
    hashed={"const": False},
    identityHash=TEXT,
    identityType={"const": "name"},
)
STATUS = typed(
    "BitstringStatusListEntry",
    ["statusPurpose", "statusListIndex", "statusListCredential"],
    id=URL,
    statusPurpose={"const": "revocation"},
    statusListIndex={"type": "string", "pattern": r"^\d+$"},
    statusListCredential=URL,
)
PROOF = typed(
    "DataIntegrityProof",
    ["cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"],
    cryptosuite={"const": "eddsa-rdfc-2022"},
    created=MOMENT,
    verificationMethod={"type": "string", "pattern": "^did:web:[^#]+#z6Mk"},
    proofPurpose={"const": "assertionMethod"},
    proofValue={"type": "string", "pattern": "^z[1-9A-HJ-NP-Za-km-z]{85,90}$"},
)
SCHEMA = typed(
    "OpenBadgeCredential",
    ["@context", "id", "name", "issuer", "validFrom", "credentialSubject", "credentialStatus"],
    **{
        "@context": {
            "type": "array",
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.0\.\d\.json$"},
            ],
            "minItems": 2,
        },
        "id": URL,
        "name": TEXT,
        "issuer": typed("Profile", ["id", "name"], id=DID, name=TEXT, url=URL, email=TEXT),
        "validFrom": MOMENT,
        "credentialSubject": typed(
            "AchievementSubject",
            ["id", "achievement", "identifier"],
            id=URL,
            achievement=ACHIEVEMENT,
            identifier={"type": "array", "minItems": 1, "items": IDENTITY},
            activityStartDate=MOMENT,
            activityEndDate=MOMENT,
            narrative=TEXT,
            role=TEXT,
        ),
        "credentialStatus": STATUS,
        "proof": PROOF,
    },
)
