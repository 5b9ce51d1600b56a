"""`python -m bench [NAME …]`: every claim of speed, measured here and now, as ratios."""

import sys
from importlib import import_module
from pathlib import Path

import structlog

from bench.report import Report
from shared.watching.logs import TRACEBACKS

PARTS = ("bare", "holders", "load", "processor", "report", "stage")  # what the benches are made of


def benches() -> dict[str, str]:
    """Each bench's first line by its name: every other module of this folder with a `run`."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    names = [name for name in modules if not name.startswith("__") and name not in PARTS]
    return {
        name: (import_module(f"bench.{name}").__doc__ or "").strip().splitlines()[0]
        for name in names
    }


def only_say_what_goes_wrong() -> None:
    """What runs in this process would log each thing it does, on standard output by default."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            TRACEBACKS,
            structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("WARNING"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main(names: list[str]) -> int:
    known = benches()
    unknown = set(names) - set(known)
    if unknown or "-h" in names or "--help" in names:
        print("python -m bench [NAME …], all of them without a name:")
        for name, about in known.items():
            print(f"  {name:<16}{about}")
        return 2 if unknown - {"-h", "--help"} else 0
    only_say_what_goes_wrong()
    missed = 0
    for name in names or known:
        print(f"{name}: {known[name]}", file=sys.stderr, flush=True)
        report = Report(known[name])
        import_module(f"bench.{name}").run(report)
        report.show()
        missed += len(report.missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
