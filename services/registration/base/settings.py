"""What registration reads from its environment, beside what every service does."""

from pydantic import Field

from shared.base.settings import KeyedSettings


class RegistrationSettings(KeyedSettings):
    close_after_hours: float = Field(
        1.0, ge=0, description="hours after the last session at which a day closes by itself"
    )
    notifications_url: str = Field(
        "", description="where notifications' web answers, for people's export of their emails"
    )
    mail_beyond_ascii: bool = Field(
        True,
        description="whether the mail server takes addresses with letters beyond ASCII before "
        "the @ (SMTPUTF8); where it does not, those who have one are told on their page",
    )
    retention_months: int = Field(
        36,
        ge=1,
        le=600,
        description="months after a day at which its people's data go, where the day says nothing",
    )
