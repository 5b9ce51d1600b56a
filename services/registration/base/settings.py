"""What registration reads from its environment, beside what every service does."""

from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from services.registration.base.organiser_pages import OrganiserPage, parse_pages
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
    organiser_pages: Annotated[
        tuple[OrganiserPage, ...], NoDecode, BeforeValidator(parse_pages)
    ] = Field(
        (),
        description="where organisers are led to in other services, as deploy/generate writes it "
        "from their folders",
    )
    retention_months: int = Field(
        36,
        ge=1,
        le=600,
        description="months after a day at which its people's data go, where the day says nothing",
    )
