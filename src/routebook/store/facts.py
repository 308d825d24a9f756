"""What the decisions of runs depend on, kept in memory and known to be current by one number.

`Organisation.facts` changes whenever people, roles, absences, published documents or hand-offs change, so a
completion reads that number together with its run and mostly finds everything else here. Definitions and SOPs
are versions, which never change: they are compiled once and kept by their content's hash.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

from routebook.core.calendar import Calendar
from routebook.core.document import Access, Away, Evidence, Kind, Process, Sop, Status, WorkingWeek
from routebook.core.run import (
    Context,
    Definition,
    HandOffFact,
    Member,
    PublishedSop,
    RoleHolders,
    compile_definition,
)
from routebook.store import models
from routebook.store.access import Actor, Verb
from routebook.store.parsing import parse

T = TypeVar("T")


class Kept:
    """The latest value for each of the most recently used keys, each valid for one stamp."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
        """The kept value, made anew where the stamp is another one."""
        with self._lock:
            found = self._values.get(key)
            if found is not None and found[0] == stamp:
                self._values.move_to_end(key)
                value: T = found[1]
                return value
        value = make()
        with self._lock:
            self._values[key] = (stamp, value)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


_people = Kept(256)
_processes = Kept(1024)
_definitions = Kept(1024)


@dataclass(frozen=True, slots=True)
class People:
    """Who works in an organisation, and who holds which role. `owner` is who owns the organisation."""

    owner: str
    members: Mapping[str, Member]
    roster: Mapping[str, RoleHolders]


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process of one organisation: who owns it, its published SOPs and its hand-offs."""

    people: People
    owner: str
    owners: frozenset[str]
    sops: Mapping[tuple[str, str], PublishedSop]
    handoffs: Mapping[tuple[str, str], tuple[HandOffFact, ...]]


def context(org: int, process: int, facts: int, actor: Actor, now: dt.datetime) -> Context:
    """What a decision about a run of this process may look at; `facts` is the number that was read with the run."""
    known = process_facts(org, process, facts, now)
    return Context(
        now=now,
        actor=actor.id,
        manages=actor.may(Verb.MANAGE_RUNS) or actor.id in known.owners,
        owner=known.owner,
        members=known.people.members,
        roster=known.people.roster,
        sops=known.sops,
        handoffs=known.handoffs,
    )


def process_facts(org: int, process: int, facts: int, now: dt.datetime) -> ProcessFacts:
    """The facts of one process. Holidays are known for the years around `now`, hence the year in the stamp."""
    stamp = (facts, now.year)

    def load() -> ProcessFacts:
        return _load_process(org, process, _people.get(org, stamp, lambda: _load_people(org, now.year)))

    return _processes.get((org, process), stamp, load)


def people(org: int, facts: int, now: dt.datetime) -> People:
    """Who works in an organisation, with their calendars. `facts` is the organisation's number."""
    return _people.get(org, (facts, now.year), lambda: _load_people(org, now.year))


def definition(org: int, process: int, version: int, content_hash: str) -> Definition:
    """A published version of a process, compiled; `version` is the id of its row."""
    return _definitions.get((org, process, version), content_hash, lambda: _compile(org, process, version))


def _compile(org: int, process: int, version: int) -> Definition:
    row = models.Version.objects.select_related("document").get(org_id=org, document_id=process, pk=version)
    value = parse(row.content, Kind.PROCESS, row.document.slug)
    assert isinstance(value, Process)
    return compile_definition(value, process, row.number)


# --- people -----------------------------------------------------------------------------------


def _load_people(org: int, year: int) -> People:
    organisation = models.Organisation.objects.get(pk=org)
    rows = list(models.Member.objects.filter(org_id=org, active=True).order_by("id"))
    aways: dict[int, list[Away]] = {}
    for away in models.Away.objects.filter(org_id=org).order_by("first"):
        aways.setdefault(away.member_id, []).append(Away(away.first, away.last))
    members = {str(row.pk): Member(str(row.pk), _calendar(organisation, row, aways, year)) for row in rows}
    owner = next((str(row.pk) for row in rows if row.access == Access.OWNER), "")
    return People(owner, members, _load_roster(org, members))


def _calendar(
    organisation: models.Organisation, row: models.Member, aways: Mapping[int, list[Away]], year: int
) -> Calendar:
    return Calendar(
        time_zone=row.time_zone or organisation.time_zone,
        week=week_of(row.week) or week_of(organisation.week) or WorkingWeek(),
        holidays=holidays_of(row.holidays or organisation.holidays, year),
        away=tuple(aways.get(row.pk, ())),
    )


def week_of(spans: Any) -> WorkingWeek | None:
    """The working week that a row holds as a list of [weekday, from minute, to minute], or None for an empty one."""
    if not spans:
        return None
    return WorkingWeek(tuple((int(day), int(begin), int(end)) for day, begin, end in spans))


@lru_cache(maxsize=256)
def holidays_of(country: str, year: int) -> frozenset[dt.date]:
    """The public holidays from the year before to three years after; `country` is a code such as DE or US-CA.

    A code that the calendar package does not know has none: work must not stop because of it.
    """
    if not country:
        return frozenset()
    # The package takes a third of a second to load, and many organisations name no country.
    import holidays

    code, _, subdivision = country.partition("-")
    try:
        found = holidays.country_holidays(code, subdiv=subdivision or None, years=range(year - 1, year + 4))
    except NotImplementedError:
        return frozenset()
    return frozenset(found)


def _load_roster(org: int, members: Mapping[str, Member]) -> dict[str, RoleHolders]:
    holders: dict[int, list[str]] = {}
    for role, member in (
        models.RoleHolder.objects.filter(org_id=org).order_by("position", "id").values_list("role_id", "member_id")
    ):
        if str(member) in members:
            holders.setdefault(role, []).append(str(member))
    return {
        role.folded: RoleHolders(
            tuple(holders.get(role.pk, ())),
            str(role.backup_id) if str(role.backup_id) in members else "",
        )
        for role in models.Role.objects.filter(org_id=org)
    }


# --- one process ------------------------------------------------------------------------------


def _load_process(org: int, process: int, people: People) -> ProcessFacts:
    row = models.Document.objects.get(org_id=org, pk=process)
    roster = people.roster.get(" ".join(row.owner.split()).casefold(), RoleHolders(()))
    owners = roster.holders or ((roster.backup,) if roster.backup else ())
    return ProcessFacts(
        people=people,
        owner=owners[0] if owners else people.owner,
        owners=frozenset(owners),
        sops=_load_sops(org, row.slug),
        handoffs=_load_handoffs(org, process),
    )


def _load_sops(org: int, slug: str) -> dict[tuple[str, str], PublishedSop]:
    documents = models.Document.objects.select_related("published").filter(
        org_id=org, kind=Kind.SOP, status=Status.PUBLISHED, published__isnull=False, step__startswith=f"{slug}/"
    )
    found = {}
    for document in documents.order_by("-id"):
        assert document.published is not None
        value = parse(document.published.content, Kind.SOP, document.slug)
        assert isinstance(value, Sop)
        # The published text is what counts: the row may already describe something else.
        step = value.step.partition("/")[2]
        found[step, value.variation] = _published(document.published.pk, value)
    return found


def _published(version: int, sop: Sop) -> PublishedSop:
    asked = tuple((n, item.evidence.value) for n, item in enumerate(sop.checklist) if item.evidence != Evidence.NONE)
    return PublishedSop(version, len(sop.checklist), asked)


def _load_handoffs(org: int, process: int) -> dict[tuple[str, str], tuple[HandOffFact, ...]]:
    found: dict[tuple[str, str], tuple[HandOffFact, ...]] = {}
    for row in models.HandOff.objects.filter(org_id=org, process_id=process).order_by("id"):
        fact = HandOffFact(str(row.receiver_id), row.level, str(row.delegator_id), str(row.backup_id or ""), row.starts)
        key = (row.step, row.variation)
        found[key] = (*found.get(key, ()), fact)
    return found
