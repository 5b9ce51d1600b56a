"""Looking at a design while it is worked on.

Laying out and drawing happen in the press, a confined child process, one at a time here: a template
that loops or allocates without end is stopped there, and the pages go on being served. One more
waits its turn; whoever comes then is told so at once. The press is kept for a minute: starting it
takes far longer than what it is started for, and an organiser looks again and again.
"""

import threading

from services.certificates.base.settings import CertificatesSettings
from services.certificates.designs import work
from services.certificates.engine import Press, Template, Values
from services.certificates.stock import documents
from services.certificates.stock.choosing import against_engine
from shared.base.bulkhead import Bulkhead, Busy

IDLE = 60.0  # seconds after which the press is given up


class Looking:
    """Safe for several threads."""

    def __init__(self, settings: CertificatesSettings, idle: float = IDLE) -> None:
        self._settings = settings
        self._idle = idle
        self._bulkhead = Bulkhead()
        self._press = Press()
        self._rest: threading.Timer | None = None

    def at(self, template: Template, values: Values) -> tuple[bytes, bytes]:
        """The PDF, and its first page as PNG. Raises Busy, EngineError."""
        with self._bulkhead.entered():
            if self._rest is not None:
                self._rest.cancel()
            try:
                if against_engine(self._settings):
                    return documents.preview(template, values)
                return work.preview(template, values, self._press)
            finally:
                self._rest = threading.Timer(self._idle, self.close)
                self._rest.daemon = True
                self._rest.start()

    def close(self) -> None:
        """Ends the press; the next look starts another."""
        try:
            with self._bulkhead.entered():
                self._press.close()
        except Busy:
            return  # whoever looks now sees to it in a minute
