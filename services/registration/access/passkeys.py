"""Passkeys (WebAuthn): a device signs a challenge with a key that never leaves it.

https://www.w3.org/TR/webauthn-3/
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.registration.access.organisers import note_sign_in
from services.registration.access.tables import Passkey as PasskeyRow
from services.registration.desk import Desk
from shared.base.clock import now
from shared.base.transactions import retried
from shared.bus.once import spend

MOST = 20  # of one person
LARGEST = 20_000  # characters of what a browser sends


@dataclass(frozen=True)
class RelyingParty:
    """Who the keys are for: our own origin, and no other page can use them."""

    origin: str

    @property
    def id(self) -> str:
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True)
class Passkey:
    credential_id: str
    name: str
    created_at: datetime
    used_at: datetime | None


class PasskeyRefused(Exception):
    """What the device sent proves nothing."""


def passkeys_of(connection: Connection, organiser_id: int) -> list[Passkey]:
    """Somebody's passkeys, the oldest first."""
    rows = connection.execute(
        select(
            PasskeyRow.credential_id,
            PasskeyRow.name,
            PasskeyRow.created_at,
            PasskeyRow.used_at,
        )
        .where(PasskeyRow.organiser_id == organiser_id)
        .order_by(PasskeyRow.created_at)
    )
    return [Passkey(*row) for row in rows]


def creation_options(
    party: RelyingParty, organiser_id: int, email: str, known: list[Passkey], challenge: bytes
) -> str:
    """What `navigator.credentials.create` is asked for, as JSON: a key that finds its owner."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name="Emarge",
        user_id=_handle(organiser_id),
        user_name=email,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in known
        ],
    )
    return options_to_json(options)


def request_options(party: RelyingParty, challenge: bytes) -> str:
    """What `navigator.credentials.get` is asked for: any key there is for us."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


@retried
def use_challenge(desk: Desk, challenge: str, lasts: float) -> None:
    """It counts as answered, whatever the answer proves; `lasts` is seconds. Raises PasskeyRefused
    when it was answered before."""
    with desk.database.begin() as connection:
        if not spend(connection, f"challenge:{challenge}", now() + timedelta(seconds=lasts)):
            raise PasskeyRefused


@retried
def add_passkey(
    desk: Desk,
    party: RelyingParty,
    organiser_id: int,
    name: str,
    credential: str,
    challenge: bytes,
) -> None:
    """Keep a new key. Raises PasskeyRefused."""
    with desk.database.begin() as connection:
        if len(credential) > LARGEST or len(passkeys_of(connection, organiser_id)) >= MOST:
            raise PasskeyRefused
        try:
            verified = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=party.id,
                expected_origin=party.origin,
                require_user_verification=True,
            )
            connection.execute(
                insert(PasskeyRow).values(
                    credential_id=bytes_to_base64url(verified.credential_id),
                    organiser_id=organiser_id,
                    name=name,
                    public_key=verified.credential_public_key,
                    sign_count=verified.sign_count,
                    created_at=now(),
                )
            )
        except (WebAuthnException, IntegrityError):
            raise PasskeyRefused from None


@retried
def remove_passkey(desk: Desk, organiser_id: int, credential_id: str) -> None:
    """Again is harmless."""
    with desk.database.begin() as connection:
        connection.execute(
            delete(PasskeyRow).where(
                PasskeyRow.organiser_id == organiser_id,
                PasskeyRow.credential_id == credential_id,
            )
        )


@retried
def sign_in_by_passkey(desk: Desk, party: RelyingParty, credential: str, challenge: bytes) -> int:
    """The id of whose key it is. Raises PasskeyRefused."""
    with desk.database.begin() as connection:
        if len(credential) > LARGEST:
            raise PasskeyRefused
        try:
            given = parse_authentication_credential_json(credential)
            key = connection.execute(
                select(
                    PasskeyRow.organiser_id,
                    PasskeyRow.public_key,
                    PasskeyRow.sign_count,
                )
                .where(PasskeyRow.credential_id == bytes_to_base64url(given.raw_id))
                .with_for_update()
            ).first()
            if key is None or given.response.user_handle not in (None, _handle(key.organiser_id)):
                raise PasskeyRefused
            verified = verify_authentication_response(
                credential=given,
                expected_challenge=challenge,
                expected_rp_id=party.id,
                expected_origin=party.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except WebAuthnException:
            raise PasskeyRefused from None
        connection.execute(
            update(PasskeyRow)
            .where(PasskeyRow.credential_id == bytes_to_base64url(verified.credential_id))
            .values(sign_count=verified.new_sign_count, used_at=now())
        )
        note_sign_in(connection, key.organiser_id)
        organiser_id: int = key.organiser_id
        return organiser_id


def _handle(organiser_id: int) -> bytes:
    """How a device names the owner to us; it says nothing about them."""
    return f"organiser:{organiser_id}".encode()
