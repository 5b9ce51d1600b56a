"""One template, ready to be laid out: in full for one person, or as a shape for many."""

from collections.abc import Iterable

from services.certificates.engine import wording
from services.certificates.engine.compositor import assets
from services.certificates.engine.compositor.cutting import cut, whole
from services.certificates.engine.compositor.markup import Markup
from services.certificates.engine.compositor.probes import probe
from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.tokens import (
    PATTERN,
    Path,
    strings,
    symbols,
)
from services.certificates.engine.compositor.typesetting import SetDocument, Typesetter
from services.certificates.engine.errors import LayoutFailed, Problem, TemplateRefused
from services.certificates.engine.limits import Limits
from services.certificates.engine.shape import Shape
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values


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
        self._typesetter = Typesetter(template.css, dict(template.assets))
        self._asset_names = dict.fromkeys(template.assets, True)

    def full(self, values: Values) -> Shape:
        """This person's document, laid out whole: a shape without holes.

        Raises TemplateRefused, MissingGlyph or LayoutFailed.
        """
        context = wording.context(values)
        document = self._set(context)
        return cut(
            whole(document),
            locale=values.locale,
            created=context["issued"]["iso"],
            with_tokens=False,
        )

    def shape(self, values: Values, variable: list[Path]) -> Shape:
        """The shape of documents like this one, with `variable` strings left open.

        Raises NotFast, ReadsValue, or what `full` raises.
        """
        context = wording.context(values)
        self._refuse_lookalikes(context, variable)

        def set_with_tokens(length: int) -> SetDocument:
            return self._set(symbols(context, variable, length))

        created = symbols(context, variable, 1)["issued"]["iso"]
        return cut(
            probe(set_with_tokens),
            locale=values.locale,
            created=created if isinstance(created, str) else created.__html__(),
            with_tokens=True,
        )

    def remarks(self, samples: Iterable[Values]) -> list[Problem]:
        """What is wrong with the template when these people's documents are laid out."""
        found = [Problem("css", message) for message in self._typesetter.css_warnings]
        for values in samples:
            try:
                document = self._set(wording.context(values))
            except TemplateRefused as error:
                found += error.problems
                continue
            found += [Problem("html", message) for message in document.warnings]
            if not document.metadata.lang:
                found.append(Problem("html", "<html> has no lang attribute", 1))
            if not document.metadata.title:
                found.append(Problem("html", "there is no <title>"))
        return list(dict.fromkeys(found))

    def _set(self, context: wording.Context) -> SetDocument:
        html = self._markup.render({**context, "assets": self._asset_names})
        document = self._typesetter.set(html)
        if len(document.pages) > self._limits.pages:
            raise LayoutFailed(f"the document has {len(document.pages)} pages")
        return document

    def _refuse_lookalikes(self, context: wording.Context, variable: list[Path]) -> None:
        """A text that looks like a token would be taken for one."""
        hidden = set(variable)
        fixed = [text for path, text in strings(context) if path not in hidden]
        for text in (self._template.html, self._template.css, *fixed):
            if PATTERN.search(text):
                raise NotFast("the template holds text that looks like one of our tokens")
