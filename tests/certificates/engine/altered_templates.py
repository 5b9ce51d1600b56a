"""The shipped design with another line where the name stands, or with more CSS; tried on people."""

from services.certificates.engine import Compiled, Template, sample
from services.certificates.engine.compiled import Difference

NAME = '<p class="holder {{ holder.length }}">{{ holder.name }}</p>'
PEOPLE = [
    "Zoë Ñandú-D’Été",
    "Fiorella AVATO",
    "Maximilienne-Alexandrine de la Rochefoucauld",
    "marie martin",
    "Bo",
]


def altered(template: Template, html: str | None, css: str) -> Template:
    source = template.html if html is None else template.html.replace(NAME, html)
    assert html is None or source != template.html
    return template.model_copy(update={"html": source, "css": template.css + css})


def outcome(template: Template, press) -> tuple[set[str], set[str]]:
    """Renders people both ways with every document checked; (paths taken, reasons given)."""
    differences: list[Difference] = []
    made = Compiled(template, press, on_difference=differences.append, checked_one_in=1)
    values = [sample(holder=name) for name in PEOPLE]
    made.learn(values[:1])
    rendered = [made.render(one, None) for one in values]
    assert differences == []
    return {one.path for one in rendered}, {one.reason for one in rendered if one.reason}


def differs(reasons: set[str]) -> bool:
    return any("from full ones" in reason or "paths differed" in reason for reason in reasons)
