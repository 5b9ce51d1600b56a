"""What is stored of a row only after somebody said yes to it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.registration.lists.addresses import ADDRESS_IN
from services.registration.lists.full_names import (
    Order,
    take_apart,
    way_of,
    without_remark,
    without_title,
)
from services.registration.lists.misread import Mistake, mistake_of, undone
from services.registration.lists.suspicions import Suspicion, suspicion
from shared.words.folding import folded

Reading = Mapping[str, str]  # of fields of the person
Cells = Mapping[str, str]  # of a row, by field

_MOST_MISTAKES = 2  # kinds of misread letters in one list
_DETAILS = ("organisation", "job_title")


@dataclass(frozen=True)
class Doubt:
    """What somebody must say yes to before it is stored. `readings` are those it may have, the
    likeliest first, none where nothing will do; `message` is an English msgid over `parameters`
    that says why."""

    field: str
    written: str
    readings: tuple[Reading, ...]
    message: str
    parameters: Mapping[str, Any]


class Doubts:
    """Of one list: how it writes whole names, and which mistakes were made with its letters.
    `encodings` are the one its letters were read in, and the other that they may be in; `certain`:
    the one is known; `heading` stands above the whole names."""

    def __init__(
        self,
        rows: Sequence[Cells],
        encodings: Mistake | None = None,
        heading: str = "",
        *,
        certain: bool = False,
    ) -> None:
        names = ((cells.get("full_name", ""), cells.get("email", "")) for cells in rows)
        self._way: Order | None = way_of(heading, (each for each in names if each[0]))
        self._mistakes: dict[tuple[str, ...], Mistake | None] = {}  # by names: each looked at once
        said = Counter(mistake for cells in rows if (mistake := self._mistake(cells)))
        self._around = [mistake for mistake, _ in said.most_common(_MOST_MISTAKES)]
        self._encodings = encodings
        self._certain = certain

    def of(self, cells: Cells) -> tuple[dict[str, str], tuple[Doubt, ...]]:
        """The person in the likeliest way, and what of it is doubtful."""
        person = {field: text for field, text in cells.items() if field != "full_name"}
        whole = _without_address(cells.get("full_name", ""))
        named = person.get("first_name") or person.get("last_name")
        if whole and named:
            person |= _rest(whole, person.get("first_name", ""), person.get("last_name", ""))
        mistake = self._mistake(cells)
        if whole and not named:
            likely, found = self._apart(whole, cells.get("email", ""), mistake)
            person |= likely
        else:
            found = self._of_names(person, mistake)
        found += [
            doubt
            for field in _DETAILS
            for doubt in _of_detail(field, person.get(field, ""), certain=self._certain)
        ]
        found += _of_address(person.get("email", ""))
        for doubt in found:
            if doubt.readings:
                person |= doubt.readings[0]
        return person, tuple(found)

    def _mistake(self, cells: Cells) -> Mistake | None:
        names = tuple(cells.get(field, "") for field in ("full_name", "first_name", "last_name"))
        if names not in self._mistakes:
            self._mistakes[names] = mistake_of(names)
        return self._mistakes[names]

    def _apart(
        self, whole: str, address: str, mistake: Mistake | None
    ) -> tuple[Reading, list[Doubt]]:
        found = self._suspicion(whole, mistake)
        texts = found.readings if found else (whole,)
        taken = [take_apart(text, address, self._way) for text in texts]
        if not taken:
            return {"first_name": "", "last_name": whole}, [
                _doubt("full_name", whole, (), found) for found in [found] if found
            ]
        likely = taken[0].readings[0]
        said = {"written": whole}
        if found:
            readings = tuple(reading for each in taken for reading in each.readings)
            return likely, [Doubt("full_name", whole, readings, found.message, said)]
        if taken[0].sure:
            return likely, []
        if not likely["first_name"]:
            why = "There is only one name in “%(written)s”."
        else:
            why = "It is not clear which is the first name in “%(written)s”, and which the last."
        return likely, [Doubt("full_name", whole, taken[0].readings, why, said)]

    def _of_names(self, person: Cells, mistake: Mistake | None) -> list[Doubt]:
        first, last = person.get("first_name", ""), person.get("last_name", "")
        address = person.get("email", "")
        doubts: list[Doubt] = []
        for field, written, other in (("last_name", last, first), ("first_name", first, last)):
            if found := self._suspicion(written, mistake):
                instead = _from_address(address, other)
                readings = (instead,) * bool(instead) if not found.readings else ()
                texts = (*found.readings, *readings)
                doubts.append(_doubt(field, written, texts, found))
        if not doubts and (found := _beside(last, first)):
            doubts.append(_doubt("last_name", last, found.readings, found))
        if not doubts and (found := _titled(first)):
            doubts.append(_doubt("first_name", first, found.readings, found))
        if not doubts and last and not first:
            why = "There is no first name beside “%(written)s”."
            doubts.append(Doubt("first_name", "", ({"first_name": ""},), why, {"written": last}))
        return doubts

    def _suspicion(self, written: str, mistake: Mistake | None) -> Suspicion | None:
        if not written:
            return None
        found = suspicion(written, mistake, self._around, certain=self._certain)
        bare = without_remark(written)
        if bare != written and (found is None or found.readings == (written,)):
            return Suspicion((bare, written), "“%(written)s” says more than a name.")
        if found:
            return found
        others = undone(written, self._encodings) if self._encodings else []
        if written.isascii() or not others or suspicion(others[0]):
            return None
        return Suspicion(
            (written, others[0]), "The letters of “%(written)s” can be read in two ways."
        )


def _doubt(field: str, written: str, texts: Sequence[str], found: Suspicion) -> Doubt:
    readings = tuple({field: text} for text in texts)
    return Doubt(field, written, readings, found.message, {"written": written})


def _beside(last: str, first: str) -> Suspicion | None:
    """What does not belong into a last name: the first one, or a title."""
    words, firsts = last.split(), folded(first).split()
    if firsts and len(words) > len(firsts):
        for others, part in (
            (words[len(firsts) :], words[: len(firsts)]),
            (words[: -len(firsts)], words[-len(firsts) :]),
        ):
            if [folded(word) for word in part] == firsts:
                readings = (" ".join(others), last)
                return Suspicion(readings, "The first name is also in “%(written)s”.")
    return _titled(last)


def _titled(name: str) -> Suspicion | None:
    if (bare := without_title(name)) != name:
        return Suspicion((bare, name), "“%(written)s” begins with a title.")
    return None


def _rest(whole: str, first: str, last: str) -> Reading:
    """Of a whole name beside one of its parts, the other."""
    known = folded(first or last).split()
    words = without_title(whole).replace(",", " ").split()
    for word in known:
        at = next((at for at, other in enumerate(words) if folded(other) == word), None)
        if at is not None:
            del words[at]
    rest = " ".join(words)
    return {"last_name": rest} if first else {"first_name": rest}


def _of_detail(field: str, written: str, *, certain: bool) -> list[Doubt]:
    """An organisation may have any name, but not one that was misread."""
    if not written:
        return []
    found = suspicion(written, certain=certain)
    if found and not found.readings:
        return [_doubt(field, written, ("",), found)]
    if found and found.readings != (written,):
        return [_doubt(field, written, found.readings, found)]
    return []


def _of_address(written: str) -> list[Doubt]:
    found = tuple(dict.fromkeys(ADDRESS_IN.findall(written)))
    if len(found) < 2:
        return []
    why = "There are several addresses in “%(written)s”."
    readings = tuple({"email": address} for address in found)
    return [Doubt("email", written, readings, why, {"written": written})]


def _without_address(whole: str) -> str:
    bare = " ".join(re.sub(r"<[^<>]*@[^<>]*>", " ", whole).split())
    return bare or whole


def _from_address(address: str, other: str) -> str:
    """The name that stands beside the other one in the address: Dupont of camille.dupont@."""
    parts = re.split(r"[._]", folded(address.partition("@")[0]))
    known = folded(other).replace(" ", "-")
    if len(parts) == 2 and known in parts and all(map(str.isalpha, parts)):
        return parts[1 - parts.index(known)].capitalize()
    return ""
