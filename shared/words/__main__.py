"""`python -m shared.words services/NAME`: puts what is marked for translation in a service, and is
in none of its catalogues yet, into the nearest of each language, and says what to translate.

`gettext("…")` in code and `{% trans %}…{% endtrans %}` in pages are marked.
"""

import sys
from pathlib import Path

from shared.words.marking import add, known, marked, untranslated

SHARED = Path(__file__).parents[1]
CATALOGUES = "locale/{}/LC_MESSAGES/messages.po"


def main(folder: Path) -> None:
    if not (folder / "service.py").exists():
        sys.exit(f"words: {folder} is no service's folder")
    found = folder.rglob(CATALOGUES.format("*"))
    for language in sorted({path.parents[1].name for path in found} | {"fr"}):
        _merge(folder, language)


def _merge(folder: Path, language: str) -> None:
    """One language. A word goes where the catalogue beside its file, or above it, is: what reads
    that one reads no other of the service."""
    name = CATALOGUES.format(language)
    own = sorted(folder.rglob(name), key=lambda path: -len(path.parts)) or [folder / name]
    everywhere = {key for path in SHARED.rglob(name) for key in known(path)}
    words = marked(folder)
    for catalogue in own:
        place = catalogue.parents[3]
        near = [word for word in words if (folder / word.where).is_relative_to(place)]
        words = [word for word in words if word not in near]
        has = everywhere | (known(catalogue) if catalogue.exists() else set())
        if add(catalogue, [word for word in near if word.key not in has]) or catalogue.exists():
            _tell(catalogue)


def _tell(catalogue: Path) -> None:
    waiting = untranslated(catalogue)
    sys.stdout.write(f"{catalogue}: {len(waiting)} to translate\n")
    sys.stdout.writelines(f"  {message}\n" for message in waiting)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("words: python -m shared.words services/NAME")
    main(Path(sys.argv[1]))
