"""What a link to a conference shows where it is shared, in the language of its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from services.registration.base.links import Links
from services.registration.pages.attendee.calendar_links import Entry, google, outlook
from services.registration.pages.attendee.share_card import HEIGHT, WIDTH, Card
from services.registration.pages.attendee.structured import event
from services.registration.pictures.sizes import picture_path
from services.registration.programme.facts import Conference
from services.registration.programme.marked_text import as_plain
from services.registration.programme.telling import conference_of
from shared.handouts.calendar import location
from shared.words.language import Language
from shared.words.typography import typeset

LONGEST = 200  # characters of a description: what search engines and networks show of it
LOCALES = {"fr": "fr_FR", "en": "en_GB"}


@dataclass(frozen=True)
class Shareable:
    """`card` is the address of its picture, of `width` and `height`; `where` its place in a line;
    `google` and `outlook` put the day into those calendars; `structured` is for machines."""

    address: str
    title: str
    description: str
    locale: str
    card: str
    where: str
    google: str
    outlook: str
    structured: dict[str, Any]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def map(self) -> str:
        return f"https://www.openstreetmap.org/search?query={quote(self.where, safe='')}"

    @property
    def own_map(self) -> str:
        """In the program of the phone (RFC 5870, with a query as Android reads it)."""
        return f"geo:0,0?q={quote(self.where, safe='')}"

    @property
    def apple_map(self) -> str:
        return f"https://maps.apple.com/?q={quote(self.where, safe='')}"


def shareable(
    conference: Conference, links: Links, language: Language, moment: datetime
) -> Shareable:
    address = links.conference_url(conference.slug)
    where = location(conference_of(conference, links))
    card = f"{address}/card-{language.code}.png?v={conference.version}"
    cover = picture_path(conference, conference.image, "image")
    pictures = [card, f"{links.public_url}{cover}"] if cover else [card]
    entry = Entry(conference.title, conference.starts_at, conference.ends_at, where, address)
    return Shareable(
        address=address,
        title=typeset(conference.title, conference.language),
        description=_description(conference, language),
        locale=LOCALES[language.code],
        card=card,
        where=where,
        google=google(entry, conference.timezone),
        outlook=outlook(entry),
        structured=event(conference, links, moment, pictures),
    )


def card_of(conference: Conference, language: Language) -> Card:
    said = conference.language
    times = language.times(conference.starts_at, conference.ends_at, conference.timezone)
    day = language.date(conference.starts_at, conference.timezone)
    return Card(
        typeset(conference.organiser, said),
        typeset(conference.title, said),
        f"{day[:1].upper()}{day[1:]}, {times}",
        _place(conference),
        conference.colour,
    )


def _description(conference: Conference, language: Language) -> str:
    day = language.date(conference.starts_at, conference.timezone)
    head = f"{day[:1].upper()}{day[1:]} · {_place(conference)}"
    words = " ".join(as_plain(conference.description).split())
    text = f"{head}. {words}" if words else head
    if len(text) <= LONGEST:
        return typeset(text, conference.language)
    cut = text[:LONGEST].rpartition(" ")[0].rstrip(" ,;:.–")
    return f"{typeset(cut, conference.language)}…"


def _place(conference: Conference) -> str:
    """The venue and its town, which is not said twice."""
    named = conference.city.casefold() in conference.venue.casefold()
    return conference.venue if named else f"{conference.venue}, {conference.city}"
