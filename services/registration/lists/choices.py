"""The sessions that people wish, as lists name them: by title with small differences, by short
name, by number, several in one cell."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from string import ascii_lowercase

from services.registration.lists.table import bare, words_of
from services.registration.programme.facts import Conference, Session
from shared.words.folding import folded

_KIND = r"(?:ateliers?|workshops?|ws|sessions?|s[ée]ances?|creneaux?|cr[ée]neaux?|at)"
# A number before a title, with or without what it is the number of: "Atelier 3 – Title".
_NUMBERED = re.compile(
    rf"\s*(?:{_KIND}\s*(?:n\s*[°ºo]\.?|no\.?|#)?\s*)?\(?(\d{{1,2}}|[a-z])?\)?\s*(?:[-–—:.)|]\s*|$)",
    re.IGNORECASE,
)
_KIND_FIRST = re.compile(rf"\s*{_KIND}\s*(?:n\s*[°ºo]\.?|no\.?|#)?\s*[-–—:]?\s*", re.IGNORECASE)
_NUMBER = re.compile(
    rf"(?:(?:{_KIND}|[aw])\W*)?(?:(?:n\s*[°ºo]|no|#)\W*)?0*(\d{{1,2}}|[a-z])", re.IGNORECASE
)
_IN_TITLE = re.compile(
    rf"\s*{_KIND}\s*(?:n\s*[°ºo]\.?|no\.?|#)?\s*(\d{{1,2}}|[a-z])\b", re.IGNORECASE
)
_IN_SLUG = re.compile(r"[a-z-]*?(\d{1,2})$")
_NOTHING = re.compile(
    r"(?:aucune?|none|neant|rien|nothing|no|pas d.{0,3}|sans)\s*"
    r"(?:ateliers?|workshops?|sessions?|choix)?|non|n/?a|\W*"
)
_SEPARATOR = re.compile(r"\s*[;,\n|]\s*")
_WEAK_SEPARATOR = re.compile(r"\s+(?:et|and|puis|then)\s+|\s*[+&/]\s*", re.IGNORECASE)
_EFFORT = 30_000  # comparisons for one list, so that a hostile one costs seconds at most
_ALIKE = 0.9  # of the letters of a title
_SHORTEST = 8  # letters, to be known by a part of a title


@dataclass(frozen=True)
class Chosen:
    """Short names in the order of the list, and what names no session."""

    slugs: tuple[str, ...]
    unknown: tuple[str, ...]


class Choices:
    """Of one conference. What everybody attends may be named, and is no choice."""

    def __init__(self, conference: Conference) -> None:
        self._sessions = conference.sessions
        # In this order: what says more is believed before what says less.
        self._names = (
            _by(self._sessions, lambda session: (_as_written(session.title),)),
            _by(self._sessions, lambda session: (bare(session.slug), _in_parts(session.title))),
            _by(self._sessions, lambda session: (bare(session.title),)),
            _by(self._sessions, lambda session: (_without_number(session.title),)),
        )
        self._by_number = _numbers(self._sessions)
        self.any = any(session.is_chosen for session in self._sessions)
        self._most_parts = 1 + max(len(_SEPARATOR.findall(s.title)) for s in self._sessions)
        self._known: dict[str, Chosen] = {}
        self._effort = _EFFORT
        self._called = Counter(bare(session.title) for session in self._sessions)

    def is_of_several(self, title: str) -> bool:
        """Whether more than one session is called so."""
        return self._called[bare(title)] > 1

    def in_cell(self, text: str) -> Chosen:
        """Every session that a cell names."""
        if text not in self._known:
            self._known[text] = self._read(text)
        return self._known[text]

    def called(self, title: str) -> Session | None:
        """The one of this title, or of nearly this one."""
        return self._exactly(title) or self._nearly(title)

    def within(self, text: str) -> Session | None:
        """The only one whose title is among the words of a text."""
        words = f" {_as_words(text)} "
        found = [s for s in self._sessions if s.is_chosen and f" {_as_words(s.title)} " in words]
        return found[0] if len(found) == 1 else None

    def _read(self, text: str) -> Chosen:
        found: list[Session] = []
        unknown: list[str] = []
        for part, session in _longest(
            text, _SEPARATOR, self._most_parts, (self._by_title, self._exactly)
        ):
            if session is not None:
                found.append(session)
                continue
            if _NOTHING.fullmatch(folded(part)):
                continue
            smaller = _longest(part, _WEAK_SEPARATOR, self._most_parts, (self._exactly,))
            if all(each is not None for _, each in smaller):
                found += [each for _, each in smaller if each is not None]
            elif (near := self._nearly(part)) is not None:
                found.append(near)
            else:
                unknown.append(part)
        slugs = dict.fromkeys(session.slug for session in found if session.is_chosen)
        return Chosen(tuple(slugs), tuple(unknown))

    def _by_title(self, text: str) -> Session | None:
        """As the programme writes it."""
        return self._names[0].get(_as_written(text)) or self._names[1].get(_in_parts(text))

    def _exactly(self, text: str) -> Session | None:
        self._effort -= 1
        if self._effort < 0:
            return None
        behind = _NUMBERED.match(text)
        kind = _KIND_FIRST.match(text)
        for part in (text, *(text[found.end() :] for found in (behind, kind) if found)):
            keys = (_as_written(part), _in_parts(part), bare(part), bare(part))
            for names, key in zip(self._names, keys, strict=True):
                if found := names.get(key):
                    return found
        number = _NUMBER.fullmatch(text.strip())
        return self._by_number.get(number[1].lower()) if number else None

    def _nearly(self, text: str) -> Session | None:
        """By the whole title inside of it, by a long beginning, or by nearly all letters: of one
        session alone."""
        wanted = bare(text)
        if len(wanted) < _SHORTEST or self._effort < 0:
            return None
        self._effort -= len(self._sessions)
        titles = [(bare(session.title), session) for session in self._sessions]
        titles = [(title, session) for title, session in titles if len(title) >= _SHORTEST]
        for fits in (wanted.__contains__, _begins(wanted), _resembles(wanted)):
            found = [session for title, session in titles if fits(title)]
            if len(found) == 1:
                return found[0]
        return None


def _begins(wanted: str) -> Callable[[str], bool]:
    return lambda title: title.startswith(wanted)


def _resembles(wanted: str) -> Callable[[str], bool]:
    def fits(title: str) -> bool:
        if abs(len(title) - len(wanted)) > (1 - _ALIKE) * 2 * len(title):
            return False
        both = SequenceMatcher(None, title, wanted, autojunk=False)
        return both.quick_ratio() >= _ALIKE and both.ratio() >= _ALIKE

    return fits


def _by(
    sessions: Iterable[Session], names: Callable[[Session], Iterable[str]]
) -> dict[str, Session]:
    """Sessions by their names, without those names that several have."""
    called: dict[str, dict[int, Session]] = {}
    for session in sessions:
        for name in filter(None, names(session)):
            called.setdefault(name, {})[session.id] = session
    return {name: next(iter(have.values())) for name, have in called.items() if len(have) == 1}


def _as_written(text: str) -> str:
    return " ".join(folded(text).split())


def _as_words(text: str) -> str:
    return " ".join(words_of(text))


def _in_parts(text: str) -> str:
    """A title that has a separator in it is no list of two others."""
    return "\n".join(filter(None, map(bare, _SEPARATOR.split(text))))


def _without_number(title: str) -> str:
    numbered = _NUMBERED.match(title)
    return bare(title[numbered.end() :]) if numbered else ""


def _numbers(sessions: Iterable[Session]) -> dict[str, Session]:
    """Workshops by the numbers or letters in their titles or short names; by their place where none
    has any, in the order of the programme."""
    workshops = [session for session in sessions if session.is_workshop]
    for pattern, name in ((_IN_TITLE, "title"), (_IN_SLUG, "slug")):
        found = [(pattern.match(getattr(session, name)), session) for session in workshops]
        if numbered := [(m[1].lower().lstrip("0"), session) for m, session in found if m]:
            by_number = dict(numbered)
            return by_number if len(by_number) == len(numbered) else {}
    by_place = dict(zip(map(str, range(1, 100)), workshops, strict=False))
    return by_place | dict(zip(ascii_lowercase, workshops, strict=False))


def _longest(
    text: str,
    separator: re.Pattern[str],
    most: int,
    finders: Sequence[Callable[[str], Session | None]],
) -> list[tuple[str, Session | None]]:
    """The text taken apart at its separators, but for those inside of what can be found, by the
    first of the finders that finds anything there; `most` parts make one."""
    marks = list(separator.finditer(text))
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    found: list[tuple[str, Session | None]] = []
    at = 0
    while at < len(starts):
        spans = range(min(len(ends), at + most) - 1, at - 1, -1)
        for find, last in product(finders, spans):
            session = find(text[starts[at] : ends[last]])
            if session is not None:
                found.append((text[starts[at] : ends[last]], session))
                at = last + 1
                break
        else:
            if part := text[starts[at] : ends[at]].strip():
                found.append((part, None))
            at += 1
    return found
