"""Documents before the judges, and the table of what they said."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tests.judges.judges import Judge

_SHOWN = 40  # refusals, one a line; all are counted


@dataclass
class Hearing:
    """Who was asked, of how many documents, and what they refused: (judge, document, why)."""

    judges: list[Judge]
    asked: Counter[str] = field(default_factory=Counter)
    refusals: list[tuple[str, str, str]] = field(default_factory=list)
    documents: int = 0

    def hear(self, documents: Iterable[tuple[Path, str]], console: Console) -> None:
        for path, name in documents:
            self.documents += 1
            for judge in self.judges:
                if judge.missing:
                    continue
                said = judge.says(path)
                if said is None:
                    continue
                self.asked[judge.name] += 1
                self.refusals += [(judge.name, name, why) for why in said]
            if console.is_terminal and self.documents % 10 == 0:
                console.print(f"{self.documents} documents…", end="\r", highlight=False)

    def show(self, console: Console) -> None:
        for who, name, why in self.refusals[:_SHOWN]:
            console.print(f"[red]✗[/] {who}: {name}: ", why, sep="", highlight=False)
        if len(self.refusals) > _SHOWN:
            console.print(f"… and {len(self.refusals) - _SHOWN} more")
        table = Table("judge", "judges", "documents", "refused", box=box.SIMPLE_HEAD)
        refused = {(who, name) for who, name, _ in self.refusals}
        of_judge = Counter(who for who, _ in refused)
        for judge in self.judges:
            asked, no = self.asked[judge.name], of_judge[judge.name]
            if judge.missing:
                table.add_row(judge.name, judge.of, f"[yellow]{judge.missing}[/]", "")
            elif asked:
                table.add_row(judge.name, judge.of, str(asked), f"[red]{no}[/]" if no else "0")
        console.print(table)
