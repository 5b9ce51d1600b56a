"""Which language a visitor reads: asked for in the address, remembered, or the browser's."""

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import Response

from shared.pages.safety import READING
from shared.words.language import Language, Languages

QUERY = "lang"
YEAR = 365 * 24 * 3600


def language_of(request: Request, languages: Languages) -> Language:
    for code in (request.query_params.get(QUERY), request.cookies.get(_cookie(request))):
        if code and code in languages.known:
            return languages[code]
    return languages.preferred(request.headers.get("accept-language", ""))


def remember_language(request: Request, response: Response, languages: Languages) -> None:
    """What was asked for in the address holds for the next pages too."""
    code = request.query_params.get(QUERY)
    if code and code in languages.known and request.cookies.get(_cookie(request)) != code:
        response.set_cookie(
            _cookie(request),
            code,
            max_age=YEAR,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )


def _cookie(request: Request) -> str:
    """With this prefix a browser takes it from nobody but this very host."""
    return "__Host-emarge-language" if request.url.scheme == "https" else "emarge-language"


def in_language(request: Request, code: str) -> str:
    """The address of the same page in another language.

    What answers a form may have no address of its own: then it is that of the page with the form.
    """
    if request.method in READING:
        return f"?{request.url.include_query_params(**{QUERY: code}).query}"
    sent_from = URL(request.headers.get("referer", ""))
    page = sent_from if sent_from.netloc == request.url.netloc else request.url
    page = page.include_query_params(**{QUERY: code})
    return f"/{page.path.lstrip('/')}?{page.query}"
