"""Pages that work without a network: what their service worker keeps of them, and how they are put
on a home screen. Their scripts share static/offline/."""

import json
from collections.abc import Iterable
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

from shared.pages.site import Site

WORKER = "offline-worker.js"
PAPER = "#faf6ef"  # as emarge.css has it


def worker(site: Site, script: str, assets: Iterable[str], **constants: Any) -> Response:
    """A service worker: before its script stand the addresses of ASSETS that it keeps, and other
    constants. A changed asset changes it, and it then fetches what is new."""
    constants["ASSETS"] = [site.assets.url(name) for name in assets]
    said = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in constants.items())
    content = said.encode() + site.assets.content(script)
    return Response(content, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def page_worker(site: Site, assets: Iterable[str], *, cache: str, page: str) -> Response:
    """That of a page which keeps itself in the cache `cache`-pages. `page`: how the paths begin for
    which it stands (a regular expression of JavaScript)."""
    return worker(site, WORKER, [*assets, *site.assets.under("offline/")], CACHE=cache, PAGE=page)


def home_screen(site: Site, name: str, start: str, scope: str, **besides: str) -> Response:
    """A web app manifest: lets the page be put on the home screen."""
    manifest = {
        "name": name,
        "short_name": "Emarge",
        "start_url": start,
        "scope": scope,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [{"src": site.assets.url("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        **besides,
    }
    return JSONResponse(manifest, media_type="application/manifest+json")
