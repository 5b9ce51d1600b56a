"""What notifications reads from its environment, beside what every service does."""

from datetime import datetime
from email.utils import parseaddr
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from services.notifications.reasons import Reason
from services.notifications.sending.addresses import is_safe
from services.notifications.sending.server import parse_smtp_url
from shared.base.settings import KeyedSettings


class NotificationsSettings(KeyedSettings):
    smtp_url: SecretStr = Field(
        SecretStr("smtp://127.0.0.1:25"),
        description="smtp://user:password@host:587?starttls=required|if-offered|never, "
        "smtps://user:password@host:465, or file:///folder",
    )
    mail_from: str = Field(description="sender of all emails: Name <address>, or an address")
    reminder_days: Annotated[tuple[int, ...], NoDecode] = Field(
        (7, 1), description="days before the conference on which people are reminded: 7,1"
    )
    certificate_delivery: Literal["link", "attach"] = Field(
        "link", description="link the certificate in its email, or attach it"
    )
    mail_max_age: float = Field(
        7.0, gt=0, description="days after which an event is too old for an email about it"
    )
    send_since: AwareDatetime | None = Field(
        None,
        description="no email about what happened before, 2019-11-07T09:00:00+01:00: "
        "for a database that is built anew from the log",
    )

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp_url(cls, value: SecretStr) -> SecretStr:
        parse_smtp_url(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _check_mail_from(cls, value: str) -> str:
        if not is_safe(parseaddr(value)[1]):
            raise ValueError("wants Name <address>, or an address")
        return value

    @field_validator("reminder_days", mode="before")
    @classmethod
    def _parse_days(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        days = [part.strip() for part in value.split(",") if part.strip()]
        if not all(day.isdigit() for day in days):
            raise ValueError("wants whole numbers of days, comma-separated")
        return tuple(sorted({int(day) for day in days}, reverse=True))

    def too_old(self, moment: datetime, now: datetime) -> Reason | None:
        """Why nobody should get an email now about what happened at `moment`, if so."""
        if self.send_since is not None and moment < self.send_since:
            return "before-the-loss"
        if (now - moment).total_seconds() > self.mail_max_age * 86400:
            return "too-late"
        return None
