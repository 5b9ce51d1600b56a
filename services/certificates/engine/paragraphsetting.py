"""Paragraphs set by the press, and kept while they return: a title does, a name does not."""

from collections import OrderedDict
from collections.abc import Iterable

from services.certificates.engine.paragraph import Paragraph
from services.certificates.engine.press.press import Press
from services.certificates.engine.shapekeys import Split
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values

_KEPT = 512


class ParagraphSetting:
    """Sets the paragraphs of one template version."""

    def __init__(self, template: Template, press: Press) -> None:
        self._template = template
        self._press = press
        # Which strings a block holds is learnt when it is first set.
        self._strings: dict[tuple[str, int], tuple[int, ...]] = {}
        self._kept: OrderedDict[tuple[str, int, tuple[str, ...]], Paragraph] = OrderedDict()

    def set(self, split: Split, values: Values, blocks: Iterable[int]) -> dict[int, Paragraph]:
        """These blocks of this person's document. Raises what `Press.paragraphs` raises."""
        found, missing = {}, []
        for block in sorted(blocks):
            kept = self._known(split, block)
            if kept is None:
                missing.append(block)
            else:
                found[block] = kept
        if missing:
            for paragraph in self._press.paragraphs(self._template, values, split, tuple(missing)):
                found[paragraph.block] = paragraph
                self._keep(split, paragraph)
        return found

    def _known(self, split: Split, block: int) -> Paragraph | None:
        strings = self._strings.get((split.name, block))
        if strings is None:
            return None
        key = split.name, block, tuple(split.texts[index] for index in strings)
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def _keep(self, split: Split, paragraph: Paragraph) -> None:
        self._strings[split.name, paragraph.block] = paragraph.strings
        texts = tuple(split.texts[index] for index in paragraph.strings)
        self._kept[split.name, paragraph.block, texts] = paragraph
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
