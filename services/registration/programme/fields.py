"""Reading fields out of YAML nodes while keeping, for every fault, its line.

Reading never stops at a fault: it is noted, a harmless value stands in, and `finish` raises them
all at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import yaml
from email_validator import EmailNotValidError, validate_email

from services.registration.base.moments import YEARS
from services.registration.programme.colour import readable
from services.registration.programme.facts import Speaker
from services.registration.programme.faults import InvalidProgramme, ProgrammeFault

C = TypeVar("C", bound=str)

LONGEST_BIOGRAPHY = 1000
PICTURE = re.compile(r"[0-9a-f]{32}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_REQUIRED = object()
_MOST_DIGITS = 9  # of thousands int() refuses to read any


@dataclass
class Fields:
    """One YAML mapping; `prefix` is its path, as faults name it."""

    line: int
    values: dict[str, yaml.Node]
    lines: dict[str, int]
    prefix: str = ""
    faults: list[ProgrammeFault] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    nested: dict[str, list["Fields"]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        node: yaml.Node | None,
        prefix: str = "",
        faults: list[ProgrammeFault] | None = None,
    ) -> "Fields":
        line = node.start_mark.line + 1 if node else 1
        fields = cls(line, {}, {}, prefix, [] if faults is None else faults)
        if not isinstance(node, yaml.MappingNode):
            fields.faults.append(
                ProgrammeFault(line, prefix.rstrip(".") or "file", "must be 'name: value' lines")
            )
            return fields
        for key, value in node.value:
            name = str(key.value)
            if name in fields.values:
                fields.faults.append(
                    ProgrammeFault(key.start_mark.line + 1, prefix + name, "is given twice")
                )
            fields.values[name] = value
            fields.lines[name] = key.start_mark.line + 1
        return fields

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def line_of(self, name: str) -> int:
        return self.lines.get(name, self.line)

    def fault(self, name: str, rule: str, **parameters: Any) -> None:
        self.faults.append(ProgrammeFault(self.line_of(name), self.prefix + name, rule, parameters))

    def finish(self) -> None:
        if self.faults:
            raise InvalidProgramme(self.faults)

    def no_others(self) -> None:
        """Every field that nobody has asked for is a mistake, most likely of spelling."""
        for name in self.values.keys() - self.read:
            self.fault(name, "is not a field that is known here")

    def scalar(self, name: str) -> str | None:
        """The text as written (YAML itself would take 10:15 for the number 615)."""
        self.read.add(name)
        node = self.values.get(name)
        if node is None or node.tag == "tag:yaml.org,2002:null":
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.fault(name, "must be a single value")
            return None
        return str(node.value).strip()

    def text(self, name: str, *, default: object = _REQUIRED, most: int = 300) -> str:
        value = self.scalar(name)
        if not value:
            if default is _REQUIRED:
                self.fault(name, "is required")
                return ""
            return str(default)
        return self._bounded(name, value, most)

    def _bounded(self, name: str, value: str, most: int = 300) -> str:
        if len(value) > most:
            self.fault(name, "must have at most %(most)s characters", most=most)
        if any(not sign.isprintable() and sign not in "\n\u00a0\u202f" for sign in value):
            self.fault(name, "must not contain control characters")
        return value

    def speakers(self, name: str) -> tuple[Speaker, ...]:
        """Each a name, or a mapping of `name`, `title`, `biography` and `portrait`."""
        self.read.add(name)
        node = self.values.get(name)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.fault(name, "must be a list")
            return ()
        speakers = []
        for index, item in enumerate(node.value):
            if isinstance(item, yaml.ScalarNode):
                at, said = f"{name}[{index}]", str(item.value).strip()
                if not said:
                    self.fault(at, "is required")
                speakers.append(Speaker(self._bounded(at, said)))
                continue
            fields = Fields.of(item, f"{self.prefix}{name}[{index}].", self.faults)
            speakers.append(
                Speaker(
                    fields.text("name"),
                    fields.text("title", default=""),
                    fields.text("biography", default="", most=LONGEST_BIOGRAPHY),
                    fields.picture("portrait"),
                )
            )
            fields.no_others()
        return tuple(speakers)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of single values; none where there is none."""
        self.read.add(name)
        node = self.values.get(name)
        if node is None or node.tag == "tag:yaml.org,2002:null":
            return ()
        if not isinstance(node, yaml.SequenceNode) or any(
            not isinstance(item, yaml.ScalarNode) for item in node.value
        ):
            self.fault(name, "must be a list")
            return ()
        return tuple(
            dict.fromkeys(
                self._bounded(f"{name}[{index}]", str(item.value).strip())
                for index, item in enumerate(node.value)
            )
        )

    def pattern(self, name: str, pattern: re.Pattern[str], rule: str) -> str:
        value = self.text(name, most=80)
        if value and not pattern.fullmatch(value):
            self.fault(name, rule)
        return value

    def choice(self, name: str, choices: Sequence[C], *, default: object = _REQUIRED) -> C:
        """One of the choices: the first where there is a fault."""
        value = self.text(name, default=default)
        known = next((choice for choice in choices if choice == value), None)
        if value and known is None:
            self.fault(name, "must be one of %(choices)s", choices=", ".join(choices))
        return known or choices[0]

    def email(self, name: str) -> str:
        value = self.text(name)
        if value:
            try:
                validate_email(value, check_deliverability=False)
            except EmailNotValidError:
                self.fault(name, "must be an email address")
        return value

    def whole_number(self, name: str, *, least: int, most: int) -> int | None:
        value = self.scalar(name)
        if value is None:
            return None
        is_whole = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
        if not is_whole or not least <= int(value) <= most:
            self.fault(
                name, "must be a whole number from %(least)s to %(most)s", least=least, most=most
            )
            return None
        return int(value)

    def colour(self, name: str) -> str:
        """ "#0e5158", one on which white text can be read; empty where there is none."""
        written = self.scalar(name)
        if written is None:
            if name in self.values:  # in YAML an unquoted # begins a comment
                self.fault(name, 'must be six hexadecimal digits, such as "#0e5158"')
            return ""
        value = f"#{written.removeprefix('#').lower()}"
        if not written:
            return ""
        if not _COLOUR.fullmatch(value):
            self.fault(name, 'must be six hexadecimal digits, such as "#0e5158"')
            return ""
        if (nearest := readable(value)) != value:
            self.fault(
                name,
                "is too light for white text on it: the nearest colour that is not is %(nearest)s",
                nearest=nearest,
            )
        return value

    def picture(self, name: str) -> str:
        """The name of one that was given to this conference; empty where there is none."""
        value = self.text(name, default="")
        if value and not PICTURE.fullmatch(value):
            self.fault(
                name, "must name a picture, as an export does: the page of pictures takes files"
            )
            return ""
        return value

    def yes_or_no(self, name: str) -> bool | None:
        value = self.scalar(name)
        if value not in (None, "", "true", "false"):
            self.fault(name, "must be true or false")
        return {"true": True, "false": False}.get(value or "")

    def date(self, name: str) -> date:
        value = self.text(name)
        try:
            written = date.fromisoformat(value)
        except ValueError:
            if value:
                self.fault(name, "must be a date such as 2019-11-07")
            return date(2000, 1, 1)
        return written if self.is_near(name, written.year) else date(2000, 1, 1)

    def moment(self, name: str, zone: ZoneInfo, shift: timedelta) -> datetime | None:
        """A date and time of the place, moved by `shift` on its calendar."""
        value = self.scalar(name)
        if value is None:
            return None
        try:
            written = datetime.fromisoformat(value)
        except ValueError:
            self.fault(name, "must be a date and time such as 2019-09-02T09:00")
            return None
        if not self.is_near(name, written.year):
            return None
        local = written.astimezone(zone) if written.tzinfo else written.replace(tzinfo=zone)
        return (local.replace(tzinfo=None) + shift).replace(tzinfo=zone).astimezone(UTC)

    def is_near(self, name: str, year: int) -> bool:
        """Whether it is a year that we can reckon with; else a fault."""
        if year in YEARS:
            return True
        first, last = YEARS[0], YEARS[-1]
        self.fault(name, "must be between %(first)s and %(last)s", first=first, last=last)
        return False

    def section(self, name: str) -> "Fields":
        self.read.add(name)
        if name not in self.values:
            return Fields(self.line, {}, {}, f"{self.prefix}{name}.", self.faults)
        return Fields.of(self.values[name], f"{self.prefix}{name}.", self.faults)

    def items(self, name: str) -> list["Fields"]:
        self.read.add(name)
        if name in self.nested:
            return self.nested[name]
        node = self.values.get(name)
        items: list[Fields] = []
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.fault(name, "must be a list with at least one entry")
        else:
            items = [
                Fields.of(item, f"{self.prefix}{name}[{index}].", self.faults)
                for index, item in enumerate(node.value)
            ]
        self.nested[name] = items
        return items
