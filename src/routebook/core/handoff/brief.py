"""What is handed over, and who and when: the two parts of the offer beside the access and authority card."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from routebook.core.document import Sop


@dataclass(frozen=True, slots=True)
class Brief:
    """What comes out of the step, and how done is told from not done, in the delegator's words.

    What is empty, the step's SOP says: its objective, its quality bar, its good and its bad example.
    """

    outcome: str = ""
    quality_bar: tuple[str, ...] = ()
    good: str = ""
    bad: str = ""

    def beside(self, sop: Sop | None) -> Brief:
        """The same, with what the SOP says where this says nothing."""
        if sop is None:
            return self
        return Brief(
            self.outcome or sop.objective,
            self.quality_bar or sop.quality_bar,
            self.good or sop.good,
            self.bad or sop.bad,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """From which day on, when the receiver works on it, and who stands in.

    Before `starts` the tasks stay with the delegator (None: from the first practice task on). `hours` are words, ""
    for the receiver's working week; `time_zone` is an IANA name, "" for theirs; `backup` a person's id, "" for the
    role's backup.
    """

    starts: dt.date | None = None
    hours: str = ""
    time_zone: str = ""
    backup: str = ""
