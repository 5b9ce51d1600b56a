"""`make judge`: what outside judges say of Emarge's documents. Ends with 1 when one refuses one.

make judge                       every shipped design, those of the tests and ordinary HTML, with
                                 forty difficult people each, in both languages; sealed sheets
make judge ARGS="PATH …"         every PDF, calendar and email under these paths: the home of a
                                 demo, a folder of certificates. --root PEM: whom to trust
make judge ARGS="--people 3"     fewer people of each design; --only WORD: designs named so, or
                                  "sheets"
make judge ARGS="--nests 500"    so many designs nested at random instead, for one person each
"""

import argparse
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

from rich.console import Console

from services.certificates.engine import Press, difficult_people
from shared.documents.signing import Signer, demo_authority
from tests.judges import designs, sheets
from tests.judges.gathering import documents
from tests.judges.hearing import Hearing
from tests.judges.judges import all_judges, roots_of
from tests.judges.making import Making
from tests.judges.nests import nests
from tests.judges.verapdf import NoJava, VeraPdf


def main() -> int:
    arguments = _arguments()
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with VeraPdf() as verapdf:
                return _judge(arguments, folder, verapdf, console)
        except NoJava as error:
            return _judge(arguments, folder, str(error), console) or 1


def _judge(
    arguments: argparse.Namespace, folder: Path, verapdf: VeraPdf | str, console: Console
) -> int:
    started = time.monotonic()
    if arguments.paths:
        roots = roots_of(arguments.root) if arguments.root else []
        hearing = Hearing(all_judges(verapdf, roots))
        hearing.hear(documents(arguments.paths, folder).items(), console)
        made = ""
    else:
        key, authority = demo_authority()
        root = folder / "root.pem"
        root.write_bytes(authority)
        making = Making(folder, Signer.from_pem(key))
        hearing = Hearing(all_judges(verapdf, roots_of(root)))
        people = list(difficult_people())[: 1 if arguments.nests else arguments.people]
        every = (
            nests(arguments.nests)
            if arguments.nests
            else chain(designs.shipped(), designs.tested(), designs.ordinary())
        )
        wanted = (each for each in every if arguments.only in each.version)
        with Press() as press:
            hearing.hear(making.documents(wanted, people, press), console)
        if not arguments.nests and arguments.only in ("", "sheets"):
            hearing.hear(sheets.documents(folder, making.signer), console)
        for name, why in making.refused.items():
            console.print(f"[dim]refused by template check: {name}: [/]", why, sep="")
        for name, why in making.failed.items():
            console.print(f"[dim]no document: {name}: [/]", why, sep="", highlight=False)
        made = f" of {making.designs} designs and {len(people)} people"
    hearing.show(console)
    seconds = time.monotonic() - started
    console.print(
        f"{hearing.documents} documents{made}, {len(hearing.refusals)} refusals ({seconds:.0f} s)"
    )
    return 1 if hearing.refusals or not hearing.documents else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make judge", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--root", type=Path, help="PEM of the authority that signers come from")
    parser.add_argument("--people", type=int, help="so many of the difficult people")
    parser.add_argument("--nests", type=int, default=0, help="so many designs nested at random")
    parser.add_argument("--only", default="", help="designs with this in their name, or sheets")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
