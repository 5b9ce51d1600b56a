"""What notifications' tables say of people: each column is of nobody, or of somebody, and then how
an erasure reaches it. A test compares this with the tables: a column in neither fails it.
"""

PUBLIC = "the programme, which its organiser corrects"
WORDS = "an organiser's words to many, which name nobody by themselves"
LOG = "delivery.log.redact, redact_address: empty"
PLACE = "forgotten_places.forget: empty"
WRITER = "erasing.erase_organiser: a dash"

NOBODY = {
    "announcement": "id conference audience written_at sent_at recipients",
    "confirmed_address": "registration_id",
    "delivery": (
        "id event_id job_id conference registration_id kind announcement_id message_id state reason"
        " programme_version created_at settled_at"
    ),
    "known_conference": ("slug version said_at gone notice notice_at reminded_for"),
    "known_place": (
        "registration_id conference status present came_at came_said_at revision reminders told"
        " erased_at"
    ),
    "known_programme": "slug version",
    "wording": "id conference kind language saved_at failure failures",
}
HELD = {
    "announcement": {"subject": WORDS, "body": WORDS, "written_by": WRITER},
    "confirmed_address": {"address_key": "delivery.unconfirmed.forget: its row goes"},
    "delivery": dict.fromkeys(
        ("recipient", "address_key", "name", "sought", "words", "subject"), LOG
    ),
    "known_conference": {"programme": PUBLIC, "cancelled": PUBLIC},
    "known_place": {"place": PLACE, "calendar": PLACE, "seats": PLACE},
    "known_programme": {"programme": PUBLIC, "differences": PUBLIC, "note": PUBLIC},
    "wording": {"subject": WORDS, "body": WORDS, "saved_by": WRITER},
}
