"""What any service may ask for: that somebody is written to. Whoever sends emails reads every feed
for it, so a service has letters without knowing of mail."""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from shared.events.envelope import Opens, Payload, Personal
from shared.events.parts import Conference, Locale


class LetterAsked(Payload):
    """Somebody is to get an email with these words and one link, once.

    The words are the publisher's own, in the reader's language, and name nobody: they stay when the
    person is erased. The event's subject is whom the letter is for, by an id that an erasure names.
    """

    type: ClassVar[str] = "letter.asked"
    by_any: ClassVar[bool] = True
    private: ClassVar[bool] = True
    email: Annotated[str, Personal()]
    name: Annotated[str, Personal()] = Field(default="", description="of the reader, if known")
    locale: Locale
    conference: Conference | None = Field(
        default=None, description="the day it is about: its organiser answers, and sees it was sent"
    )
    subject: str
    paragraphs: tuple[str, ...] = Field(min_length=1)
    button: str = Field(description="what the link is called")
    path: Annotated[str, Personal(), Opens()] = Field(description="of the link, on the public site")
    good_until: AwareDatetime | None = Field(
        default=None,
        description="the link gets a pass for this path until then, which its publisher checks and "
        "no log ever holds; nothing is sent afterwards. None: the link needs no pass",
    )


class ReaderErased(Payload):
    """Whom letters were asked for, by the event's subject, is to be forgotten by whoever wrote."""

    type: ClassVar[str] = "reader.erased"
    by_any: ClassVar[bool] = True
    erases: ClassVar[bool] = True
    erased_at: AwareDatetime
