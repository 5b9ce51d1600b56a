"""How much a programme's file may be, before anything is built of it."""

import yaml

from services.registration.programme.faults import InvalidProgramme, ProgrammeFault

LONGEST = 300_000  # characters: a day of a thousand sessions
DEEPEST = 10  # lists and sections within each other


def refuse_unbounded(source: str) -> None:
    """What a few lines could make endless. Raises InvalidProgramme."""
    if len(source) > LONGEST:
        fault = ProgrammeFault(
            1, "file", "must have at most %(most)s characters", {"most": LONGEST}
        )
        raise InvalidProgramme([fault])
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            fault = ProgrammeFault(line, "file", "must not have anchors (&) or aliases (*)")
            raise InvalidProgramme([fault])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise InvalidProgramme([ProgrammeFault(line, "file", "is nested too deeply")])
