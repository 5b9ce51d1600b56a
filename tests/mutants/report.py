"""docs/mutants.md: how many mistakes were found, and why the others were not."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FLOOR = 90  # percent, of each area
REASONS = Path(__file__).with_name("survivors.toml")

HEAD = """\
# Mistakes that no test finds

`make mutants` makes one small mistake after another in the bus and the seats (a `<` for a `<=`, a
condition of a statement left out, another state, a call that is not made) and runs the tests that
pass there, on SQLite, until one fails. What no test finds is here, each with its reason; the
reasons are written in `tests/mutants/survivors.toml`. The command writes this page anew and fails
when less than {floor} % of an area is found, or a reason is missing.

What is written to the log, annotations, decorators and the bodies of classes are left alone.
"""


def write_report(
    root: Path, known: Mapping[str, Mapping[str, str]], modules: Iterable[str]
) -> list[str]:
    """Writes the page about these modules; returns what is not as it should be."""
    reasons = tomllib.loads(REASONS.read_text())
    untried = sorted(set(modules) - known.keys())
    lines = [HEAD.format(floor=FLOOR), *_table(known)]
    if untried:
        lines.append("\nNot tried yet: " + ", ".join(untried) + ".")
    wrong = []
    for area in sorted({_area(name) for name in known}):
        made, found = _count(found for name, found in known.items() if _area(name) == area)
        if found * 100 < FLOOR * made:
            wrong.append(f"{area}: only {found} of {made} mistakes are found")
    for name, outcomes in sorted(known.items()):
        survivors = [told for told, killer in outcomes.items() if not killer]
        if survivors:
            lines += [f"\n## {name}\n", "| mistake | why no test finds it |", "| --- | --- |"]
        for told in survivors:
            reason = reasons.get(name, {}).get(told)
            if reason is None:
                wrong.append(f"{name}: no reason for {told}")
            lines.append(f"| `{told.replace('|', chr(92) + '|')}` | {reason or '?'} |")
    (root / "docs" / "mutants.md").write_text("\n".join(lines) + "\n")
    return wrong


def _table(known: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield "| module | mistakes | found | |"
    yield "| --- | ---: | ---: | ---: |"
    for area in sorted({_area(name) for name in known}):
        inside = {name: found for name, found in sorted(known.items()) if _area(name) == area}
        for name, outcomes in inside.items():
            if outcomes:
                yield _row(name, *_count([outcomes]))
        yield _row(f"**{area}**", *_count(inside.values()))


def _row(name: str, made: int, found: int) -> str:
    return f"| {name} | {made} | {found} | {100 * found / made:.0f} % |"


def _count(outcomes: Iterable[Mapping[str, str]]) -> tuple[int, int]:
    """How many mistakes were made, and how many found."""
    killers = [killer for each in outcomes for killer in each.values()]
    return len(killers), sum(map(bool, killers))


def _area(name: str) -> str:
    return name.rpartition("/")[0]
