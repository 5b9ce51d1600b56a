"""What visitors may do only so often (shared.http.limits).

What is sent to an address is limited by the address, and by where it is asked from; never whether a
link or a key opens: somebody else's posts with an address must not lock its owner out.
"""

from shared.http.limits import Limit

# A venue has one address: by network, 300 an hour.
LINK_REQUESTS = Limit("links asked for from one network", most=300, every=12)

# By conference, whoever asks and for whom.
LINKS_OF_CONFERENCE = Limit("links to registrations of one conference", most=1000, every=2)

LINKS_TO_ATTENDEE = Limit("links to a registration sent to one address", most=3, every=1200)
# A link lives so long: whoever asks for it, there is always one in the inbox that still opens.
LINKS_TO_ORGANISER = Limit("links to sign in sent to one address", most=3, every=900)

# Only those that failed count.
SIGN_INS = Limit("refused sign-ins from one network", most=30, every=12)
