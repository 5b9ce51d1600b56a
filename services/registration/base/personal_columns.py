"""What registration's tables say of people: each column is of nobody, or of somebody, and then how
an erasure reaches it. A test compares this with the tables: a column in neither fails it.

What the organiser writes for the public (contact, speakers) is corrected in the programme.
"""

PUBLIC = "the programme, which its organiser corrects"
ACTOR = "access.forgetting: a dash"
ROW = "access.forgetting: its row goes"

NOBODY = {
    "answer": "conference_id created_at",
    "act": "id conference_id registration_id at actor_kind what",
    "api_token": (
        "id role conference_id types token_hash created_at made_by_kind expires_at used_at"
        " revoked_at"
    ),
    "batch": "id conference_id kind options requested_at started_at finished_at",
    "batch_item": "batch_id number registration_id outcome",
    "certificate": "attendance_version issued_at revoked_at",
    "conference": (
        "id slug version title language timezone date venue address city description starts_at"
        " ends_at opens_at closes_at closed_at workshop_presence present stage cancelled_at"
        " presence_evidence"
        " closes_before confirm_within free_after least_minutes least_share counted"
        " retention_months evidence_until evidence_revision retention_told_at access colour image"
        " logo moved_from"
    ),
    "member": "conference_id organiser_id role created_at",
    "organiser": "id everywhere created_at last_seen_at",
    "passkey": "organiser_id sign_count created_at used_at",
    "picture": "conference_id width",
    "programme_version": "conference_id number actor_kind saved_at told_at told_people",
    "registration": (
        "id conference_id code status revision attendance_version link_generation locale created_at"
        " erased_at programme_version consent_text consent_language consent_at"
        " confirmed_at confirm_by"
    ),
    "remembered_columns": "shape fields actor_kind set_at used_at",
    "scan": "id registration_id session_id direction at recorded_at actor_kind",
    "seat": "registration_id session_id state ticket",
    "session": (
        "id conference_id version slug rank kind title room starts_at ends_at capacity beyond"
        " unlimited required venue address taken waiting last_ticket present description"
    ),
    "standby": "registration_id session_id ticket freed_at asked_at let_in_at over",
    "token_conference": "token_id conference_id",
    "sign_in": "organiser_id token_id began_at expires_at seen_at ended_at",
    "sign_in_link": "organiser_id expires_at used_at",
    "signed_presence": "registration_id session_id sheet entry starts_at ends_at signed_at written",
    "written_presence": "registration_id session_id starts_at ends_at actor_kind written_at",
}
HELD = {
    "act": {
        "actor_name": ACTOR,
        "before": "history.acts.forget, forget_actor: empty",
        "after": "history.acts.forget, forget_actor: empty",
        "reason": "history.acts.forget: empty",
    },
    "answer": dict.fromkeys(("key", "request_hash"), "seats.answers.forget: its row goes")
    | dict.fromkeys(("answer", "registration_id"), "seats.answers.forget: its row goes"),
    "api_token": {"name": ACTOR, "made_by_name": ACTOR},
    "batch": {"requested_by": ACTOR},
    "batch_item": {
        "given": "batches.forgetting.forget_rows: gone, and the row is refused",
        "reasons": "batches.forgetting.forget_rows: others, that name nobody",
    },
    "certificate": dict.fromkeys(
        ("registration_id", "code", "download_url", "verify_url", "page_url"),
        "known_certificates.forget_certificate: its row goes",
    ),
    "conference": {"organiser": PUBLIC, "contact_email": PUBLIC, "cancel_reason": PUBLIC}
    | {"data_contact": PUBLIC, "data_note": PUBLIC},
    "organiser": {"email": ROW},
    "passkey": dict.fromkeys(("credential_id", "name", "public_key"), ROW),
    "picture": dict.fromkeys(
        ("name", "kind", "content"), "pictures.keeping.forget_unshown: a portrait's row goes"
    ),
    "programme_version": {"document": PUBLIC, "note": PUBLIC, "actor_name": ACTOR},
    "registration": {
        "first_name": "people.erasing: a dash",
        "last_name": "people.erasing: a dash",
        "email": "people.erasing: empty",
        "email_key": "people.erasing: empty",
        "address_key": "people.erasing: empty",
        "sought": "people.erasing: empty",
        "organisation": "people.erasing: empty",
        "job_title": "people.erasing: empty",
        "registered_by": "people.erasing: empty, also where it is the erased one's name",
    },
    "remembered_columns": {"actor_name": ACTOR},
    "scan": {"actor_name": ACTOR},
    "session": {"speakers": PUBLIC},
    "sign_in": {"id": ROW, "secret_hash": ROW, "device": ROW},
    "sign_in_link": {
        "token_hash": ROW,
        "goes_to": ROW,
    },
    "written_presence": {"reason": "day.writing.forget_reasons: empty", "actor_name": ACTOR},
}
