"""What is written when all else of a funder's file is: words, an index, hashes."""

import hashlib
import json
from collections.abc import Mapping

from services.sheets.funder.contents import INDEX, READ_ME, SUMS, Contents
from services.sheets.funder.reading import Why

_WORDS = """\
Dossier pour le financeur : {conference}

feuilles/                     les feuilles d’émargement scellées (PDF/A-3, signées), une par session
                              ou demi-journée ; chacune se vérifie par son code QR
papier/                       les scans des feuilles signées sur papier
presence.csv                  le tableau des présences qui en découle
programme/                    chaque version du programme, telle qu’elle a été annoncée
certificats-de-realisation/   les certificats de réalisation (PDF signés) qui ont été émis, un par
                              personne
index.json, SHA256SUMS        ce que contient ce dossier, avec les empreintes SHA-256
                              (sha256sum -c SHA256SUMS), et ce qui y manque
{missing}
The funder's file: feuilles/ has the sealed attendance sheets, papier/ the scans of those
signed on paper, presence.csv who was present when, programme/ each version of the programme,
certificats-de-realisation/ those that were issued. `sha256sum -c SHA256SUMS` checks every file.
"""
_WHY: Mapping[Why, str] = {
    "revoked": "révoqué, ne compte plus / revoked, counts no more",
    "replaced": "remplacé il y a peu, redemandez le dossier / replaced just now, ask for the file "
    "again",
    "closed": "son lien n’ouvre plus rien / its link opens nothing any more",
    "unlike": "ce n’était pas un PDF / it was no PDF",
    "erased": "effacé à la demande de la personne / erased on request",
    "unreachable": "n’a pas pu être obtenu, redemandez le dossier / could not be had, ask for the "
    "file again",
}
_ERASED = (
    "\nManquent les certificats de réalisation des personnes effacées à leur demande / missing are "
    "those of people who were erased on request: {count}"
)


def ending(
    conference: str, contents: Contents, hashes: dict[str, str], missing: Mapping[str, Why]
) -> list[tuple[str, bytes]]:
    """`hashes` of what is in it, by name, to which these are added; `missing`: why what was listed
    is not."""
    words = _WORDS.format(conference=contents.title, missing=_without(contents, missing)).encode()
    hashes[READ_ME] = hash_of(words)
    index = {
        "conference": conference,
        "files": [{"name": name, "sha256": hashes[name]} for name in sorted(hashes)],
        "missing": [{"name": name, "why": why} for name, why in missing.items()],
        "unsealed": [*contents.unsealed],
        "changed": [*contents.changed],
        "erased": contents.erased,
    }
    said = json.dumps(index, ensure_ascii=False, indent=1).encode()
    hashes[INDEX] = hash_of(said)
    sums = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode()
    return [(READ_ME, words), (INDEX, said), (SUMS, sums)]


def hash_of(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _without(contents: Contents, missing: Mapping[str, Why]) -> str:
    """A line for each thing that is not in it."""
    said = [f"\nPas encore scellée / not sealed yet: {title}" for title in contents.unsealed]
    said += [
        "\nModifiée depuis son scellé, pas encore scellée de nouveau / changed since its seal, not "
        f"sealed anew yet: {title}"
        for title in contents.changed
    ]
    said += [f"\nManque / missing: {name}: {_WHY[why]}" for name, why in missing.items()]
    if contents.erased:
        said.append(_ERASED.format(count=contents.erased))
    return "".join(said)
