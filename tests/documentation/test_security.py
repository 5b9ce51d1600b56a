"""docs/security.md: every requirement of levels 1 and 2 has a row, every row a test that is there,
a page that says it, or a reason."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.documentation.reference import ROOT

PAGE = ROOT / "docs" / "security.md"
LEVELS = dict(
    line.split(",")
    for line in Path(__file__).with_name("asvs.csv").read_text().splitlines()
    if not line.startswith("#")
)
ROW = re.compile(
    r"^\| (?P<ids>[\d., ]+) \| (?P<levels>[12, ]+) \| (?P<asks>[^|]+) \| (?P<answer>[^|]*) \|$",
    re.MULTILINE,
)
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
LINK = re.compile(r"\]\((?P<page>[\w./-]*)(?:#(?P<place>[\w-]+))?\)")
# How an answer begins, and what the head counts it as. Without one of these: by tests.
WRITTEN = "Written: "
KINDS = {
    WRITTEN: "written where a page is asked for",
    "Not applicable: ": "not applicable",
    "**Not met**: ": "not met",
}
BY_TESTS = "held by tests"
COUNT = r"^\| {} \| (\d+) \| (\d+) \| (\d+) \|$"


class Row(NamedTuple):
    ids: list[str]
    levels: str
    begins: str
    said: str

    @property
    def kind(self) -> str:
        return KINDS.get(self.begins, BY_TESTS)


def rows() -> list[Row]:
    found = []
    for row in ROW.finditer(PAGE.read_text()):
        answer = row["answer"]
        begins = next((start for start in KINDS if answer.startswith(start)), "")
        ids = row["ids"].split(", ")
        found.append(Row(ids, row["levels"], begins, answer.removeprefix(begins).strip()))
    return found


@cache
def known_tests(file: str) -> set[str]:
    """As pytest names them: the function, or its class and the function."""
    path = ROOT / file
    body = ast.parse(path.read_text()).body if path.exists() else []
    found = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    for node in body:
        if isinstance(node, ast.ClassDef):
            within = (each for each in node.body if isinstance(each, ast.FunctionDef))
            found |= {f"{node.name}::{each.name}" for each in within}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


def headings(page: Path) -> set[str]:
    """The places of a page, as sites that show Markdown name them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_requirement_has_one_row_with_its_level() -> None:
    told = Counter(each for row in rows() for each in row.ids)
    assert len(LEVELS) > 200
    assert sorted(LEVELS.keys() - told.keys()) == []
    assert sorted(told.keys() - LEVELS.keys()) == []
    assert [each for each, times in told.items() if times > 1] == []
    wanted = [", ".join(sorted({LEVELS[each] for each in row.ids})) for row in rows()]
    assert [row.levels for row in rows()] == wanted


def test_every_row_has_a_test_or_a_reason() -> None:
    bare = [
        row.ids
        for row in rows()
        if not row.said or (row.kind == BY_TESTS and not TEST.match(row.said))
    ]
    assert bare == []


def test_every_test_that_is_named_is_there() -> None:
    named = TEST.findall(PAGE.read_text())
    assert len(named) > 100
    assert (
        sorted({f"{file}::{name}" for file, name in named if name not in known_tests(file)}) == []
    )


def test_what_is_written_has_its_place() -> None:
    """A row says where, and the page that a link leads to has that heading."""
    written = [row for row in rows() if row.begins == WRITTEN]
    assert [row.ids for row in written if not LINK.search(row.said) and "`" not in row.said] == []
    links = [found for found in LINK.finditer(PAGE.read_text()) if found["place"]]
    assert len(links) > 10
    pages = {link[0]: PAGE.parent / (link["page"] or PAGE.name) for link in links}
    assert [link[0] for link in links if link["place"] not in headings(pages[link[0]])] == []


def test_the_head_counts_what_the_rows_say() -> None:
    counted = {kind: Counter[str]() for kind in (BY_TESTS, *KINDS.values())}
    for row in rows():
        counted[row.kind].update(LEVELS[each] for each in row.ids)
    head = PAGE.read_text()
    for kind, levels in counted.items():
        found = re.search(COUNT.format(kind), head, re.MULTILINE)
        wanted = [levels["1"], levels["2"], levels.total()]
        assert found, kind
        assert [int(number) for number in found.groups()] == wanted, kind
