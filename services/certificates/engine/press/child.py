"""The press's child: limits itself, then lays out whatever it is ordered to.

Run as a module with its limits as arguments; orders come on standard input, answers go to what was
standard output. Everything a template could reach is closed first: sockets, other programs, and
files outside the places fonts are read from and the temporary folder WeasyPrint copies fonts to.
"""

import gc
import mimetypes
import os
import sys
import time
from collections import OrderedDict
from typing import BinaryIO

from pydantic import BaseModel

from services.certificates.engine.compositor.compositor import Compositor
from services.certificates.engine.compositor.refusals import NotFast, ReadsValue
from services.certificates.engine.errors import (
    LayoutFailed,
    MissingGlyph,
    Problem,
    TemplateRefused,
)
from services.certificates.engine.limits import Limits
from services.certificates.engine.paragraph import IsParagraph
from services.certificates.engine.phrases import Context, context
from services.certificates.engine.press.confinement import confine
from services.certificates.engine.press.drawing import contrast, first_page
from services.certificates.engine.press.examining import examined
from services.certificates.engine.press.messages import (
    ORDERS,
    Check,
    Contrast,
    Contrasted,
    Done,
    Draw,
    Drawn,
    Examine,
    Examined,
    Failed,
    Laid,
    Load,
    Paragraphs,
    SetFull,
    SetParagraphs,
    SetShape,
    read,
    write,
)
from services.certificates.engine.template import Template

_KEPT_TEMPLATES = 4
_LAYOUTS_BETWEEN_COLLECTIONS = 16


class Child:
    """Holds the templates it was given last, each with its compositor."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._templates: OrderedDict[str, Template] = OrderedDict()
        self._compositors: dict[str, Compositor] = {}
        self._layouts = 0

    def answer(self, data: bytes) -> BaseModel:
        """The answer to one order, whatever happens."""
        try:
            return self._obey(data)
        except TemplateRefused as error:
            return Failed(error="refused", problems=_told(error.problems))
        except MissingGlyph as error:
            return Failed(error="glyph", message=error.characters)
        except NotFast as error:
            return Failed(error="not-fast", message=str(error))
        except ReadsValue as error:
            return Failed(error="reads-value", place=error.place)
        except IsParagraph as error:
            return Failed(error="is-paragraph", blocks=error.blocks)
        except MemoryError:
            return Failed(error="layout", message="the template needs too much memory")
        except RecursionError:
            return Failed(error="layout", message="the template is nested too deeply")
        except Exception as error:  # noqa: BLE001 # whatever a template makes a library raise
            told = f"the layout library gave up: {error!r}"
            detail = str(error) if isinstance(error, LayoutFailed) else told
            return Failed(error="layout", message=detail[:500])

    def _obey(self, data: bytes) -> BaseModel:
        started = time.process_time()
        order = ORDERS.validate_json(data)
        if isinstance(order, Load):
            self._load(order.template)
            return Done()
        if isinstance(order, Draw):
            return Drawn(picture=first_page(order.pdf), cpu_seconds=time.process_time() - started)
        if isinstance(order, Examine):
            parts = examined(order.pdf)
            return Examined(parts=parts, cpu_seconds=time.process_time() - started)
        if isinstance(order, Contrast):
            share = contrast(order.one, order.other)
            return Contrasted(share=share, cpu_seconds=time.process_time() - started)
        if order.digest not in self._templates:
            return Failed(error="unknown-template")
        compositor = self._compositor(order.digest)
        if isinstance(order, Check):
            return Done(problems=_told(compositor.remarks(order.values)))
        if isinstance(order, SetParagraphs):
            found = compositor.paragraphs(_wanted(order), order.variable, order.frame, order.blocks)
            return Paragraphs(paragraphs=found, cpu_seconds=time.process_time() - started)
        if isinstance(order, SetFull):
            made = compositor.full(order.values)
        else:
            made = compositor.shape(_wanted(order), order.variable, order.frame, order.paragraphs)
        self._tidy()
        return Laid(shape=made, cpu_seconds=time.process_time() - started)

    def _tidy(self) -> None:
        """A layout is a web of cycles: collected in one go now and then, never in the middle."""
        self._layouts += 1
        if self._layouts % _LAYOUTS_BETWEEN_COLLECTIONS == 0:
            gc.collect()

    def _load(self, template: Template) -> None:
        self._templates[template.digest] = template
        while len(self._templates) > _KEPT_TEMPLATES:
            digest, _ = self._templates.popitem(last=False)
            self._compositors.pop(digest, None)

    def _compositor(self, digest: str) -> Compositor:
        self._templates.move_to_end(digest)
        if digest not in self._compositors:
            self._compositors[digest] = Compositor(self._templates[digest], self._limits)
        return self._compositors[digest]


def _wanted(order: SetShape | SetParagraphs) -> Context:
    return context(order.values, order.length)


def _told(problems: list[Problem]) -> tuple[tuple[str, str, int | None], ...]:
    return tuple((problem.part, problem.message, problem.line) for problem in problems)


def main() -> None:
    """Answers orders until standard input ends."""
    limits = Limits.from_argument(sys.argv[1])
    orders: BinaryIO = os.fdopen(os.dup(0), "rb")
    answers: BinaryIO = os.fdopen(os.dup(1), "wb")
    # Libraries that print would corrupt the answers.
    os.dup2(2, 1)
    mimetypes.init(files=[])  # or a library would read the system's tables, which is forbidden
    confine(limits)
    child = Child(limits)
    gc.collect()
    gc.freeze()
    gc.disable()
    write(answers, Done())  # ready for orders
    while (data := read(orders)) is not None:
        write(answers, child.answer(data))


if __name__ == "__main__":
    main()
