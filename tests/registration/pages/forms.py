"""A form as a browser would send it: every field of the page with what stands in it."""

from html.parser import HTMLParser

import httpx

Fields = list[tuple[str, str]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = []
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._textarea: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.fields.append((name, given.get("value", "")))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._textarea, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea is not None:
            self.fields.append((self._textarea, self._text.removeprefix("\n")))
            self._textarea = None
        elif tag == "select":
            first, *_ = [value for value, chosen in self._options if chosen] or [
                self._options[0][0]
            ]
            self.fields.append((self._select, first))
            self._select = ""


def fields_of(page: httpx.Response) -> Fields:
    reader = _Reader()
    reader.feed(page.text)
    return reader.fields


def sent(fields: Fields, action: str, **changes: str) -> dict[str, list[str]]:
    """The fields, some of them typed over, and the button that was pressed."""
    form: dict[str, list[str]] = {"action": [action]}
    for name, value in fields:
        form.setdefault(name, []).append(changes.get(name, value))
    return form
