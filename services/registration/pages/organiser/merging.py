"""Two editors of one programme: what only one of them changed is taken from that one; what both
changed differently is to be chosen, and nobody's session is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.registration.pages.organiser.programme_form import ProgrammeForm

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """A field, by its name in the merged form, that both changed; `session` is a title."""

    name: str
    session: str
    field: str
    mine: str
    theirs: str


@dataclass
class Merged:
    """`form` has the other's text where there is a choice; `kept` are the titles of sessions that
    one took out while the other changed them, which are still there."""

    form: ProgrammeForm
    choices: list[Choice] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def merge(base: ProgrammeForm, mine: ProgrammeForm, theirs: ProgrammeForm) -> Merged:
    """Three states of one programme: as it was when I began, mine, and as it is saved now."""
    merged = Merged(ProgrammeForm(day=dict(theirs.day), shown=theirs.shown))
    for name, mine_too in _both(base.day, mine.day, theirs.day):
        if mine_too:
            merged.choices.append(Choice(name, "", name, mine.day[name], theirs.day[name]))
        else:
            merged.form.day[name] = mine.day[name]
    known, own, other = (_by_id(form) for form in (base, mine, theirs))
    for slug, session in other.items():
        if slug in own:
            _merge_session(merged, known.get(slug, {}), own[slug], session)
        else:
            _add_one_sided(merged, known.get(slug), session)
    for slug in own.keys() - other.keys():
        _add_one_sided(merged, known.get(slug), own[slug])
    for session in mine.sessions.values():
        if not session["id"]:
            _add(merged, session)
    return merged


def _add_one_sided(merged: Merged, base: Texts | None, session: Texts) -> None:
    """Only one of us has it: it is new there, or the other took it out; then it stays if it was
    changed."""
    if base is None:
        _add(merged, session)
    elif session != base:
        merged.kept.append(session["title"])
        _add(merged, session)


def _merge_session(
    merged: Merged, base: Texts, mine: dict[str, str], theirs: dict[str, str]
) -> None:
    key = _add(merged, theirs)
    for name, mine_too in _both(base, mine, theirs):
        if mine_too:
            choice = Choice(f"s{key}-{name}", theirs["title"], name, mine[name], theirs[name])
            merged.choices.append(choice)
        else:
            merged.form.sessions[key][name] = mine[name]


def _both(base: Texts, mine: Texts, theirs: Texts) -> Iterator[tuple[str, bool]]:
    """Every field that I changed, and whether the other did too, and differently."""
    for name, text in mine.items():
        if text not in (base.get(name), theirs.get(name)):
            yield name, theirs.get(name) != base.get(name)


def _add(merged: Merged, session: Texts) -> int:
    key = max(merged.form.sessions, default=-1) + 1
    merged.form.sessions[key] = dict(session)
    return key


def _by_id(form: ProgrammeForm) -> dict[str, dict[str, str]]:
    return {session["id"]: session for session in form.sessions.values() if session["id"]}
