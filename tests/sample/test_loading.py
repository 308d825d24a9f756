"""Loading the sample: into an empty database, at any moment, the same way each time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

NOW = dt.datetime(2026, 11, 24, 12, 30, tzinfo=dt.UTC)
OTHER_DAYS = ("2026-11-22T21:40", "2026-12-28T03:00", "2027-02-10T15:00", "2027-07-07T09:30")


@pytest.mark.django_db
def test_an_empty_installation_gets_its_one_time_link() -> None:
    from routebook.store.actions.organisations import setup_link_holds
    from routebook.store.sample import sign_in_lines

    link = sign_in_lines("http://127.0.0.1:8000")[-1].strip()
    assert link.startswith("http://127.0.0.1:8000/setup/")
    assert setup_link_holds(link.split("/")[-2])


@pytest.mark.django_db
@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("now", OTHER_DAYS)
def test_it_looks_alive_on_any_day(now: str) -> None:
    from routebook.store.access import actor_of
    from routebook.store.models import Member, Run
    from routebook.store.queries import runs
    from routebook.store.sample import load

    load(dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC))
    assert Run.objects.filter(status="running").count() == 7
    founder = actor_of(Member.objects.select_related("org").get(key="mei"))
    steps = [runs.get(founder, n).state.open_tasks()[-1].step for n in range(478, 484)]
    assert steps == ["verify", "prepare", "prepare", "approve", "issue", "verify"]


@pytest.mark.django_db
@pytest.mark.databases("sqlite")
def test_the_same_moment_gives_the_same_history() -> None:
    from django.db import transaction

    from routebook.store.models import Event
    from routebook.store.sample import load

    def told() -> list[tuple[Any, ...]]:
        with transaction.atomic():
            load(NOW)
            lines = list(Event.objects.filter(run__isnull=False).order_by("id").values_list("name", "at", "command"))
            transaction.set_rollback(True)
        return lines

    assert told() == told()
