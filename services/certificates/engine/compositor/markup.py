"""Jinja2 for organisers' templates: sandboxed, escaping, and blind to what a token stands for."""

import re
from collections.abc import Sequence
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.certificates.engine.compositor.following import (
    Following,
    rewritten,
    switches_escaping,
)
from services.certificates.engine.compositor.refusals import Place
from services.certificates.engine.errors import Problem, TemplateRefused
from services.certificates.engine.phrases import Context

LONGEST_MARKUP = 2_000_000


class _Sandbox(ImmutableSandboxedEnvironment):
    """No attribute that starts with an underscore, no mutation of what it is given, no imports."""

    def __init__(self) -> None:
        super().__init__(
            autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self.globals = {
            "range": self.globals["range"],
            "dict": dict,
            "namespace": self.globals["namespace"],
        }


_LINE = "data-emarge-line"
# What is not HTML, or a start tag up to where its attributes begin.
_TAGS = re.compile(
    r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<(?:style|script)\b.*?</|(<[a-zA-Z][\w:-]*)",
    re.DOTALL,
)


def numbered(source: str) -> str:
    """The source with each element's line as an attribute, to tell it by: see `line_of`."""

    def told(found: re.Match[str]) -> str:
        line = source.count("\n", 0, found.start()) + 1
        return f'{found[1]} {_LINE}="{line}"' if found[1] else found[0]

    return _TAGS.sub(told, source)


def line_of(element: Any) -> int | None:
    """The line of the template at which an element of a numbered document begins."""
    line = element.get(_LINE)
    return int(line) if line else None


class Markup:
    """One template's HTML, parsed once."""

    def __init__(self, source: str) -> None:
        """Raises TemplateRefused, with the line, when Jinja2 cannot parse it."""
        sandbox = _Sandbox()
        self._following = Following()
        sandbox.filters.update(self._following.filters)
        try:
            tree = sandbox.parse(source)
            self.switches_escaping = switches_escaping(tree)
            self._template = sandbox.from_string(rewritten(tree, sandbox))
        except jinja2.TemplateSyntaxError as error:
            raise TemplateRefused(
                [Problem("html", error.message or "syntax error", error.lineno)]
            ) from error

    def render(self, context: Context, places: Sequence[Place] = ()) -> str:
        """The HTML for one person, or with symbols for the strings at these places.

        Raises TemplateRefused, with the line where it is known; ReadsValue.
        """
        self._following.places = places
        try:
            pieces, size = [], 0
            for piece in self._template.generate(**context):
                pieces.append(piece)
                size += len(piece)
                if size > LONGEST_MARKUP:
                    raise TemplateRefused(
                        [Problem("html", f"writes more than {LONGEST_MARKUP} characters")]
                    )
            return "".join(pieces)
        except jinja2.TemplateError as error:
            raise TemplateRefused([Problem("html", str(error), _line_of(error))]) from error
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            # What the template's own expressions did wrong: 1/0, "a" + 1, …
            raise TemplateRefused([Problem("html", str(error), _line_of(error))]) from error


def _line_of(error: BaseException) -> int | None:
    """The template's line in a traceback that Jinja2 has rewritten."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
