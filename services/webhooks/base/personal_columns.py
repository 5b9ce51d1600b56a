"""What webhooks' tables say of people, and how an erasure reaches it."""

NOBODY = {
    "delivery": (
        "id endpoint_id message_id type subject state round tries answer milliseconds next_at"
        " created_at settled_at"
    ),
    "endpoint": (
        "id conference url types personal told_people reader locale secret previous_secret"
        " previous_until disabled disabled_at failures failing_since paused_until delivered_at"
        " created_at"
    ),
    "endpoint_change": "id conference endpoint_id host what detail actor_kind at",
    "known_day": "slug version said_at conference",
}
HELD = {
    "delivery": {"body": "forgetting.forget_person: empty"},
    "endpoint": {
        "contact": "forgetting.forget_organiser: empty; forgetting.sweep, with the endpoint",
        "description": "an organiser's own words, which they change or delete",
    },
    "endpoint_change": {"actor": "forgetting.forget_organiser: a dash; forgetting.sweep"},
}
