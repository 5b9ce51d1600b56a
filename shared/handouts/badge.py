"""The badge: one A6 page with the person's name, their day and the QR of their code."""

from functools import lru_cache
from html import escape
from typing import Any

from shared.events.registration import Place, Seat
from shared.handouts.calendar import location, printable
from shared.handouts.qr import qr_svg
from shared.language import Language

# From the longest name to the shortest: at most so many characters at so many points.
NAME_SIZES = ((12, 30), (17, 24), (23, 18.5), (30, 14.5), (70, 13), (150, 9))
SMALLEST = 6.5

STYLE = """
@page { size: 105mm 148mm; margin: 0 }
html { font-family: "Noto Sans", "Liberation Sans", "Noto Sans CJK SC", sans-serif;
       font-size: 9.5pt; line-height: 1.3; color: #241f1b }
body { margin: 0 }
.head { background: #0e5158; color: #fffdf9; padding: 7mm 8mm 6mm; height: 22mm; overflow: hidden }
.head p { margin: 0 0 1.5mm; font-size: 8.5pt; color: #cfe3e1 }
.head h1 { margin: 0; font-size: 12.5pt; line-height: 1.22; font-weight: bold }
.margin { background: #cf4a34; height: 1.2mm }
.person { height: 38mm; padding: 0 8mm; text-align: center; overflow: hidden; display: table;
          width: 89mm }
.person div { display: table-cell; vertical-align: middle; height: 38mm }
.name { margin: 0; font-weight: bold; line-height: 1.15; overflow-wrap: anywhere }
.organisation { margin: 2mm 0 0; font-size: 11pt; color: #655b52; overflow-wrap: anywhere }
.code { text-align: center }
.code svg { width: 39mm; height: 39mm }
.code p { margin: 0; font-size: 11pt; letter-spacing: .08em; font-weight: bold }
.day { padding: 3mm 8mm 0; text-align: center; color: #655b52; font-size: 8.5pt }
.day p { margin: 0 0 .8mm; overflow-wrap: anywhere }
.day strong { color: #241f1b }
"""


def badge_pdf(place: Place, language: Language) -> bytes:
    """The badge as PDF; the same place gives the same bytes."""
    # WeasyPrint takes a second to import, and most processes never print.
    from weasyprint import HTML

    styles, fonts = _styles()
    document = HTML(string=_page(place, language), url_fetcher=_refuse)
    pdf: bytes = document.write_pdf(stylesheets=[styles], font_config=fonts)
    return pdf


def _page(place: Place, language: Language) -> str:
    conference = place.conference
    zone = conference.timezone
    name = printable(f"{place.person.first_name} {place.person.last_name}")
    organisation = printable(place.person.organisation or "")
    sessions = [seat for seat in place.seats if seat.state == "held" and seat.kind == "workshop"]
    lines = [
        *(_session(seat, language, zone) for seat in sessions),
        escape(location(conference)),
    ]
    return f"""<!doctype html><html lang="{language.code}">
<head><title>{escape(name)}</title></head><body>
<div class="head"><p>{escape(language.date(conference.starts_at, zone))}</p>
<h1>{escape(_shortened(conference.title, 110))}</h1></div>
<div class="margin"></div>
<div class="person"><div><p class="name" style="font-size: {name_size(name)}pt">{escape(name)}</p>
{f'<p class="organisation">{escape(_shortened(organisation, 70))}</p>' if organisation else ""}
</div></div>
<div class="code">{qr_svg(place.code)}<p>{escape(place.code)}</p></div>
<div class="day">{"".join(f"<p>{line}</p>" for line in lines)}</div>
</body></html>"""


def name_size(name: str) -> float:
    """Points at which a name of this length fits the badge."""
    return next((size for longest, size in NAME_SIZES if len(name) <= longest), SMALLEST)


def _session(seat: Seat, language: Language, zone: str) -> str:
    times = language.times(seat.starts_at, seat.ends_at, zone)
    room = f" · {escape(printable(seat.room))}" if seat.room else ""
    return f"<strong>{escape(_shortened(seat.title, 90))}</strong><br>{escape(times)}{room}"


def _shortened(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


@lru_cache(maxsize=1)
def _styles() -> Any:
    """Parsed once: fonts are looked up anew for each configuration."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    return CSS(string=STYLE, font_config=fonts), fonts


def _refuse(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a badge fetches nothing, but {url} was asked for")
