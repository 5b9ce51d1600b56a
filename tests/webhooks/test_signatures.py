"""Signatures are as Standard Webhooks has them: by its published vectors and its own library."""

import base64
import time
from datetime import timedelta

import pytest
import standardwebhooks
from sqlalchemy import update

from services.webhooks.base.tables import Endpoint
from services.webhooks.transport.signing import new_secret, signed_headers
from shared.base.clock import now
from tests.webhooks.house import ANN, House, confirmed
from tests.webhooks.receiver import Receiver

# https://github.com/standard-webhooks/standard-webhooks: the example of its libraries' tests, and
# the one that its authors publish for whoever verifies by hand.
VECTORS = [
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    (
        "whsec_plJ3nmyCDGBKInavdOK15jsl",
        "msg_loFOjxBNrRLzqYUf",
        1731705121,
        '{"event_type":"ping","data":{"success":true}}',
        "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    ),
]


def verified(receiver: Receiver, secret: str, number: int = -1) -> object:
    """What the reference library reads of a request; it raises what it does not believe."""
    request = receiver.requests[number]
    return standardwebhooks.Webhook(secret).verify(request.body, request.headers)


@pytest.mark.parametrize(("secret", "message", "moment", "body", "signature"), VECTORS)
def test_published_vectors(
    secret: str, message: str, moment: int, body: str, signature: str
) -> None:
    headers = signed_headers(message, moment, body.encode(), [secret])
    assert headers == {
        "webhook-id": message,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature,
    }


def test_a_secret_is_as_long_as_the_specification_wants() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64
    assert new_secret() != secret


def test_the_reference_library_believes_what_is_sent(house: House, receiver: Receiver) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    secret = house.endpoints().show_secret(endpoint, ANN)
    house.tell(confirmed())
    house.work()
    body = verified(receiver, secret)
    assert isinstance(body, dict)
    assert body["type"] == "registration.confirmed"
    assert body["data"]["registration_id"] == "r-1"
    assert receiver.requests[0].headers["content-type"] == "application/json"
    assert abs(int(receiver.requests[0].headers["webhook-timestamp"]) - time.time()) < 60
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verified(receiver, new_secret())


def test_for_a_day_both_secrets_are_believed(house: House, receiver: Receiver) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    before = house.endpoints().show_secret(endpoint, ANN)
    after, until = house.endpoints().rotate(endpoint, ANN)
    assert after != before
    assert until - now() > timedelta(hours=23)
    house.tell(confirmed("r-1"))
    house.work()
    assert verified(receiver, before) == verified(receiver, after)
    with house.database.begin() as connection:  # the library's clock cannot be moved
        over = now() - timedelta(seconds=1)
        connection.execute(update(Endpoint).values(previous_until=over))
    house.tell(confirmed("r-2"))
    house.work()
    assert verified(receiver, after)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verified(receiver, before)
