"""Unsigned documents by stock WeasyPrint, in a process for each order."""

from collections.abc import Sequence

from services.certificates.engine import (
    LayoutFailed,
    Limits,
    Problem,
    Template,
    TemplateRefused,
    Values,
    sample_values,
)
from services.certificates.stock.orders import Answer, Laid, Order
from shared.base.confined import Stopped, answer_of

SECONDS = int(Limits().seconds)  # and one for each person
_CHILD = "services.certificates.stock.layout"


def laid_out(template: Template, people: Sequence[Values]) -> tuple[bytes, ...]:
    """Their unsigned documents. Raises LayoutFailed."""
    return tuple(each.pdf for each in _answer(template, people).made)


def document_of(template: Template, values: Values) -> Laid:
    """One unsigned document, and what it lacks. Raises LayoutFailed."""
    return _answer(template, [values]).made[0]


def try_stock(template: Template) -> None:
    """On an invented person of each kind. Raises TemplateRefused."""
    try:
        laid_out(template, sample_values())
    except LayoutFailed as error:
        raise TemplateRefused([Problem("html", str(error))]) from error


def preview(template: Template, values: Values) -> tuple[bytes, bytes]:
    """An unsigned document, and its first page as PNG. Raises LayoutFailed."""
    answer = _answer(template, [values])
    return answer.made[0].pdf, answer.picture


def _answer(template: Template, people: Sequence[Values]) -> Answer:
    order = Order(template=template, people=tuple(people), limits=Limits().as_argument())
    seconds = SECONDS + len(people)
    try:
        written = answer_of(_CHILD, order.model_dump_json().encode(), seconds)
    except Stopped as error:
        raise LayoutFailed("it takes too long, or too much memory") from error
    answer = Answer.model_validate_json(written)
    if answer.problem:
        raise LayoutFailed(answer.problem)
    return answer
