"""What the spine's tables say of people: each column is of nobody, or of somebody, and then how an
erasure reaches it. A test reads this beside the tables themselves, and finds a column in neither.
"""

NOBODY = {
    "alembic_version": "version_num",
    "ended_access": "holder conference ended_at",  # holders by number
    "erased_subject": "subject filed_at",
    "event": "number position id type subject time",
    "feed_cursor": "source epoch position head seen_at alarm",
    "flow": "lane name served_at",
    "job": (
        "id key source position type version subject lane flow state tries step forced next_at"
        " created_at finished_at failing_since"
    ),
    "log_head": "one epoch position",
    "spent": "name until",  # fingerprints
}
HELD = {
    "event": {"envelope": "blank where its contract says `Personal`: eventlog.redact"},
    "job": {
        "envelope": "blank where its contract says `Personal`: redaction.redact",
        "error": "gone with it: redaction.redact",
    },
}
