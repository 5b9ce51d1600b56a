"""A person's texts, set into the shape that their document has."""

from collections.abc import Callable
from dataclasses import dataclass

from services.certificates.engine import fitting, phrases
from services.certificates.engine.compositor.tokens import strings
from services.certificates.engine.filling.composing import Composed, Texts
from services.certificates.engine.filling.fill import Filler
from services.certificates.engine.filling.shaping import CannotFill
from services.certificates.engine.paragraph import IsParagraph
from services.certificates.engine.paragraphsetting import ParagraphSetting
from services.certificates.engine.press.press import Press
from services.certificates.engine.shapekeys import Split, shape_name, split
from services.certificates.engine.shapelibrary import ShapeLibrary
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values

_MOST_TRIES = 4  # each one finds more blocks that are paragraphs

FindFiller = Callable[[str, Split, Values, frozenset[int]], Filler]


@dataclass(frozen=True)
class Fitted:
    """The shape's name, its filler, and the texts set."""

    shape: str
    filler: Filler
    composed: Composed


class _NameBroken(Exception):
    """The name takes more than one line in this size."""


class ShapeFitter:
    """Finds the shape of each person's document, of one template."""

    def __init__(self, template: Template, press: Press, library: ShapeLibrary) -> None:
        self._template = template
        self._library = library
        self._setting = ParagraphSetting(template, press)
        self._has_sizes = fitting.has_sizes(template)

    def fitted(self, values: Values, find: FindFiller) -> Fitted:
        """In the first size that keeps their name on one line. `find` gives the filler of a shape;
        raises what it raises, CannotFill, or layout errors."""
        values = self._template.worded(values)
        counted = fitting.counted(values.holder)
        if not self._has_sizes:
            return self._fitted_in(counted, values, find)[0]
        for length in fitting.LENGTHS[:-1]:
            try:
                made, texts = self._fitted_in(length, values, find, must_fit=True)
            except _NameBroken:
                continue
            # A name that stands nowhere by itself is counted.
            if length == counted or made.filler.holds_alone(
                texts, lambda text: fitting.is_name(text, values.holder)
            ):
                return made
            return self._fitted_in(counted, values, find)[0]
        return self._fitted_in(fitting.LENGTHS[-1], values, find)[0]

    def _fitted_in(
        self, length: str, values: Values, find: FindFiller, *, must_fit: bool = False
    ) -> tuple[Fitted, Texts]:
        """The same in one size. Raises _NameBroken if it must fit and does not.

        Blocks are tried as plain lines first, unless they are paragraphs for everyone.
        """
        context = phrases.context(values, length)
        found = split(strings(context), self._library.concrete, length)
        blocks = self._library.paragraphs(found.name)
        for _ in range(_MOST_TRIES):
            paragraphs = self._setting.set(found, values, blocks) if blocks else {}
            if must_fit and any(
                len(each.lines) > 1 and fitting.is_name(each.text, values.holder)
                for each in paragraphs.values()
            ):
                raise _NameBroken
            shape = shape_name(found, paragraphs)
            try:
                filler = find(shape, found, values, blocks)
            except IsParagraph as error:
                self._library.note_paragraphs(found.name, error.blocks)
                blocks |= error.blocks
                continue
            try:
                texts = Texts(found.texts, paragraphs)
                return Fitted(shape, filler, filler.compose(texts)), texts
            except IsParagraph as error:
                blocks |= error.blocks
        raise CannotFill("its texts are longer than their lines")
