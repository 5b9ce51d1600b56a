"""What can go wrong between a template, a person's values and a signed PDF.

EngineError, which is `shared.documents`' root: what a signature lacks is one too
├── TemplateRefused     the template itself is wrong; names lines
├── LayoutFailed        laying out took too long, too much memory, or broke
└── MissingGlyph        no font has some character of this person's values
"""

from dataclasses import dataclass

from shared.documents.errors import DocumentError

EngineError = DocumentError


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a template, as its author is told."""

    part: str  # "html", "css" or an asset's name
    message: str
    line: int | None = None  # from 1, where it is known

    def __str__(self) -> str:
        place = self.part if self.line is None else f"{self.part}, line {self.line}"
        return f"{place}: {self.message}"


class TemplateRefused(EngineError):
    """The template cannot be used; `problems` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class LayoutFailed(EngineError):
    """The template took too long, too much memory, or broke while being laid out."""


class MissingGlyph(EngineError):
    """No installed font can write these characters: install one that does, then issue again."""

    def __init__(self, characters: str) -> None:
        names = ", ".join(f"{character} (U+{ord(character):04X})" for character in characters)
        super().__init__(f"no font has a glyph for {names}")
        self.characters = characters
