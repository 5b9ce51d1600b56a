"""Which language a visitor reads: asked for in the address, remembered, or the browser's."""

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import Response

from shared.pages.safety import READING
from shared.words.language import Language, Languages

QUERY = "lang"
COOKIE = "emarge_language"
YEAR = 365 * 24 * 3600


def language_of(request: Request, languages: Languages) -> Language:
    for code in (request.query_params.get(QUERY), request.cookies.get(COOKIE)):
        if code and code in languages.known:
            return languages[code]
    return languages.preferred(request.headers.get("accept-language", ""))


def remember_language(request: Request, response: Response, languages: Languages) -> None:
    """What was asked for in the address holds for the next pages too."""
    code = request.query_params.get(QUERY)
    if code and code in languages.known and request.cookies.get(COOKIE) != code:
        response.set_cookie(
            COOKIE,
            code,
            max_age=YEAR,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )


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
