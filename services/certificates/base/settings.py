"""What certificates reads from its environment, beside what every service does."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from shared.base.settings import KeyedSettings

NAME = "certificates"


class CertificatesSettings(KeyedSettings):
    storage_url: str = Field(
        "",
        description="where documents are kept: a folder (default: under EMARGE_HOME) or "
        "s3://bucket/prefix?endpoint=https://…&region=…",
    )
    signing_key: Path | None = Field(
        None,
        description="file with the signing key, its certificate and chain: .p12, .pfx or PEM; "
        "without it documents carry no signature",
    )
    signing_password: SecretStr | None = Field(None, description="of EMARGE_SIGNING_KEY")
    badge_key: Path | None = Field(
        None,
        description="file with the Ed25519 key that signs badges (PEM); without it the key is "
        "derived from EMARGE_SECRET_KEY, and changes with it",
    )
    timestamp_url: str = Field(
        "", pattern="^(https?://.*)?$", description="RFC 3161 timestamp authority; none by default"
    )
    signatory_name: str = Field(
        "", description="who answers for the documents; default: the conference's organiser"
    )
    signatory_title: str = Field("", description="the signatory's function")
    check_one_in: int = Field(
        100,
        ge=0,
        description="how often a fast document is compared with the full one, after each worker's "
        "first 50 of a design; 0 = never",
    )

    @model_validator(mode="after")
    def _default_storage(self) -> Self:
        if not self.storage_url:
            object.__setattr__(self, "storage_url", str(self.home.resolve() / "certificates"))
        return self
