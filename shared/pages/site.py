"""A service's pages: its templates over the shared layout, each in the visitor's language."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from shared.http.away import answer_away
from shared.http.headers import DefaultHeaders
from shared.pages.assets import PREFIX, Assets
from shared.pages.negotiation import in_language, language_of, remember_language
from shared.pages.safety import HEADERS, SameOriginForms
from shared.words.language import Language, Languages
from shared.words.typography import typeset

HERE = Path(__file__).parent
PRIVATE = "no-store"


class CompiledOnce(BytecodeCache):
    """A template is compiled once in a process: what comes of it is the same in every language, and
    for every site that sets templates up as `Site` does. Jinja asks by the template's file, and
    compares what is written in it."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if known := self._known.get(bucket.key):
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


class Site:
    """The pages of one service.

    `folder` has their `templates/` and `static/`, `catalogues` the service's `locale/`; `filters`
    are its own, for its templates; `static` is where its stylesheets and scripts are served.
    """

    def __init__(
        self,
        folder: Path,
        catalogues: Path,
        public_url: str,
        filters: Mapping[str, Callable[..., Any]] | None = None,
        static: str = PREFIX,
    ) -> None:
        self._templates = [folder / "templates", HERE / "templates"]
        self._public_url = public_url
        self._filters = filters or {}
        self.assets = Assets([HERE / "static", folder / "static"], static)
        self.languages = Languages.load(catalogues, HERE / "locale")

    def language(self, request: Request) -> Language:
        return language_of(request, self.languages)

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        cache: str = PRIVATE,
        **context: Any,
    ) -> HTMLResponse:
        """The template, rendered for whoever asks."""
        language = self.language(request)
        body = (
            self._environments[language.code]
            .get_template(template)
            .render(request=request, in_language=partial(in_language, request), **context)
        )
        response = HTMLResponse(body, status)
        response.headers["Cache-Control"] = cache
        response.headers["Content-Language"] = language.code
        response.headers["Vary"] = "Accept-Language, Cookie"
        remember_language(request, response, self.languages)
        return response

    def error(self, request: Request, status: int, detail: str = "") -> Response:
        """A page that says what went wrong; `detail` is in the visitor's language."""
        title, standing_detail = _words(self.language(request), status)
        return self.page(
            request, "error.html", status=status, title=title, detail=detail or standing_detail
        )

    def install(self, app: Starlette) -> None:
        """Serve the static files, and put every page of the app behind the safety of all."""
        answer_away(app, lambda request: self.error(request, HTTPStatus.SERVICE_UNAVAILABLE))
        app.add_route(
            self.assets.prefix + "{name:path}", self.assets.serve, include_in_schema=False
        )
        app.add_middleware(
            SameOriginForms, public_url=self._public_url, refusal=self._refuse_foreign_form
        )
        app.add_middleware(GZipMiddleware, minimum_size=1000)
        app.add_middleware(DefaultHeaders, headers=HEADERS)

    async def _refuse_foreign_form(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        detail = self.language(request).gettext(
            "This form was not sent from a page of ours. Open the page again and retry."
        )
        await self.error(request, 403, detail)(scope, receive, send)

    @cached_property
    def _environments(self) -> dict[str, Environment]:
        return {
            code: self._environment(language) for code, language in self.languages.known.items()
        }

    def _environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self._templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            bytecode_cache=COMPILED,
        )
        # Typed as for templates that are only translated: https://jinja.palletsprojects.com/i18n
        environment.install_gettext_translations(language, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
        environment.globals.update(
            asset=self.assets.url,
            language=language,
            languages=sorted(self.languages.known.values(), key=lambda known: known.code != "fr"),
        )
        environment.filters.update(typeset=typeset, paragraphs=paragraphs, **self._filters)
        return environment


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs, an empty line between two; whatever HTML it has is inert."""
    blocks = (block.strip() for block in text.split("\n\n"))
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in blocks if block)


def _words(language: Language, status: int) -> tuple[str, str]:
    gettext = language.gettext
    if status == HTTPStatus.NOT_FOUND:
        return (
            gettext("This page does not exist"),
            gettext("The link may be incomplete: try it again from the email or the programme."),
        )
    if status == HTTPStatus.FORBIDDEN:
        return (gettext("Not allowed"), gettext("This link does not give access to that page."))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return (gettext("A moment, please"), gettext("Too many tries. Wait a minute and retry."))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return (gettext("Too large"), gettext("This is more than the page can take at once."))
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return (gettext("That did not work"), gettext("What was sent could not be understood."))
    return (
        gettext("Something went wrong on our side"),
        gettext("Nothing was lost. Please try again in a minute."),
    )
