"""Published templates: numbered, and kept as long as the service is."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, insert, or_, select

from services.certificates.engine import Template
from services.certificates.tables import PublishedTemplate


def publish_template(connection: Connection, template: Template, conference: str | None) -> int:
    """Put a template in force, for one conference or for all; returns its number."""
    number: int = connection.execute(
        insert(PublishedTemplate)
        .values(
            conference=conference,
            content=_to_bytes(template),
            published_at=datetime.now(UTC),
        )
        .returning(PublishedTemplate.number)
    ).scalar_one()
    return number


def newest(connection: Connection, conference: str) -> int | None:
    """The number of the template in force for a conference; None: the one that Emarge ships."""
    return connection.execute(_NEWEST, {"wanted": conference}).scalar()


def read_template(connection: Connection, number: int) -> Template:
    content = connection.execute(
        select(PublishedTemplate.content).where(PublishedTemplate.number == number)
    ).scalar_one()
    fields = json.loads(content)
    assets = {name: b64decode(asset) for name, asset in fields.pop("assets").items()}
    return Template(**fields, assets=assets)


def _to_bytes(template: Template) -> bytes:
    return json.dumps(
        {
            "version": template.version,
            "html": template.html,
            "css": template.css,
            "assets": {name: b64encode(asset).decode() for name, asset in template.assets.items()},
        }
    ).encode()


_NEWEST = (
    select(PublishedTemplate.number)
    .where(
        or_(
            PublishedTemplate.conference == bindparam("wanted"),
            PublishedTemplate.conference.is_(None),
        )
    )
    # A conference's own comes before everyone's, then the newest.
    .order_by(PublishedTemplate.conference.is_(None), PublishedTemplate.number.desc())
    .limit(1)
)
