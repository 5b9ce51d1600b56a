"""One template, ready to be laid out: in full for one person, or as a shape for many."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.certificates.engine import fitting, phrases
from services.certificates.engine.compositor import assets, codes
from services.certificates.engine.compositor.conforming import conform
from services.certificates.engine.compositor.cutting import cut, whole
from services.certificates.engine.compositor.markup import Markup, numbered
from services.certificates.engine.compositor.nameblocks import is_broken, mark_names, name_blocks
from services.certificates.engine.compositor.paragraphs import Frame
from services.certificates.engine.compositor.probes import SHORT, probe
from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.remarks import in_css, in_html
from services.certificates.engine.compositor.tokens import (
    PATTERN,
    Path,
    place_of,
    strings,
    symbols,
)
from services.certificates.engine.compositor.typesetting import SetDocument, Typesetter
from services.certificates.engine.compositor.valueblocks import (
    ValueBlock,
    fill_blocks,
    number_blocks,
)
from services.certificates.engine.errors import (
    LayoutFailed,
    MissingGlyph,
    Problem,
    TemplateRefused,
)
from services.certificates.engine.limits import Limits
from services.certificates.engine.paragraph import Paragraph
from services.certificates.engine.shape import Shape
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values
from shared.documents.qr import draw

_KEPT_FRAMES = 8  # a frame keeps its layout: a few megabytes


class Compositor:
    """Markup, stylesheet, fonts and images of one template, read once."""

    def __init__(self, template: Template, limits: Limits) -> None:
        """Raises TemplateRefused with every problem that can be told without a person's values."""
        problems = assets.problems(template.assets, limits)
        if problems:
            raise TemplateRefused(problems)
        self._template = template
        self._limits = limits
        self._markup = Markup(template.html)
        self._has_sizes = fitting.has_sizes(template)
        self._typesetter = Typesetter(template.css, dict(template.assets))
        self._asset_names = dict.fromkeys(template.assets, True)
        self._frames: OrderedDict[str, Frame] = OrderedDict()

    def full(self, values: Values) -> Shape:
        """This person's document, laid out whole: a shape without holes.

        Raises TemplateRefused, MissingGlyph or LayoutFailed.
        """
        values = self._template.worded(values)
        return cut(
            whole(self._fitted(values)),
            locale=values.locale,
            created=phrases.context(values)["issued"]["iso"],
            badge=bool(values.credential),
            meanings=None,
        )

    def _fitted(self, values: Values) -> SetDocument:
        """In the first size that keeps the name on one line, of those that the template has."""
        counted = fitting.counted(values.holder)
        if not self._has_sizes:
            return self._set(self._html(phrases.context(values)))
        for length in fitting.LENGTHS:
            document, blocks = self._measured(values, length)
            if not blocks:  # it stands nowhere by itself
                return document if length == counted else self._measured(values, counted)[0]
            if not is_broken(blocks) or length == fitting.LENGTHS[-1]:
                break
        return document

    def _measured(self, values: Values, length: str) -> tuple[SetDocument, list[Any]]:
        """The document with the name in this size, and the blocks that hold it alone."""
        document = self._set(
            self._html(phrases.context(values, length)),
            lambda root: mark_names(root, values.holder),
        )
        return document, name_blocks(page.box for page in document.pages)

    def shape(
        self,
        context: phrases.Context,
        variable: tuple[Path, ...],
        frame: str,
        paragraphs: frozenset[int],
    ) -> Shape:
        """The shape of documents like this one, with `variable` strings left open.

        `frame` names all that these documents have in common. `paragraphs` are the blocks that are
        set anew for each person; their lines break as this person's do. Raises NotFast, ReadsValue,
        IsParagraph, or what `full` raises.
        """
        texts = _texts(context, variable)
        if not paragraphs:
            self._frames.pop(frame, None)  # its document is used up by the shape below
        known = self._frame(frame, context, variable)

        def set_with_tokens(length: int, lengths: Mapping[int, int]) -> SetDocument:
            if length == SHORT and not paragraphs and not lengths:
                return known.document

            def prepare(root: Any) -> None:
                fill_blocks(number_blocks(root), paragraphs, texts)

            return self._set_with_symbols(context, variable, length, prepare, lengths)

        created = symbols(context, variable, SHORT)["issued"]["iso"]
        return cut(
            probe(set_with_tokens, known, paragraphs, texts, self._template.css),
            locale=context["locale"],
            created=created if isinstance(created, str) else created.__html__(),
            badge=bool(context["badge"]),
            meanings=known.document.meanings,
        )

    def paragraphs(
        self,
        context: phrases.Context,
        variable: tuple[Path, ...],
        frame: str,
        blocks: Iterable[int],
    ) -> tuple[Paragraph, ...]:
        """These blocks set for this person, each alone. Raises what `shape` raises."""
        known, texts = self._frame(frame, context, variable), _texts(context, variable)
        return tuple(known.paragraph(block, texts) for block in blocks)

    def _frame(self, name: str, context: phrases.Context, variable: tuple[Path, ...]) -> Frame:
        if name not in self._frames:
            self._refuse_lookalikes(context, variable)
            blocks: dict[int, ValueBlock] = {}
            document = self._set_with_symbols(
                context, variable, SHORT, lambda root: blocks.update(number_blocks(root))
            )
            self._frames[name] = Frame.of(document, blocks)
            if len(self._frames) > _KEPT_FRAMES:
                self._frames.popitem(last=False)
        self._frames.move_to_end(name)
        return self._frames[name]

    def remarks(self, values: Values) -> list[Problem]:
        """What is wrong with the template when this person's document is laid out."""
        found = [in_css(message) for message in self._typesetter.css_warnings]
        context = phrases.context(self._template.worded(values))
        try:
            document = self._set(self._html(context))
        except TemplateRefused as error:
            return [*found, *error.problems]
        except MissingGlyph as error:
            return [*found, Problem("html", str(error))]
        found += in_html(document.warnings, self._template.html)
        if not (document.metadata.lang or "").strip():
            found.append(Problem("html", "<html> has no lang attribute", 1))
        if not (document.metadata.title or "").strip():
            found.append(Problem("html", "there is no <title>"))
        if document.problems:
            found += self._with_lines(document.problems, context)
        modules = draw(values.verify_url).width
        found += codes.unreadable(document, self._template.html, self._template.css, modules)
        return found

    def _with_lines(self, problems: list[Problem], context: phrases.Context) -> list[Problem]:
        """The same problems, told with the lines of the template that they are on.

        Lines are attributes in another document, so that no template's own is changed by them.
        """
        told = Markup(numbered(self._template.html))
        html = told.render({**context, "assets": self._asset_names})
        with_lines = self._set(html).problems
        same = {each.message for each in with_lines} == {each.message for each in problems}
        return with_lines if same else problems

    def _set_with_symbols(
        self,
        context: phrases.Context,
        variable: tuple[Path, ...],
        length: int,
        prepare: Callable[[Any], None],
        lengths: Mapping[int, int] | None = None,
    ) -> SetDocument:
        if self._markup.switches_escaping:
            raise NotFast("the template switches escaping on or off")
        try:
            html = self._html(symbols(context, variable, length, lengths), variable)
        except TemplateRefused as error:
            # With strings it is fine: `remarks` has said so.
            reason = "; ".join(str(problem) for problem in error.problems)
            raise NotFast(f"the template does more with a value than output it: {reason}") from None
        return self._set(html, prepare)

    def _html(self, context: phrases.Context, variable: tuple[Path, ...] = ()) -> str:
        """With symbols for the strings at `variable`."""
        places = [place_of(path) for path in variable]
        return self._markup.render({**context, "assets": self._asset_names}, places)

    def _set(self, html: str, prepare: Callable[[Any], None] | None = None) -> SetDocument:
        document = self._typesetter.set(html, prepare)
        conform(document)
        if len(document.pages) > self._limits.pages:
            raise LayoutFailed(f"the document has {len(document.pages)} pages")
        return document

    def _refuse_lookalikes(self, context: phrases.Context, variable: tuple[Path, ...]) -> None:
        """A text that looks like a token would be taken for one."""
        hidden = set(variable)
        fixed = [text for path, text in strings(context) if path not in hidden]
        for text in (self._template.html, self._template.css, *fixed):
            if PATTERN.search(text):
                raise NotFast("the template holds text that looks like one of our tokens")


def _texts(context: phrases.Context, variable: tuple[Path, ...]) -> list[str]:
    found = dict(strings(context))
    return [found[path] for path in variable]
