"""A mail server's words in plain ones: what happened, and what an organiser can do about it.

The codes are those of RFC 3463 and RFC 5321; servers differ in their words and not in these.
"""

import re

from shared.words.language import Language

# The first whose pattern is found says it.
EXPLANATIONS = (
    (
        r"none that email can be sent to",
        "This is no complete email address. Correct it on the registration.",
    ),
    (r"beyond ASCII", "Your mail server cannot write to an address with such letters."),
    (
        r"\b53[0458]\b|\b5\.7\.8\b|STARTTLS|CERTIFICATE_VERIFY",
        "The mail server does not accept Emarge, or not safely. Whoever runs Emarge must look.",
    ),
    (
        r"\b5\.1\.(1|2|3|10)\b|\b5\.4\.4\b|\b55[13]\b",
        "This address does not exist. Ask the person, and correct it on the registration.",
    ),
    (
        r"\b[45]\.2\.[12]\b|\b[45]52\b",
        "This mailbox is full or no longer used. The person may have another address.",
    ),
    (
        r"\b5\.7\.\d+\b|\b554\b",
        "The person’s mail provider refuses this as unwanted. Reach them in another way.",
    ),
    (r"\b550\b", "The mail server refuses this address. It may not exist: ask the person."),
    (r"\bsaid 4\d\d\b", "The mail server asks to wait. Emarge tries again by itself."),
    (
        r":\d+: |timed out|hung up",
        "The mail server could not be reached. Emarge tries again by itself.",
    ),
    (r"registration is (cancelled|waitlisted|gone)", "The person no longer came by then."),
    (r"the day was moved", "The day was moved, and has a reminder of its own."),
    (r"the day has begun", "The day had begun."),
    (r"no reminders are wanted", "The person wants no more reminders."),
    (r"was erased", "The person asked to be forgotten."),
    (r"no longer of the group", "The person had left the group by then."),
    (
        r"EMARGE_(MAIL_MAX_AGE|SEND_SINCE)",
        "It came too late to be useful, after an outage or a restored backup.",
    ),
)


def explained(words: str, language: Language) -> str:
    """Nothing when the words say it themselves."""
    for pattern, explanation in EXPLANATIONS:
        if re.search(pattern, words):
            return language.gettext(explanation)
    return ""
