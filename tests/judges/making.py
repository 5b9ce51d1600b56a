"""Documents of designs and people, made as a worker makes them and signed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from services.certificates.engine import (
    EngineError,
    Press,
    Template,
    Values,
    check,
    compile_template,
    sample,
)
from shared.documents.signing import Signer


@dataclass
class Making:
    """What was made of some designs. `failed` names the documents that came to nothing."""

    folder: Path
    signer: Signer
    designs: int = 0
    refused: dict[str, str] = field(default_factory=dict)  # by `template check`, and why
    failed: dict[str, str] = field(default_factory=dict)

    def documents(
        self, templates: Iterable[Template], people: list[tuple[str, Values]], press: Press
    ) -> Iterator[tuple[Path, str]]:
        """Each document with what to call it; of the first person by both paths."""
        for template in templates:
            problems = check(template, press, [sample("day", "fr"), sample("day", "en")])
            if problems:
                self.refused[template.version] = str(problems[0])
                continue
            self.designs += 1
            compiled = compile_template(template, [sample("day", "fr")], press)
            for number, (person, values) in enumerate(people):
                name = f"{template.version} · {person}"
                try:
                    yield self._written(compiled.render(values, self.signer).pdf, name)
                    if number == 0:
                        full = compiled.render_full(values, self.signer).pdf
                        yield self._written(full, f"{name}, the full way")
                except EngineError as error:
                    self.failed[name] = str(error)

    def _written(self, pdf: bytes, name: str) -> tuple[Path, str]:
        path = self.folder / "document.pdf"
        path.write_bytes(pdf)
        return path, name
