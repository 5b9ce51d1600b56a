"""How a service is told which key signs its documents."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr

from shared.base.settings import KeyedSettings


def _text(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


class SigningSettings(KeyedSettings):
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
    timestamp_url: str = Field(
        "",
        pattern="^(https?://[^@]*)?$",
        description="RFC 3161 timestamp authority: signatures are then PAdES B-T; none by default",
    )
    timestamp_user: str = Field("", description="where the timestamp authority wants one")
    timestamp_password: SecretStr | None = Field(None, description="of EMARGE_TIMESTAMP_USER")
