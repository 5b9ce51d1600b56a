"""What webhooks reads from its environment, beside what every service does."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.base.settings import KeyedSettings

NAME = "webhooks"
Network = IPv4Network | IPv6Network
LEAST = 30.0  # seconds of a lease; the setting is one for all services, which may do with less


class WebhooksSettings(KeyedSettings):
    lease: float = Field(
        60.0,
        gt=5,
        description="seconds a worker may hold a job before it is given to another; a request is "
        f"settled by its job's lease and takes up to ten, so of this service at least {LEAST:.0f}",
    )
    webhook_allow: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="private networks to which webhooks may be sent all the same, by http and to "
        "any port too: 10.1.2.0/24, comma-separated; none by default",
    )

    @field_validator("lease")
    @classmethod
    def _long_enough(cls, value: float) -> float:
        return max(LEAST, value)

    @field_validator("webhook_allow", mode="before")
    @classmethod
    def _parse_networks(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        except ValueError:
            raise ValueError("wants networks, comma-separated: 10.1.2.0/24") from None
