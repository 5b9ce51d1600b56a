"""What certificates' tables say of people: each column is of nobody, or of somebody, and then how
an erasure reaches it. A test compares this with the tables: a column in neither fails it.
"""

GONE = "erasing: its row goes"
BLANK = "erasing: empty"
WRITER = "erasing.erase_organiser: a dash"
TRIED = "erasing: empty, as it may have been tried on them"
SIGNS = "whoever signs for the provider, as on the documents that are out; corrected on the page"
DESIGN = "an organiser's design; who signs there is taken out by the organiser, version by version"

OWN = "holding.forgetting: its row goes"
EMPLOYER = "holding.forgetting: goes with the last person who has that employer"

NOBODY = {
    "badge_key": "kid jwk multibase place first_used_at withdrawn_at",
    "badge_origin": "origin first_used_at",
    "certificate": (
        "id registration_id variant session attendance_version edition job_key code conference"
        " issued_at revoked_at superseded_by erased_at realisation link_generation"
    ),
    "compiled_template": "digest version content fast reason compiled_at differences",
    "conference_choice": "conference workshops speakers chosen_at",
    "conference_pause": "conference paused_at",
    "employer_link": "id conference made_at expires_at revoked_at fetched fetched_at",
    "erased_registration": "registration_id erased_at",
    "mint_secret": "one secret",
    "pause": "one paused_at",
    "publication": "conference state asked_at tried number problems",
    "published_template": "number conference published_at digest",
    "realisation_version": "number conference wanted saved_at",
    "signed_status_list": "origin number signed_with bits json jwt signed_at",
    "signing_certificate": "fingerprint subject pem first_used_at",
    "speaker": "id conference",
    "status_entry": "number certificate_id ended",
    "template_draft": "conference revision saved_at",
    "withdrawal": "registration_id attendance_version",
}
HELD = {
    "certificate": dict.fromkeys(
        (
            "holder",
            "sought",
            "address",
            "minutes",
            "attendance",
            "link_key",
            "sha256",
            "revoked_reason",
        ),
        BLANK,
    ),
    "document": dict.fromkeys(
        ("sha256", "certificate_id", "storage_key", "template", "path", "signed_by", "stored_at"),
        GONE,
    )
    | {"reason": GONE, "badge": GONE, "credential": GONE}
    | dict.fromkeys(("preserved_at", "holds_until", "due_at", "failing_since", "problem"), GONE),
    "agreement": dict.fromkeys(
        ("registration_id", "organisation", "wording", "language", "agreed_at", "withdrawn_at"), OWN
    ),
    "employer_link": {"organisations": EMPLOYER, "made_by": WRITER, "revoked_by": WRITER},
    "handover": dict.fromkeys(("link_id", "certificate_id", "first_at", "last_at"), OWN),
    "holder_visit": dict.fromkeys(
        ("id", "address", "asked_at", "link_until", "opened_at", "until", "key_hash"), OWN
    ),
    "shared_page": dict.fromkeys(
        (
            *("token", "registration_id", "variant", "session"),
            *("shared_at", "picture", "picture_of"),
        ),
        OWN,
    ),
    "publication": {"asked_by": WRITER, "content": DESIGN},
    "published_template": {"published_by": WRITER, "content": DESIGN},
    "realisation_version": {
        "saved_by": WRITER,
        "facts": SIGNS,
        "pictures": SIGNS,
        "drawn": "an invented person's, with whoever signs",
    },
    "speaker": {"envelope": "the speaker's own, who is in the programme"},
    "template_draft": {"saved_by": WRITER, "content": DESIGN, "preview": TRIED, "picture": TRIED},
}
