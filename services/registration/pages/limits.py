"""What visitors may do only so often (shared.http.limits)."""

from shared.http.limits import Limit

# Each sends an email, to whoever is named.
LINK_REQUESTS = Limit("links asked for from one network", most=5, every=120)
LINKS_TO_ATTENDEE = Limit("links to a registration sent to one address", most=5, every=120)
LINKS_TO_ORGANISER = Limit("links to sign in sent to one address", most=5, every=120)

# Only those that failed count.
SIGN_INS = Limit("refused sign-ins from one network", most=10, every=60)
