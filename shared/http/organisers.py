"""Whether somebody's token is an organiser's, asked where programs call another service."""

from shared.http.feed import Credentials
from shared.http.problems import Problem
from shared.http.standing import NotAnswered, Standing, TokenStanding


def organisers_token(standing: Standing, credentials: Credentials, slug: str) -> TokenStanding:
    """It may manage this conference; registration is asked each time. Raises Problem."""
    try:
        known = standing.of_token(credentials.credentials) if credentials else None
    except NotAnswered:
        raise Problem(503, "token-not-checked", "The token cannot be checked now") from None
    if known is None:
        raise Problem(401, "unauthorized", "This wants an organiser's token")
    if not known.may_organise(slug):
        raise Problem(403, "not-allowed", "This token is not for that conference")
    return known
