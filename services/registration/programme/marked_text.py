"""Descriptions as organisers write them: Markdown, as much of it as is safe on a page of ours.

Paragraphs, lists, emphasis and links to the web or to an address; no HTML, pictures or headings.
Elsewhere than on a page (emails, certificates) the same is read as plain text.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

from shared.words.typography import typeset

SCHEMES = {"http", "https", "mailto"}
_RULES = ["list", "emphasis", "link", "autolink", "newline", "escape"]
# An address that stands in the text as it is; what ends a sentence is not of it.
_BARE = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?()\[\]«»“”\"'…]")


@lru_cache(maxsize=4096)  # a programme is shown far more often than it changes
def as_html(text: str, locale: str) -> Markup:
    """For a page, set in type as its language wants."""
    return Markup(_markdown.render(text, {"locale": locale}).strip())  # noqa: S704  html is off


@lru_cache(maxsize=4096)
def as_plain(text: str) -> str:
    """What is read where there are no links: an address follows the words that lead to it."""
    blocks = []
    marks: list[int | None] = []  # of the lists that we are in: the next number, None for a dash
    mark = ""
    for token in _markdown.parse(text, {}):
        if token.type == "bullet_list_open":
            marks.append(None)
        elif token.type == "ordered_list_open":
            marks.append(int(token.attrGet("start") or 1))
        elif token.type.endswith("_list_close"):
            marks.pop()
        elif token.type == "list_item_open":
            number = marks[-1]
            mark = "– " if number is None else f"{number}. "
            marks[-1] = None if number is None else number + 1
        elif token.type == "inline":
            blocks.append((bool(marks), mark + "".join(_words(token.children or []))))
            mark = ""
    written = ""
    for index, (listed, words) in enumerate(blocks):
        between = "\n" if index and listed and blocks[index - 1][0] else "\n\n"
        written += (between if written else "") + words
    return written


def _words(tokens: list[Token]) -> Iterator[str]:
    leads_to, label = "", ""
    for token in tokens:
        if token.type == "link_open":
            leads_to, label = str(token.attrGet("href")), ""
        elif token.type == "link_close":
            address = leads_to.removeprefix("mailto:")
            if address != label.removeprefix("mailto:"):
                yield f" ({address})"
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n" if token.type == "hardbreak" else " "
        else:
            label += token.content
            yield token.content


Tokens = Sequence[Token]


def _open_link(_self: object, tokens: Tokens, at: int, _options: object, _env: object) -> str:
    href = escape(str(tokens[at].attrGet("href")))
    return f'<a href="{href}" rel="nofollow noopener">'


def _set(_self: object, tokens: Tokens, at: int, _options: object, env: dict[str, str]) -> str:
    """Text as a printer would set it; an address stays as it is."""
    content = tokens[at].content
    set_in_type = content if _BARE.fullmatch(content) else typeset(content, env["locale"])
    return str(escape(set_in_type))


def _link_bare_addresses(state: StateCore) -> None:
    for block in state.tokens:
        within = 0
        children: list[Token] = []
        for token in block.children or []:
            within += token.nesting if token.type in ("link_open", "link_close") else 0
            linked = token.type == "text" and not within
            children += _linked(token.content) if linked else [token]
        block.children = children


def _linked(text: str) -> Iterator[Token]:
    at = 0
    for found in _BARE.finditer(text):
        if found.start() > at:
            yield _token(text[at : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": _markdown.normalizeLink(found[0])})
        yield _token(found[0])
        yield Token("link_close", "a", -1)
        at = found.end()
    if at < len(text):
        yield _token(text[at:])


def _token(text: str) -> Token:
    return Token("text", "", 0, content=text)


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  its own name
        try:
            return urlsplit(url).scheme in SCHEMES
        except ValueError:
            return False


def _reader() -> MarkdownIt:
    markdown = _Reader("zero", {"html": False}).enable(_RULES)
    markdown.core.ruler.push("bare_addresses", _link_bare_addresses)
    markdown.add_render_rule("link_open", _open_link)
    markdown.add_render_rule("text", _set)
    return markdown


_markdown = _reader()
