"""What is on its way: requests of one worker process, many at a time.

A handler only starts one. It is waited for beside it, by an event loop in a thread of its own, and
settled when it ends: a receiver that hangs holds a request and no worker. Whatever a process that
is killed had on its way, its lease brings back.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from services.webhooks.transport.posting import Outcome

MOST = 256  # on their way at once; whoever wants to start another waits for one to end
RESOLVING = 32  # names at once: a resolver that does not answer is waited for in a thread

log = structlog.get_logger()


class Courier:
    """Safe for several threads. Its threads begin with the first request: they survive no fork."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(MOST)
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._settling = ThreadPoolExecutor(2, "settle")

    def under_way(self, endpoint_id: str) -> int:
        """Requests of this process to one endpoint."""
        with self._lock:
            return self._under_way[endpoint_id]

    def start(
        self,
        endpoint_id: str,
        send: Callable[[], Awaitable[Outcome]],
        settle: Callable[[Outcome], None],
    ) -> None:
        """`settle` is called with what became of it, in another thread."""
        self._free.acquire()
        with self._lock:
            self._under_way[endpoint_id] += 1
            loop = self._started()
        asyncio.run_coroutine_threadsafe(self._carry(endpoint_id, send, settle), loop)

    async def _carry(
        self,
        endpoint_id: str,
        send: Callable[[], Awaitable[Outcome]],
        settle: Callable[[Outcome], None],
    ) -> None:
        try:
            outcome = await send()
            await asyncio.get_running_loop().run_in_executor(self._settling, settle, outcome)
        except Exception as error:  # noqa: BLE001  whatever went wrong here, the lease ends and the job comes back
            log.warning("not settled", endpoint=endpoint_id, error=type(error).__name__)
        finally:
            with self._lock:
                self._under_way[endpoint_id] -= 1
                if not self._under_way[endpoint_id]:
                    del self._under_way[endpoint_id]
            self._free.release()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._loop.set_default_executor(ThreadPoolExecutor(RESOLVING, "resolve"))
            threading.Thread(target=self._loop.run_forever, name="courier", daemon=True).start()
        return self._loop
