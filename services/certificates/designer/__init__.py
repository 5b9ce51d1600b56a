"""A design by a form, for organisers who write no HTML: answers in, a template out, and back again
from the template as long as nobody has changed it."""
