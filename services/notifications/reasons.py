"""Why an email was not sent, or not for now: a code, decided where it happens, and a sentence for
the people who organise, who may do something about it.

A mail server's own words are kept beside the code. Codes are in the database and in what programs
read: none is renamed.
"""

from typing import Literal, get_args

from shared.words.language import Language

Reason = Literal[
    # Of the address, before anybody was asked.
    "no-address",
    "address-unusable",
    "beyond-ascii",
    # What a mail server answered.
    "sender-refused",
    "no-such-address",
    "address-refused",
    "mailbox-full",
    "too-large",
    "refused-as-unwanted",
    "server-asks-to-wait",
    # There was no answer.
    "connection-unsafe",
    "server-unreachable",
    "unanswered",
    "certificate-not-fetched",
    # Nobody should have it any more.
    "no-longer-comes",
    "day-moved",
    "day-begun",
    "day-cancelled",
    "nothing-new",
    "told-later",
    "reminders-declined",
    "erased",
    "left-the-group",
    "address-unconfirmed",
    "link-expired",
    "too-late",
    "before-the-loss",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

# To be translated.
SENTENCES: dict[Reason, str] = {
    "no-address": "This person gave no address: reach them in another way.",
    "address-unusable": "This is no complete email address. Correct it on the registration.",
    "beyond-ascii": "Your mail server cannot write to an address with such letters.",
    "sender-refused": "The mail server does not accept Emarge. Whoever runs Emarge must look.",
    "no-such-address": "This address does not exist. Ask the person, and correct it on the "
    "registration.",
    "address-refused": "The mail server refuses this address. It may not exist: ask the person.",
    "mailbox-full": "This mailbox is full or no longer used. The person may have another address.",
    "too-large": "This email is too large for the person’s mailbox.",
    "refused-as-unwanted": "The person’s mail provider refuses this as unwanted. Reach them in "
    "another way.",
    "server-asks-to-wait": "The mail server asked to wait.",
    "connection-unsafe": "The mail server offers no safe connection. Whoever runs Emarge must "
    "look.",
    "server-unreachable": "The mail server could not be reached.",
    "unanswered": "The connection ended before the mail server answered: it may have arrived or "
    "not.",
    "certificate-not-fetched": "The certificate could not be attached.",
    "no-longer-comes": "The person no longer came by then.",
    "day-moved": "The day was moved, and has a reminder of its own.",
    "day-begun": "The day had begun.",
    "day-cancelled": "The day was cancelled by then.",
    "nothing-new": "By then there was nothing left that the person did not know.",
    "told-later": "A later email says it together with what changed since.",
    "reminders-declined": "The person wants no more reminders.",
    "erased": "The person asked to be forgotten.",
    "left-the-group": "The person had left the group by then.",
    "address-unconfirmed": "No link was ever opened at this address, and it had three emails "
    "within a day.",
    "link-expired": "Its link had expired.",
    "too-late": "It came too late to be useful, after an outage or a restored backup.",
    "before-the-loss": "It is about something from before data was lost, and may have been sent "
    "then.",
}


def sentence(reason: str | None, language: Language) -> str:
    """Nothing without a reason, or for one that only a newer version knows."""
    found = SENTENCES.get(reason) if reason else None  # type: ignore[call-overload]  # any string
    return language.gettext(found) if found else ""
