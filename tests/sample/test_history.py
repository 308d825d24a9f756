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

    assert Run.objects.count() == 103
    assert Run.objects.filter(status="completed").count() == 96
    assert Run.objects.filter(status="running", due__lt=NOW).exists(), "one is late"
    assert Task.objects.filter(status="open", blocked_on="client").count() == 1
    assert Question.objects.filter(answered_at__isnull=False).count() >= 10
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
        ("prepare", "plain", "jon", "returned"),
        ("prepare", "plain", "farah", "owned"),
        ("prepare", "video", "farah", "supervised"),
        ("prepare", "sponsored", "farah", "practice"),
        ("build", "", "farah", "supervised"),
        ("test", "", "farah", "accepted"),
        ("track", "", "farah", "prepared"),
        ("track", "", "jon", "returned"),
    }


@pytest.mark.django_db
def test_more_hours_come_back_every_other_month(sample: None) -> None:
    """From nothing in June to half a week in October, and as often as the scores say."""
    from routebook.store.queries import ledger

    first, today = dt.date(2026, 6, 1), NOW.date()
    lines = ledger.lines(actor("mei"), first, NOW)
    hours = [month.hours for _, month in ledger.by_month(lines, first, today)]
    june, july, august, september, october, _ = hours
    assert june <= 0 < july < august < september < october
    assert october > 3 * august
    assert all(line.person != "Mei Tan" for line in lines), "nobody gives hours back to themselves"
    promised = [month.planned for _, month in ledger.by_month(lines, first, today)]
    assert all(real < plan for real, plan in zip(hours[1:], promised[1:], strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize(("process", "a_month"), [("refund-a-customer", 9), ("publish-a-social-post", 7)])
def test_there_are_as_many_runs_as_the_scores_say(sample: None, process: str, a_month: int) -> None:
    from routebook.store.models import Run

    for days in (150, 120, 90, 60, 30):
        end = NOW - dt.timedelta(days=days - 30)
        runs = Run.objects.filter(
            process__slug=process, started_at__gt=end - dt.timedelta(days=30), started_at__lte=end
        )
        assert abs(runs.count() - a_month) <= 2, days


@pytest.mark.django_db
def test_a_step_came_back_and_somebody_else_took_it_up(sample: None) -> None:
    from routebook.core.handoff.bounce import Way
    from routebook.store.queries import bounces

    plain = [row for row in bounces.came_back(actor("mei"), now=NOW) if row.view.row.variation == "plain"]
    [bounce] = plain[0].record.bounces
    assert (bounce.way, len(bounce.options)) == (Way.GIVEN_BACK, 3)
    assert bounce.proposal.startswith("The third.")
    assert plain[0].record.going_on, "Farah has it now"


@pytest.mark.django_db
def test_levels_went_up_and_down(sample: None) -> None:
    """A failed review took the refunds back to practice, a major change of an SOP took an owned step back for a run."""
    from routebook.store.models import Event, HandOff

    def turns(step: str) -> list[str]:
        row = HandOff.objects.get(step=step, level="owned", variation="")
        names = Event.objects.filter(stream=f"handoff:{row.pk}").order_by("id").values_list("name", flat=True)
        kept = ("handoff.promoted", "handoff.stepped_back", "handoff.sop_changed", "handoff.resumed")
        return [name.removeprefix("handoff.") for name in names if name in kept]

    assert turns("issue") == ["promoted", "stepped_back", "promoted", "promoted"]
    assert turns("verify") == ["promoted", "promoted", "sop_changed", "resumed"]


@pytest.mark.django_db
def test_the_texts_are_todays_and_the_earlier_ones_are_kept(sample: None) -> None:
    from routebook import sample_folder
    from routebook.core.document import Kind, Sop
    from routebook.store.models import Version
    from routebook.store.parsing import document_of
    from routebook.store.sample import read_folder

    texts = {one.slug: one for one in read_folder(sample_folder()).library.documents if isinstance(one, Sop)}
    published = [row for row in Version.objects.select_related("document") if row.pk == row.document.published_id]
    sops = {row.document.slug: row for row in published if row.document.kind == Kind.SOP}
    assert {slug: document_of(row, Kind.SOP, slug) for slug, row in sops.items()} == texts
    numbers = {slug: row.number for slug, row in sops.items() if row.number > 1}
    assert numbers == {"verify-a-refund": 2, "prepare-a-video-post": 2}


@pytest.mark.django_db
def test_old_documents_wait_on_the_pile(sample: None) -> None:
    from routebook.store.models import PileItem

    found = dict(PileItem.objects.values_list("path", "kind"))
    assert found == {
        "Clients/Onboarding (all).md": "mixed",
        "Finance/monthly numbers.md": "procedure",
        "notes 12-10.md": "other",
    }
    assert not PileItem.objects.exclude(accepted_at=None).exists()


@pytest.mark.django_db
def test_while_somebody_was_away_the_backup_did_their_tasks(sample: None) -> None:
    from routebook.store.models import Away, Task

    past = Away.objects.filter(last__lt=NOW.date())
    assert sorted(past.values_list("member__key", flat=True)) == ["ana", "jon"]
    assert Away.objects.filter(first__gt=NOW.date()).count() == 1
    stood_in = Task.objects.filter(status="done", step__in=("verify", "issue"), done_by__key__in=("priya", "farah"))
    assert stood_in.count() >= 2


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
