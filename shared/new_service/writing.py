"""The files of a new service, made from the templates beside this file.

What is of the templates has signs of its own (`<< name >>`, `<% if web %>`): pages keep Jinja's.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import shared.bus.eventlog
import shared.bus.inbox  # noqa: F401  as above: its tables must be known
from shared.bus.tables import Base

TEMPLATE = Path(__file__).parent / "template"


@dataclass(frozen=True)
class Wanted:
    """A service: its name, the area of its page for organisers, and whether it has a feed."""

    name: str
    area: str = ""
    publishes: bool = False

    @property
    def web_process(self) -> bool:
        """A feed is read by HTTP too."""
        return bool(self.area) or self.publishes

    @property
    def thing(self) -> str:
        """One of what its name is the plural of, roughly: whoever knows better renames it."""
        name = self.name
        if name.endswith("ies") and len(name) > len("ties"):
            return name.removesuffix("ies") + "y"
        if name.endswith(("sses", "xes", "ches", "shes")):
            return name.removesuffix("es")
        return name if name.endswith("ss") or len(name) == 1 else name.removesuffix("s")


def files(wanted: Wanted) -> dict[str, str]:
    """What is written, by path from the root."""
    own, tests = f"services/{wanted.name}", f"tests/{wanted.name}"
    templates = {
        f"{own}/pyproject.toml": "pyproject.toml",
        f"{own}/tables.py": "tables.py",
        f"{own}/personal_columns.py": "personal_columns.py",
        f"{own}/migrations/versions/{wanted.name}_0001.py": "migration.py",
        f"{own}/service.py": "service.py",
        f"{own}/__main__.py": "main.py",
        f"{tests}/test_keeping_{wanted.name}.py": "test_keeping.py",
    }
    if wanted.web_process:
        templates[f"{own}/web.py"] = "web.py"
        templates[f"{tests}/routes.toml"] = "routes.toml"
    if wanted.area:
        templates[f"{own}/counting.py"] = "counting.py"
        templates[f"{own}/templates/{wanted.name}.html"] = "page.html"
        templates[f"{own}/locale/fr/LC_MESSAGES/messages.po"] = "messages.po"
        templates[f"{tests}/test_page_of_{wanted.name}.py"] = "test_page.py"
    if wanted.publishes:
        templates[f"shared/events/{wanted.name}.py"] = "events.py"
    words = _words(wanted)
    return {
        path: _templates().get_template(f"{template}.jinja").render(words)
        for path, template in templates.items()
    }


def _words(wanted: Wanted) -> dict[str, object]:
    thing = wanted.thing
    table = f"kept_{thing}" if thing in Base.metadata.tables else thing
    kind = thing.capitalize()
    return {
        "name": wanted.name,
        "web": bool(wanted.area),
        "area": wanted.area,
        "publishes": wanted.publishes,
        "web_process": wanted.web_process,
        "thing": thing,
        "table": table,
        # What the templates import keeps its name: a service of jobs keeps KeptJob.
        "Thing": f"Kept{kind}" if kind in _names_in_templates() else kind,
        "Fact": f"{kind}Kept",
        "settings": "KeyedSettings" if wanted.web_process else "Settings",
    }


@cache
def _names_in_templates() -> set[str]:
    code = "".join(file.read_text("utf-8") for file in TEMPLATE.glob("*.py.jinja"))
    return set(re.findall(r"\b[A-Z]\w+", code)) | {"Settings", "None", "True", "False"}


@cache
def _templates() -> Environment:
    # What is made is code and no page: nothing in it is escaped. Its name has been checked.
    return Environment(
        loader=FileSystemLoader(TEMPLATE),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  as said above
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
