"""All that is wrong with a template, for its author."""

from collections.abc import Iterable

from services.certificates.engine.errors import LayoutFailed, Problem
from services.certificates.engine.press.press import Press
from services.certificates.engine.samples import sample_values
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values


def check(template: Template, press: Press, samples: Iterable[Values] = ()) -> list[Problem]:
    """Problems with line numbers where they are known; [] when there are none.

    Lays out the samples, or invented people when there are none.
    """
    chosen = tuple(samples) or sample_values()
    try:
        return press.remarks(template, chosen)
    except LayoutFailed as error:
        return [Problem("html", str(error))]
