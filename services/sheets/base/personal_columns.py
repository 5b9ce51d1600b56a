"""What sheets' tables say of people: each column is of nobody, or of somebody, and then how an
erasure reaches it. A test compares this with the tables: a column in neither fails it.
"""

PERSON = "keeping.erasing: empty, unless a funder may still ask who signed; then when the years end"
GONE = "keeping.erasing: its row goes, as above"
WRITER = "keeping.erasing.erase_organiser: a dash"
AUTHOR = "keeping.erasing.erase_organiser: empty"
HOST = "keeping.speakers: empty, when the speaker is erased; else its row goes with the years"

NOBODY = {
    "act": "number conference at actor_kind what said",
    "bundle": "id conference state asked_at made_at digest",
    "choice": "conference unit years purpose set_at",
    "entry": (
        "sheet_id number kind registration_id at noted_at source actor_kind said person author"
        " picture previous hash key picture_id"
    ),
    "device": "id conference kind sheet_id created_at ended_at",
    "held_seat": "registration_id session",
    "host": "id sheet_id locale named_at asked_at asked_for signed_at ended_at",
    "participant": "registration_id revision conference status",
    "realisation": "registration_id conference source told_at",
    "refusal": "sheet_id registration_id rule source times last_at",
    "seal": (
        "sheet_id number code entries head digest file sealed_at listed signed erased replaced_at"
        " gone_at"
    ),
    "sheet": (
        "id conference unit room starts_at ends_at sessions open_to_all state length head seal"
    ),
}
HELD = {
    "act": {"actor": WRITER},
    "bundle": {
        "asked_by": WRITER,
        "progress": "keeping.blanking.forget_bundles: empty, and the file is gone",
    },
    "choice": {"set_by": WRITER},
    "day": {
        "slug": "the day's",
        "version": "the day's",
        "cancelled_at": "the day's",
        "data": "keeping.speakers: without the speaker",
    },
    "entry": dict.fromkeys(("salt", "name", "organisation", "reason"), PERSON)
    | dict.fromkeys(("author_salt", "actor"), AUTHOR),
    "host": dict.fromkeys(("name", "email"), HOST) | {"named_by": WRITER},
    "participant": dict.fromkeys(
        ("code", "first_name", "last_name", "organisation", "locale", "link_digest"),
        "keeping.erasing: empty",
    ),
    "realisation": {"path": "keeping.erasing: empty; it opens their document"},
    "picture": dict.fromkeys(("id", "sheet_id", "registration_id", "key_id", "sealed"), GONE),
    "sheet": {"title": "the programme's, corrected there"},
    "device": {"name": "keeping.retention: its row goes when the years end", "created_by": WRITER},
}
