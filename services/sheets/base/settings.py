"""What sheets reads from its environment, beside what every service does."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from shared.documents.signing.settings import SigningSettings
from shared.storage.settings import StorageSettings

NAME = "sheets"


class SheetsSettings(SigningSettings, StorageSettings):
    picture_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="what pictures of signatures are encrypted with at rest, and nothing else: "
        "'new,old' while they are being encrypted anew (`keys rotate`), each of at least 16 "
        "characters; or the path of a file with them. Nothing can be signed without",
    )

    @field_validator("picture_keys", mode="before")
    @classmethod
    def _parse_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value.startswith("/"):
            try:
                value = Path(value).read_text()
            except OSError as error:
                raise ValueError(f"is a file that cannot be read ({error.strerror})") from None
        keys = tuple(part.strip() for part in value.split(",") if part.strip())
        if not keys or any(len(key) < 16 for key in keys):
            raise ValueError("wants at least 16 characters each, comma-separated")
        return keys
