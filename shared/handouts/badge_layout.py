"""The badge, laid out by WeasyPrint: any script that an installed font can write."""

from functools import lru_cache
from html import escape
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from shared.handouts.badge_words import Badge
from shared.handouts.qr import qr_svg

# From the longest name to the shortest: at most so many characters at so many points.
NAME_SIZES = ((12, 30), (17, 24), (23, 18.5), (30, 14.5), (70, 13), (150, 9))
SMALLEST = 6.5
DAY_SIZES = (8.5, 8.5, 7, 5.5, 4.5)  # points, for so many sessions

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
.day { padding: 3mm 8mm 0; height: 22mm; overflow: hidden; text-align: center; color: #655b52 }
.day p { margin: 0 0 .8mm; overflow-wrap: anywhere }
.day strong { color: #241f1b }
"""


def laid_out(badge: Badge) -> bytes:
    styles, fonts = _styles()
    document = HTML(string=_page(badge), url_fetcher=_refuse)
    pdf: bytes = document.write_pdf(stylesheets=[styles], font_config=fonts)
    return pdf


def _page(badge: Badge) -> str:
    sessions = "".join(
        f"<p><strong>{escape(title)}</strong><br>{escape(times)}</p>"
        for title, times in badge.sessions
    )
    return f"""<!doctype html><html lang="{badge.language}">
<head><title>{escape(badge.name)}</title></head><body>
<div class="head"><p>{escape(badge.date)}</p><h1>{escape(badge.title)}</h1></div>
<div class="margin"></div>
<div class="person"><div>
<p class="name" style="font-size: {name_size(badge.name)}pt">{escape(badge.name)}</p>
<p class="organisation">{escape(badge.organisation)}</p>
</div></div>
<div class="code">{qr_svg(badge.code)}<p>{escape(badge.code)}</p></div>
<div class="day" style="font-size: {DAY_SIZES[len(badge.sessions)]}pt">
{sessions}<p>{escape(badge.place)}</p></div>
</body></html>"""


def name_size(name: str) -> float:
    """Points at which a name of this length fits the badge."""
    return next((size for longest, size in NAME_SIZES if len(name) <= longest), SMALLEST)


@lru_cache(maxsize=1)
def _styles() -> Any:
    """Parsed once: fonts are looked up anew for each configuration."""
    fonts = FontConfiguration()
    return CSS(string=STYLE, font_config=fonts), fonts


def _refuse(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a badge fetches nothing, but {url} was asked for")
