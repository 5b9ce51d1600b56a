"""What is asked of the process that lays out, and what it answers: JSON."""

from pydantic import BaseModel, ConfigDict

from services.certificates.engine import Template, Values


class Order(BaseModel):
    """A template, and the people whose certificates are wanted."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    template: Template
    people: tuple[Values, ...]
    limits: str


class Laid(BaseModel):
    """An unsigned document, and the signs left out of it, which no font writes."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    pdf: bytes
    unprinted: str = ""


class Answer(BaseModel):
    """A document a person, and the first one's first page as PNG; or what is wrong."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    made: tuple[Laid, ...] = ()
    picture: bytes = b""
    problem: str = ""
