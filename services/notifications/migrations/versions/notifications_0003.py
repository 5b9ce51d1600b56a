"""Why an email was not sent, as a code beside the mail server's words.

What our own sentences said before gets its code here, once. Where a mail server had spoken, its
words stay as they are and are shown alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "notifications_0003"
down_revision = "notifications_0002"
branch_labels = None
depends_on = None

# The words as they were written until now.
SKIPPED = {
    "the registration is gone": "no-longer-comes",
    "the registration is cancelled": "no-longer-comes",
    "the registration is waitlisted": "no-longer-comes",
    "no reminders are wanted": "reminders-declined",
    "the day was moved": "day-moved",
    "the day has begun": "day-begun",
    "the person was erased": "erased",
    "the person is no longer of the group": "left-the-group",
    "its link has expired": "link-expired",
    "it happened before EMARGE_SEND_SINCE": "before-the-loss",
    "it happened more than %": "too-late",
}
FAILED = {
    "the address is none that email can be sent to": "address-unusable",
    "the mail server cannot deliver to an address with letters beyond ASCII": "beyond-ascii",
}
AMBIGUOUS = {"%": "unanswered"}


def upgrade() -> None:
    op.add_column("delivery", sa.Column("reason", sa.String))
    fill = sa.text(
        "UPDATE delivery SET reason = :reason WHERE state = :state AND words LIKE :words"
    )
    rows = [
        {"state": state, "words": words, "reason": reason}
        for state, known in (("skipped", SKIPPED), ("failed", FAILED), ("ambiguous", AMBIGUOUS))
        for words, reason in known.items()
    ]
    op.get_bind().execute(fill, rows)
