"""What a part of the audit has to say."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Findings:
    """`looked_at` says what was, in a line; `unseen` what could not be, and why: no finding, but no
    comfort either. Each of `found` is a line that wants somebody."""

    part: str
    looked_at: str = ""
    found: list[str] = field(default_factory=list)
    unseen: str = ""

    @property
    def mark(self) -> str:
        if self.found:
            return "\033[31m✗\033[0m"
        return "\033[33m–\033[0m" if self.unseen else "\033[32m✓\033[0m"

    def lines(self) -> list[str]:
        said = "; ".join(words for words in (self.looked_at, self.unseen) if words)
        return [f"{self.mark} {self.part:<9} {said}", *(f"    {line}" for line in self.found)]
