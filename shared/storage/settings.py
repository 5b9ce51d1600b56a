"""How a service is told where its documents are kept."""

from typing import Self

from pydantic import Field, model_validator

from shared.base.settings import Settings


class StorageSettings(Settings):
    storage_url: str = Field(
        "",
        description="where documents are kept: a folder (default: under EMARGE_HOME) or "
        "s3://bucket/prefix?endpoint=https://…&region=…",
    )

    @model_validator(mode="after")
    def _default_storage(self) -> Self:
        if not self.storage_url:
            object.__setattr__(self, "storage_url", str(self.home.resolve() / self.service))
        return self
