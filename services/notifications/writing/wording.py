"""A wording: what an organiser makes the emails of a kind say, with placeholders and conditions.

It is Jinja2 with nothing in it that could take long or reach anything: names that are given, `if`,
`for` over short lists, two pieces of layout with a label. What else it holds is a fault with its
line. Values are put in as they are: no sign in somebody's name formats.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.writing.light import Part, inert, mark, one_line, parts_of, plain
from shared.base.errors import EmargeError

MOST_SUBJECT, MOST_BODY, MOST_WRITTEN = 200, 20_000, 100_000  # characters
DEEPEST = 4  # conditions and loops within each other …
MOST_LOOPS = 2  # … of these, loops
MOST_PARTS = 20  # … and of one condition, its parts

PIECES = ("badge", "programme", "venue", "changes", "reason")
LISTS = ("sessions", "waiting", "granted")  # what a loop may go through: a person's, so short
OF_A_SESSION = ("title", "time", "room")
FILTERS = ("length", "upper", "lower", "title", "capitalize")

NOT_POSSIBLE = "Only placeholders, conditions and short lists are possible here."

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Filter,
    nodes.Call,
)


@dataclass(frozen=True)
class Fault:
    """What is wrong, where: `line` of the text, or 0 for the subject. `message` % `value`, for a
    person, is in the source language; `known` are the names that there are, of a wrong one."""

    line: int
    message: str
    value: str = ""
    known: str = ""


class FaultyWording(EmargeError):
    """The wording cannot be used."""


@dataclass(frozen=True)
class Written:
    subject: str
    parts: list[Part]


def faults_of(
    subject: str, body: str, known: Mapping[str, Any], pieces: Collection[str], needed: str = ""
) -> list[Fault]:
    """Everything that is wrong; `known` are the names that will be given, `pieces` those of layout
    that may be put in, of which one may be `needed`."""
    found = []
    if not subject.strip():
        found.append(Fault(0, "The subject is missing."))
    if not body.strip():
        found.append(Fault(1, "The text is missing."))
    if len(subject) > MOST_SUBJECT or "\n" in subject:
        found.append(Fault(0, "The subject must be one line of at most 200 characters."))
    if len(body) > MOST_BODY:
        found.append(Fault(1, "The text must have at most 20,000 characters."))
    if not found:
        for source, is_subject in ((subject, True), (body, False)):
            found += [
                Fault(0, fault.message, fault.value) if is_subject else fault
                for fault in _faults(
                    source, set(known), set() if is_subject else {*pieces, "button"}
                )
            ]
    if not found and needed and not _has_piece(body, needed):
        found.append(Fault(1, "The text must have {{ %(value)s }}.", needed))
    return found


def write(subject: str, body: str, given: Mapping[str, Any]) -> Written:
    """The words for these values. Raises FaultyWording, and what Jinja2 raises at run time."""
    known = frozenset(given)
    written = _rendered(_compiled(body, True, known), {**given, **_pieces()})
    said = one_line(_rendered(_compiled(subject, False, known), given))
    return Written(said, parts_of(written))


def _rendered(template: Template, given: Mapping[str, Any]) -> str:
    """The text, as far as it is not too long while it is made. Raises FaultyWording."""
    pieces, length = [], 0
    for piece in template.generate(given):
        length += len(piece)
        if length > MOST_WRITTEN:
            raise FaultyWording("the text becomes too long")
        pieces.append(piece)
    return "".join(pieces)


@lru_cache(maxsize=128)
def _compiled(source: str, formats: bool, known: frozenset[str]) -> Template:
    """Raises FaultyWording for a text that was saved when less was a fault."""
    pieces = {*PIECES, "button"} if formats else set()
    fault = next(_faults(source, set(known), pieces), None)
    if fault is not None:
        raise FaultyWording(fault.message % {"value": fault.value})
    return _environment(formats=formats).from_string(plain(source))


@lru_cache(maxsize=2)
def _environment(*, formats: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_finished if formats else None,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


class _Piece(str):
    """A mark, which is no value."""


def _finished(value: Any) -> Any:
    return value if isinstance(value, _Piece | StrictUndefined) else inert(str(value))


def _pieces() -> dict[str, Any]:
    return {
        **{name: _Piece(mark(name)) for name in PIECES},
        "button": lambda label: _Piece(mark("button", one_line(label))),
    }


def _has_piece(body: str, piece: str) -> bool:
    """Outside of any condition."""
    tree = _environment(formats=True).parse(plain(body))
    outputs = (node for node in tree.body if isinstance(node, nodes.Output))
    return any(
        isinstance(each, nodes.Name) and each.name == piece
        for output in outputs
        for each in output.nodes
    )


def _faults(source: str, known: set[str], pieces: set[str]) -> Iterator[Fault]:
    environment = _environment(formats=True)
    try:
        tree = environment.parse(plain(source))
    except TemplateSyntaxError as error:
        yield Fault(error.lineno, "This is not understood: %(value)s", str(error.message))
        return
    except RecursionError:
        yield Fault(1, NOT_POSSIBLE)
        return
    yield from _wrong(tree, known | pieces, 0)


def _wrong(
    node: nodes.Node, known: set[str], depth: int, loops: int = 0, parts: int = 0
) -> Iterator[Fault]:
    """The faults of a node and of those within it."""
    line = node.lineno or 1
    too_deep = depth > DEEPEST or parts > MOST_PARTS
    if not isinstance(node, _ALLOWED) or too_deep or _is_odd_call(node):
        yield Fault(line, NOT_POSSIBLE)
        return
    if isinstance(node, nodes.Name) and node.name not in known:
        offered = ", ".join(sorted(known))
        yield Fault(line, "There is no placeholder called %(value)s.", node.name, offered)
    if isinstance(node, nodes.Getattr) and node.attr not in OF_A_SESSION:
        yield Fault(line, "A session has title, time and room; not %(value)s.", node.attr)
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        yield Fault(line, "There is no filter called %(value)s.", node.name)
    if isinstance(node, nodes.For):
        yield from _wrong_loop(node, known, depth, loops + 1)
        return
    deeper, parts = depth + isinstance(node, nodes.If), parts + isinstance(node, nodes.Expr)
    for child in node.iter_child_nodes():
        yield from _wrong(child, known, deeper, loops, parts)


def _wrong_loop(node: nodes.For, known: set[str], depth: int, loops: int) -> Iterator[Fault]:
    if loops > MOST_LOOPS or not (
        isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
    ):
        yield Fault(node.lineno, NOT_POSSIBLE)
        return
    if node.iter.name not in LISTS:
        yield Fault(node.lineno, "%(value)s is no list.", node.iter.name)
    if node.target.name in known:
        yield Fault(node.lineno, "There is a placeholder called %(value)s.", node.target.name)
    yield from _wrong(node.iter, known, depth, loops)
    for child in (*node.body, *node.else_):
        yield from _wrong(child, known | {node.target.name}, depth + 1, loops)


def _is_odd_call(node: nodes.Node) -> bool:
    """Any call but `button("label")`."""
    if not isinstance(node, nodes.Call):
        return False
    is_button = isinstance(node.node, nodes.Name) and node.node.name == "button"
    has_label = len(node.args) == 1 and all(
        isinstance(given, nodes.Const) and isinstance(given.value, str) for given in node.args
    )
    return not (is_button and has_label) or bool(node.kwargs or node.dyn_args or node.dyn_kwargs)
