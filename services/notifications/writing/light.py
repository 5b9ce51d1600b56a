"""Light formatting: paragraphs, headings, lists, **bold**, *italic* and [links](https://…).

One text becomes both parts of an email, so that they never say different things. Whatever HTML it
holds is shown, not obeyed. A line that is a piece alone (`mark`) is left for the layout to fill in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

RULES = ("heading", "list", "emphasis", "link", "newline", "escape", "entity", "hr")
INK = "#0e5158"
STYLES = {
    "paragraph_open": "margin:0 0 14px;",
    "heading_open": "margin:18px 0 8px;font-size:18px;line-height:1.3;",
    "bullet_list_open": "margin:0 0 14px;padding-left:22px;",
    "ordered_list_open": "margin:0 0 14px;padding-left:22px;",
    "list_item_open": "margin:0 0 4px;",
    "link_open": f"color:{INK};",
    "hr": "border:0;border-top:1px solid #e2d8ca;margin:18px 0;",
}
_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
# Of the Unicode plane for private use: nobody types them, and `plain` takes them out.
_MARK = re.compile("\ue000(?P<piece>[a-z]+)(?::(?P<label>[^\ue001]*))?\ue001")


@dataclass(frozen=True)
class Part:
    """What stands in an email from top to bottom: the headline, words, or a piece of the layout."""

    html: Markup = field(default_factory=Markup)
    text: str = ""
    headline: bool = False
    piece: str = ""


def inert(value: str) -> str:
    """One line of anything, as itself: no sign of it formats."""
    return _SPECIAL.sub(r"\\\1", one_line(plain(value)))


def one_line(text: str) -> str:
    """Blanks that do not break a line are the typography's, and stay."""
    return re.sub(r"[ \t\r\n\f\v\x1c-\x1f\x85\u2028\u2029]+", " ", text).strip(" ")


def plain(text: str) -> str:
    """The text without what could be taken for a piece."""
    return text.replace("\ue000", "").replace("\ue001", "")


def mark(piece: str, label: str = "") -> str:
    """A piece, as a block of its own wherever it is put in."""
    name = f"{piece}:{plain(label)}" if label else piece
    return f"\n\n\ue000{name}\ue001\n\n"


def parts_of(source: str) -> list[Part]:
    parts: list[Part] = []
    words: list[Token] = []
    tokens = _formatter().parse(source)

    def end_words() -> None:
        if words:
            parts.append(_words(words))
            words.clear()

    for block in _blocks(tokens):
        inline = block[1] if len(block) == 3 else None
        piece = _MARK.fullmatch(inline.content) if inline else None
        if piece:
            end_words()
            parts.append(Part(text=piece["label"] or "", piece=piece["piece"]))
        elif inline and block[0].tag == "h1" and not parts and not words:
            parts.append(Part(_html([inline]), _inline_text(inline), headline=True))
        else:
            words.extend(block)
    end_words()
    return parts


@lru_cache(maxsize=1)
def _formatter() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(list(RULES))


def _blocks(tokens: Sequence[Token]) -> list[list[Token]]:
    """The tokens of each block of the top level."""
    blocks: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            blocks.append([])
        blocks[-1].append(token)
        depth += token.nesting
    return blocks


def _words(tokens: Sequence[Token]) -> Part:
    return Part(_html(tokens), _text(tokens))


def _html(tokens: Sequence[Token]) -> Markup:
    for token in tokens:
        for one in (token, *(token.children or ())):
            if one.type in STYLES:
                one.attrSet("style", STYLES[one.type])
            if one.type == "link_open":
                one.attrSet("class", "link")
    formatter = _formatter()
    html = formatter.renderer.render(tokens, formatter.options, {})
    return Markup(_MARK.sub("", html))  # noqa: S704  the renderer escapes what was typed


def _text(tokens: Sequence[Token]) -> str:
    lines: list[str] = []
    bullets: list[str] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            bullets.append("*" if token.type.startswith("bullet") else "1.")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            bullets.pop()
            lines.append("")
        elif token.type == "inline":
            said = _MARK.sub("", _inline_text(token))
            if bullets:
                bullet = token.info or bullets[-1]
                lines.append(f"{'  ' * (len(bullets) - 1)}{bullet} {said}")
                if bullets[-1] != "*":
                    bullets[-1] = f"{int(bullets[-1][:-1]) + 1}."
            else:
                lines += [said, ""]
        elif token.type == "hr":
            lines += ["—", ""]
    return "\n".join(lines).strip()


def _inline_text(inline: Token) -> str:
    said, links = [], []
    for token in inline.children or ():
        if token.type in ("text", "text_special"):
            said.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif token.type == "link_open":
            links.append((len(said), str(token.attrGet("href"))))
        elif token.type == "link_close":
            start, url = links.pop()
            if "".join(said[start:]) != url:
                said.append(f" ({url})")
    return "".join(said)
