"""What certificates reads from its environment, beside what every service does."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from shared.documents.signing.settings import SigningSettings
from shared.storage.settings import StorageSettings

NAME = "certificates"


class CertificatesSettings(SigningSettings, StorageSettings):
    badge_key: Path | None = Field(
        None,
        description="file with the Ed25519 key that signs badges (PEM); without it the key is "
        "derived from EMARGE_SECRET_KEY, and changes with it",
    )
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
