"""What the first start loads: the sample's people at work, by the same actions as any door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sample import write_history

NOW = dt.datetime(2026, 11, 24, 12, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def sample(database: str, django_db_blocker: Any) -> Iterator[None]:
    """The sample, loaded once for this module and taken back afterwards."""
    from django.db import connection, transaction

    from routebook.store.sample import load

    with django_db_blocker.unblock():
        connection.ensure_connection()
        with transaction.atomic():
            load(NOW)
            yield
            transaction.set_rollback(True)


def actor(key: str) -> Any:
    from routebook.store.access import actor_of
    from routebook.store.models import Member

    return actor_of(Member.objects.select_related("org").get(org__sample=True, key=key))


def test_the_file_is_what_the_script_writes() -> None:
    assert write_history.FILE.read_text(encoding="utf-8") == write_history.text()


@pytest.mark.django_db
def test_everybody_is_there_and_nobody_can_sign_in_by_password(sample: None) -> None:
    from routebook.store.models import Member, Organisation

    assert Organisation.objects.get().sample
    members = Member.objects.select_related("user").order_by("id")
    assert [member.key for member in members] == ["mei", "priya", "ana", "jon", "farah"]
    assert [member.access for member in members] == ["owner", "manager", "assistant", "assistant", "assistant"]
    assert not any(member.user and member.user.has_usable_password() for member in members)


@pytest.mark.django_db
def test_run_482_is_in_the_middle_of_its_journey(sample: None) -> None:
    from routebook.store.queries import runs

    found = runs.get(actor("jon"), 482)
    assert (found.row.process.slug, found.state.fields["amount"], found.row.status) == (
        "refund-a-customer",
        "120.00",
        "running",
    )
    tasks = [(task.step, task.status.value, task.outcome) for task in found.state.tasks.values()]
    assert tasks == [
        ("request", "done", ""),
        ("verify", "done", "eligible"),
        ("approve", "done", ""),
        ("issue", "open", ""),
    ]
    assert found.state.tasks[4].assignee == actor("jon").id
    done = [line for line in runs.record(actor("jon"), 482) if line.name in ("task.completed", "task.opened")]
    assert [line.actor for line in done if line.name == "task.completed"] == [
        actor("ana").id,
        actor("ana").id,
        actor("mei").id,
    ]
    assert [line.at for line in done] == sorted(line.at for line in done)


@pytest.mark.django_db
def test_there_is_a_history_to_look_at(sample: None) -> None:
    from routebook.store.models import Event, Organisation, Question, Run, StepDecision, StepScore, Task

    assert Run.objects.count() == 42
    assert Run.objects.filter(status="completed").count() == 35
    assert Run.objects.filter(status="running", due__lt=NOW).exists(), "one is late"
    assert Task.objects.filter(status="open", blocked_on="client").count() == 1
    assert Question.objects.filter(answered_at__isnull=False).count() >= 5
    assert Question.objects.filter(answered_at__isnull=True).count() == 1
    assert Event.objects.filter(name="review.failed").count() == 5
    assert StepScore.objects.count() == 15
    assert StepDecision.objects.count() == 7
    assert Organisation.objects.get().next_run == 484
    assert not Event.objects.filter(at__gte=NOW).exists(), "nothing is yet to come"


@pytest.mark.django_db
def test_hand_offs_stand_at_every_level(sample: None) -> None:
    from routebook.store.models import HandOff

    rows = HandOff.objects.values_list("step", "variation", "receiver__key", "level")
    assert set(rows) == {
        ("issue", "", "jon", "owned"),
        ("verify", "", "ana", "owned"),
        ("decline", "", "ana", "supervised"),
        ("prepare", "plain", "farah", "owned"),
        ("prepare", "video", "farah", "supervised"),
        ("prepare", "sponsored", "farah", "practice"),
        ("build", "", "farah", "supervised"),
        ("test", "", "farah", "accepted"),
        ("track", "", "farah", "prepared"),
        ("track", "", "jon", "returned"),
    }


@pytest.mark.django_db
def test_no_map_was_changed_on_the_way(sample: None) -> None:
    from routebook.store.models import Draft

    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_everybody_worked_in_their_own_hours(sample: None) -> None:
    """What somebody completed, they completed between the first and the last minute of their day."""
    from zoneinfo import ZoneInfo

    from routebook.store.models import Event, Member

    zones = {str(row.pk): ZoneInfo(row.time_zone or "Asia/Singapore") for row in Member.objects.all()}
    for line in Event.objects.filter(name="task.completed"):
        at = line.at.astimezone(zones[line.actor])
        assert at.weekday() < 5, line.stream
        assert dt.time(8) <= at.time() <= dt.time(18), (line.stream, at)


@pytest.mark.django_db
def test_a_second_start_loads_nothing(sample: None, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from routebook.cli.serve import first_start
    from routebook.store.models import Organisation

    first_start(tmp_path, empty=False)
    assert Organisation.objects.count() == 1
    assert capsys.readouterr().out == ""


@pytest.mark.django_db
@pytest.mark.parametrize("on_loopback", [True, False])
def test_the_shell_says_how_to_sign_in(sample: None, settings: Any, on_loopback: bool) -> None:
    from routebook.store.sample import sign_in_lines

    settings.SERVING_ON_LOOPBACK = on_loopback
    said = "\n".join(sign_in_lines("http://127.0.0.1:8000"))
    assert all(email in said for email in ("mei@example.com", "farah@example.com"))
    assert ("http://127.0.0.1:8000/sign-in/" in said) is on_loopback
    assert ("routebook user password" in said) is not on_loopback


@pytest.mark.django_db
def test_every_record_holds(sample: None) -> None:
    from routebook.store.models import Run
    from routebook.store.queries import records

    mei = actor("mei")
    assert all(records.read(mei, run).holds for run in Run.objects.order_by("number"))
