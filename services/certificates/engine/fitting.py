"""Names set as large as they fit: of a template's sizes, the first that keeps a name on one line.

Both paths measure by the layout itself, with the fonts that write the name. A template that shows
the name in running text only, where lines break anyway, is told by counting letters.
"""

import re

from services.certificates.engine.template import Template

# What `holder.length` may be, from the largest size.
LENGTHS = ("usual", "long", "very-long")
# Characters from which a name is set smaller where it stands on no line of its own.
LONG_NAME, VERY_LONG_NAME = 36, 80
_ASKED = re.compile(r"""\bholder\s*(?:\.\s*length\b|\[\s*['"]length['"])""")


def counted(name: str) -> str:
    """The size by the number of its letters."""
    if len(name) > VERY_LONG_NAME:
        return LENGTHS[2]
    return LENGTHS[1] if len(name) > LONG_NAME else LENGTHS[0]


def has_sizes(template: Template) -> bool:
    """Whether it sets names in several sizes."""
    return _ASKED.search(template.html) is not None


def is_name(text: str, name: str) -> bool:
    """Whether a block's text is the name and nothing else; in capitals it is the same."""
    return "".join(text.split()).casefold() == "".join(name.split()).casefold()
