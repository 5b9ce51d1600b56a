"""Follows a person's strings through a template's expressions.

A symbol may be output, tested for presence, stored, joined to other text and given to macros. What
is made of it by those is followed too, as a symbol of its own; everything else asks for the string
itself, and is refused. The template's syntax tree is rewritten so that each expression that could
do either goes through one of four filters.
"""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, nodes
from jinja2.runtime import markup_join
from jinja2.visitor import NodeTransformer
from markupsafe import escape

from services.certificates.engine.compositor.refusals import Place
from services.certificates.engine.compositor.tokens import PATTERN, Symbol

_FOLLOWED, _JOINED, _READ = "emarge_followed", "emarge_joined", "emarge_read"
_PASSING_FILTERS = ("default", "d", _FOLLOWED, _JOINED, _READ)
_PASSING_TESTS = ("defined", "undefined", "none")
_ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)


class Following:
    """The filters, for one template. `places` are those of the strings left open, by token."""

    def __init__(self) -> None:
        self.places: Sequence[Place] = ()

    @property
    def filters(self) -> dict[str, Any]:
        return {_FOLLOWED: self._followed, _JOINED: self._joined, _READ: self._read}

    def _followed(self, value: Any) -> Any:
        """A text that was made of symbols is one."""
        match = PATTERN.search(value) if isinstance(value, str) else None
        if match is None or int(match.group(1)) >= len(self.places):
            return value
        return Symbol(self.places[int(match.group(1))], value)

    def _joined(self, values: list[Any]) -> Any:
        """`a ~ b`."""
        if any(isinstance(value, Symbol) for value in values):
            return self._followed("".join(escape(value) for value in values))
        return markup_join(values)

    def _read(self, value: Any) -> Any:
        value = self._followed(value)
        if isinstance(value, Symbol):
            value.refuse()
        return value


def rewritten(template: nodes.Template, environment: Environment) -> nodes.Template:
    """The syntax tree with the filters in it."""
    _Rewriter().visit(template)
    template.set_environment(environment)
    return template


class _Rewriter(NodeTransformer):
    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802 # Jinja2's name
        self.generic_visit(node)
        if node.name not in _PASSING_FILTERS:
            # Without a node of its own it filters a block's text, which is looked at likewise.
            node.node = _filtered(node.node, _READ)
            node.args = [_filtered(each, _READ) for each in node.args]
            for option in node.kwargs:
                option.value = _filtered(option.value, _READ)
        return _filtered(node, _FOLLOWED)

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802 # Jinja2's name
        self.generic_visit(node)
        if node.name not in _PASSING_TESTS:
            node.node = _filtered(node.node, _READ)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 # Jinja2's name
        self.generic_visit(node)
        return _filtered(node, _FOLLOWED)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802 # Jinja2's name
        """Its call stays a call."""
        self.generic_visit(node.call)
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 # Jinja2's name
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), _JOINED)

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> list[nodes.Node]:  # noqa: N802 # Jinja2's name
        self.generic_visit(node)
        again = nodes.Assign(node.target, _filtered(_loaded(node.target), _FOLLOWED))
        return [node, again.set_lineno(node.lineno)]

    def generic_visit(self, node: nodes.Node, *args: Any, **options: Any) -> nodes.Node:
        super().generic_visit(node, *args, **options)
        if isinstance(node, _ARITHMETIC):
            node.left, node.right = _filtered(node.left, _READ), _filtered(node.right, _READ)
        return node


def _filtered(node: nodes.Expr | None, name: str) -> nodes.Filter:
    return nodes.Filter(
        node, name, [], [], None, None, lineno=node.lineno if node is not None else 1
    )


def _loaded(target: nodes.Expr) -> nodes.Expr:
    """What was assigned to, read."""
    if isinstance(target, nodes.NSRef):
        return nodes.Getattr(nodes.Name(target.name, "load"), target.attr, "load")
    assert isinstance(target, nodes.Name)  # noqa: S101 # a block is assigned to nothing else
    return nodes.Name(target.name, "load")


def switches_escaping(template: nodes.Template) -> bool:
    """Whether parts of it output their text as it is, which cannot be told from markup."""
    return template.find(nodes.EvalContextModifier) is not None
