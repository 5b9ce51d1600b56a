"""What certificates reads from its environment, beside what every service does."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from shared.base.settings import KeyedSettings

NAME = "certificates"


def _text(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


class CertificatesSettings(KeyedSettings):
    storage_url: str = Field(
        "",
        description="where documents are kept: a folder (default: under EMARGE_HOME) or "
        "s3://bucket/prefix?endpoint=https://…&region=…",
    )
    signing_key: Annotated[str | None, BeforeValidator(_text)] = Field(
        None,
        description="the key that signs: a file with it, its certificate and chain (.p12, .pfx or "
        "PEM), a token's pkcs11:token=…;object=…?module-path=…, or a remote service's "
        "csc+https://…/csc/v2?credential=…; without it documents carry no signature",
    )
    signing_password: SecretStr | None = Field(
        None, description="of EMARGE_SIGNING_KEY: the file's password, the token's or service's PIN"
    )
    signing_certificate: Path | None = Field(
        None, description="PEM of certificate and chain, where a token holds the key alone"
    )
    csc_client: str = Field("", description="client id, or user, at the remote signing service")
    csc_secret: SecretStr | None = Field(None, description="of EMARGE_CSC_CLIENT")
    badge_key: Path | None = Field(
        None,
        description="file with the Ed25519 key that signs badges (PEM); without it the key is "
        "derived from EMARGE_SECRET_KEY, and changes with it",
    )
    timestamp_url: str = Field(
        "",
        pattern="^(https?://[^@]*)?$",
        description="RFC 3161 timestamp authority: signatures are then PAdES B-T; none by default",
    )
    timestamp_user: str = Field("", description="where the timestamp authority wants one")
    timestamp_password: SecretStr | None = Field(None, description="of EMARGE_TIMESTAMP_USER")
    signature_level: Literal["", "LT", "LTA"] = Field(
        "",
        description="LTA: documents verify for decades, without their authorities, and are seen to "
        "before a timestamp ends; LT: until their timestamp ends; wants EMARGE_TIMESTAMP_URL",
    )
    trusted_roots: Path | None = Field(
        None,
        description="PEM of the authorities to trust about signatures and timestamps; by default "
        "those at the top of the chains that they bring along",
    )
    signatory_name: str = Field(
        "", description="who answers for the documents; default: the conference's organiser"
    )
    signatory_title: str = Field("", description="the signatory's function")
    documents: Literal["engine", "stock"] = Field(
        "engine",
        description="what makes documents: the engine, or stock WeasyPrint and pyHanko, which take "
        "a second and a half for each; the second also where a library that the engine was not "
        "tested with breaks it",
    )
    check_one_in: int = Field(
        100,
        ge=0,
        description="how often a fast document is compared with the full one, after each worker's "
        "first 50 of a design; 0 = never",
    )

    @field_validator("signature_level")
    @classmethod
    def _needs_timestamps(cls, value: str, info: ValidationInfo) -> str:
        if value and not info.data.get("timestamp_url"):
            raise ValueError("cannot be without EMARGE_TIMESTAMP_URL")
        return value

    @model_validator(mode="after")
    def _default_storage(self) -> Self:
        if not self.storage_url:
            object.__setattr__(self, "storage_url", str(self.home.resolve() / "certificates"))
        return self
