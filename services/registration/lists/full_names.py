"""A whole name in one cell, taken apart: by a comma, by capitals, by the address beside it, by what
the other rows do, by words that are frequent first names."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from services.registration.lists.table import bare
from services.registration.lists.vocabulary import is_given, word_set
from shared.words.folding import folded

Order = Literal["first", "last"]  # which name stands first

_TITLES = re.compile(
    r"^(?:(?:m|mr|mme|mlle|mrs|ms|miss|dr|pr|prof|me)\.?|monsieur|madame|mademoiselle|docteur|"
    r"professeur|maître)\s+(?=\S)",
    re.IGNORECASE,
)
_PARTICLES = word_set(
    "de du des d la le les l van von der den ter ten di da dos das del della el al ben bin ibn "
    "abou abu mac mc saint sainte st ste san o y zu"
)
_FIRST, _LAST = (
    re.compile(r"\bprenoms?\b|\bfirst\b|\bgiven\b"),
    re.compile(r"\bnoms?\b|\blast\b|\bsurname\b|\bfamily\b"),
)
# What lists say of a person behind the name: (PLIE), VIP, excusé, – CCAS.
_REMARK = re.compile(
    r"\s*[(\[][^()\[\]]*[)\]]|[\s,;–—-]+(?:vip|excusée?s?|absente?s?|présente?|annulée?|désistée?|"
    r"à confirmer|en attente|cancelled|excused|tbc|to be confirmed)\s*$",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"(?<=\w)\s+[-–—]\s+[A-ZÉÈÀÇ]{2,}\s*$")
_FEW = 3  # rows that say how the list does it, before it is believed
_MOST = 0.85  # of them


@dataclass(frozen=True)
class Taken:
    """Apart: the likeliest reading first. `order` is what this name says of the list's way, None
    when it does not decide; only what is `sure` needs no yes."""

    readings: tuple[Mapping[str, str], ...]
    sure: bool
    order: Order | None = None


def without_title(name: str) -> str:
    """Without "Mme" or "Dr" before it."""
    return _TITLES.sub("", name)


def without_remark(name: str) -> str:
    """Without what is no part of it; the same where there would be nothing left."""
    bare = _REMARK.sub("", name).strip(" ,;-–—")
    if len(bare.split()) > 1:
        bare = _OFFICE.sub("", bare)
    return bare if bare and bare != name.strip(" ,;-–—") else name


def way_of(heading: str, names: Iterable[tuple[str, str]]) -> Order | None:
    """Which name stands first in this list of names and addresses, None when rows disagree with
    each other, or with the heading."""
    orders = (_taken(name, address).order for name, address in names)
    votes = Counter(order for order in orders if order)
    if said := _in_heading(heading):
        votes[said] += 1  # people who fill a form in do not look at it
    if votes.total() < _FEW:
        return None
    order, count = votes.most_common(1)[0]
    return order if count >= _MOST * votes.total() else None


def _in_heading(heading: str) -> Order | None:
    """Nom Prénom, Last and first name."""
    said = folded(heading)
    first, last = _FIRST.search(said), _LAST.search(said)
    if not first or not last:
        return None
    return "first" if first.start() < last.start() else "last"


def take_apart(name: str, address: str, way: Order | None) -> Taken:
    """The first and the last name, given which of them stands first in this list."""
    taken = _taken(name, address)
    if taken.sure:
        return taken
    words = without_title(name).split()
    if len(words) == 2 and way and taken.order in (None, way):
        return Taken((_two(words, way),), sure=True)
    if way and len(words) > 2:
        readings = _by_way(words, way)
        sure = len(readings) == 1
        return Taken(readings, sure=sure)
    return taken


def _taken(name: str, address: str) -> Taken:
    whole = without_title(name)
    if whole.count(",") == 1:
        last, first = (part.strip() for part in whole.split(","))
        if last and first:
            return Taken((_reading(first, last),), sure=True)
    words = whole.replace(",", " ").split()
    if len(words) < 2:
        return Taken((_reading("", " ".join(words)),), sure=False)
    at = _by_capitals(words) or _by_address(words, address)
    if at:
        first, last = at
        order: Order = "first" if words[0] == first.split()[0] else "last"
        return Taken((_reading(first, last),), sure=True, order=order)
    if len(words) == 2:
        return _by_frequency(words)
    return Taken(_by_way(words, "first" if is_given(words[0]) else _guess(words)), sure=False)


def _guess(words: list[str]) -> Order:
    return "last" if is_given(words[-1]) or _is_particle(words[0]) else "first"


def _by_capitals(words: list[str]) -> tuple[str, str] | None:
    """DUPONT Jean, Jean DUPONT; capitals in brackets are no name."""
    if any(word.startswith(("(", "[")) for word in words):
        return None
    big = [word.isupper() and sum(map(str.isalpha, word)) > 1 for word in words]
    changes = [at for at in range(1, len(words)) if big[at] != big[at - 1]]
    if len(changes) != 1:
        return None
    before, after = " ".join(words[: changes[0]]), " ".join(words[changes[0] :])
    return (after, before) if big[0] else (before, after)


def _by_address(words: list[str], address: str) -> tuple[str, str] | None:
    """Of jean.dupont@, jdupont@: who writes an address so begins with the first name."""
    local = folded(address.partition("@")[0].partition("+")[0])
    parts = list(filter(None, map(bare, re.split(r"[._]", local))))
    found = set()
    for at in range(1, len(words)):
        for first, last in ((words[:at], words[at:]), (words[at:], words[:at])):
            one, other = bare("".join(first)), bare("".join(last))
            if parts in ([one, other], [one[:1], other]) or (
                parts == [one[:1] + other] and len(other) > 3
            ):
                found.add((" ".join(first), " ".join(last)))
    return found.pop() if len(found) == 1 else None


def _by_frequency(words: list[str]) -> Taken:
    one, two = (is_given(word) for word in words)
    if one != two:
        order: Order = "first" if one else "last"
        return Taken((_two(words, order), _two(words, _other(order))), sure=False, order=order)
    return Taken((_two(words, "first"), _two(words, "last")), sure=False)


def _by_way(words: list[str], way: Order) -> tuple[Mapping[str, str], ...]:
    """Of three words or more. A particle begins a last name."""
    particle = next((at for at, word in enumerate(words) if _is_particle(word)), None)
    if way == "first" and particle:
        return (_reading(" ".join(words[:particle]), " ".join(words[particle:])),)
    if way == "last" and particle == 0 and len(words) <= 4:
        ends = len(words) - 1
        return (_reading(" ".join(words[ends:]), " ".join(words[:ends])),)
    one, rest = words[0], words[1:]
    if way == "first":
        two = is_given(words[1])
        readings = (_reading(one, " ".join(rest)), _reading(" ".join(words[:-1]), words[-1]))
        return readings[::-1] if two else readings
    readings = (_reading(words[-1], " ".join(words[:-1])), _reading(" ".join(rest), one))
    return readings[::-1] if is_given(words[-2]) else readings


def _two(words: list[str], order: Order) -> Mapping[str, str]:
    first, last = words if order == "first" else words[::-1]
    return _reading(first, last)


def _reading(first: str, last: str) -> Mapping[str, str]:
    return {"first_name": first, "last_name": last}


def _other(order: Order) -> Order:
    return "last" if order == "first" else "first"


def _is_particle(word: str) -> bool:
    return folded(word).rstrip("'’") in _PARTICLES or folded(word)[:2] in ("d'", "d’", "o'", "o’")
