"""What a bench found: figures, and ratios against a baseline of the same run."""

from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass
class Report:
    """Rows in the order they were measured. A ratio outside its bound makes the bench fail."""

    title: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def figure(self, name: str, value: float, unit: str = "", of: float | None = None) -> None:
        """A figure without a bound, or one that must be all of `of`."""
        whole = "" if of is None else f" of {of:g}"
        self._add(name, f"{value:,.4g}{unit}{whole}", "", met=of is None or value == of)

    def ratio(
        self,
        name: str,
        value: float,
        baseline: float,
        against: str,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        unit: str = "/s",
    ) -> None:
        """`value` against a baseline measured in the same run."""
        ratio = value / baseline
        met = (at_least is None or ratio >= at_least) and (at_most is None or ratio <= at_most)
        bound = f"≥ {at_least:g}" if at_least is not None else f"≤ {at_most:g}" if at_most else ""
        self._add(
            name,
            f"{value:,.4g}{unit} = {ratio:.3g} × {baseline:,.4g}{unit} ({against})",
            bound,
            met=met,
        )

    def bound(self, name: str, value: float, unit: str, *, at_most: float) -> None:
        """A figure that the product promises as it is."""
        self._add(name, f"{value:,.4g}{unit}", f"≤ {at_most:g}{unit}", met=value <= at_most)

    def show(self) -> None:
        table = Table(title=self.title, title_justify="left")
        for column in ("measured", "figure", "wanted"):
            table.add_column(column)
        for name, figure, bound in self.rows:
            missed = name in self.missed
            table.add_row(name, figure, f"[red]{bound} missed[/]" if missed else bound)
        Console().print(table)

    def _add(self, name: str, figure: str, bound: str, *, met: bool) -> None:
        self.rows.append((name, figure, bound))
        if not met:
            self.missed.append(name)
