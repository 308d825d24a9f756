"""The thread of a server process that does what is due: about once a second it tells people and sends mail, and once
a minute it looks at the clock.

Several processes may run one each: what one has in hand, the others pass by. A tick that fails is logged and the next
one tries again, because nothing here may take the server with it.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections, connection
from django.utils import timezone

from routebook.store.actions import notices, pile_arrivals
from routebook.worker.mailer import Mailer

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
CLOCK_EVERY = dt.timedelta(minutes=1)
PILE_SECONDS = 0.4
"""Of a round for the drive that somebody threw on the pile: it may take minutes, the pages may not."""
TIDY_EVERY = dt.timedelta(hours=6)


class Dispatcher(threading.Thread):
    """Runs until the process ends, or until `stop`."""

    def __init__(self) -> None:
        super().__init__(name="dispatcher", daemon=True)
        self.stopping = threading.Event()
        self.work = Work()

    def run(self) -> None:
        while not self.stopping.wait(TICK_SECONDS):
            try:
                close_old_connections()
                self.work.tick(timezone.now())
            except Exception:
                log.exception("the dispatcher's round failed; the next one tries again")
                connection.close()
        connection.close()

    def stop(self) -> None:
        self.stopping.set()


class Work:
    """One round of everything that is due; remembers only when it last looked at the clock."""

    def __init__(self) -> None:
        self.mailer = Mailer()
        self.clock_at: dt.datetime | None = None
        self.tidied_at: dt.datetime | None = None

    def tick(self, now: dt.datetime) -> None:
        if self.clock_at is None or now >= self.clock_at + CLOCK_EVERY:
            self.clock_at = now
            notices.remind(now)
            notices.summarise(now)
        notices.deliver(now)  # a hundred a second: telling must never crowd out the work itself
        self.mailer.send_due(now)
        pile_arrivals.work_off(now, enough=_after(PILE_SECONDS))
        if self.tidied_at is None or now >= self.tidied_at + TIDY_EVERY:
            self.tidied_at = now
            notices.tidy(now)


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def start() -> Dispatcher:
    """Start the dispatcher of this process."""
    dispatcher = Dispatcher()
    dispatcher.start()
    return dispatcher
