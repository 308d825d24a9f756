"""Runs through the store's door: start, every command, who may, and what the tables say afterwards."""

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from routebook.core.run import NEW_RUN, fold, unpack
from routebook.core.run import commands as c
from routebook.store import journal, models
from routebook.store.access import NotFound, Refused
from routebook.store.actions import runs
from routebook.store.queries import runs as queries
from routebook.store.verify import verify
from tests.world import FIELDS, World, build, publish_refund

Watch = Callable[[], AbstractContextManager[list[str]]]


def eligible(world: World) -> runs.Result:
    """A run that has come to the founder's approval."""
    run = world.start()
    world.complete("support", run.run, "request")
    return world.complete("support", run.run, "verify", "eligible")


def test_a_run_goes_from_start_to_end(world: World) -> None:
    run = world.start()
    assert (run.number, run.status) == (1, "running")
    world.complete("support", run.run, "request")
    world.complete("support", run.run, "verify", "eligible")
    world.complete("owner", run.run, "approve")
    world.complete("finance", run.run, "issue")
    last = world.complete("support", run.run, "confirm")
    assert last.status == "completed"
    row = models.Run.objects.get(pk=run.run)
    assert (row.status, row.seq, row.name) == ("completed", last.seq, "Paul Quint")
    assert row.ended_at is not None
    assert list(verify()) == []


def test_numbers_count_up_in_each_organisation(world: World) -> None:
    assert [world.start().number for _ in range(3)] == [1, 2, 3]


def test_a_run_is_found_by_its_number_too(world: World) -> None:
    run = world.start()
    assert world.do("support", run.number, c.CompleteTask(1)).run == run.run
    assert queries.get(world.actor("owner"), run.number).row.pk == run.run


def test_a_refusal_of_the_core_comes_through_and_writes_nothing(world: World) -> None:
    run = world.start()
    with pytest.raises(Refused) as refused:
        world.do("finance", run.run, c.CompleteTask(1))
    assert refused.value.refusal.code == "not_yours"
    assert models.Event.objects.filter(stream=f"run:{run.run}").count() == run.seq


def test_a_command_that_changes_nothing_writes_nothing(world: World) -> None:
    run = eligible(world)
    task = run.state.open_tasks()[0]
    begun = world.do("owner", run.run, c.StartTask(task.number))
    again = world.do("owner", run.run, c.StartTask(task.number))
    assert again.events == ()
    assert again.seq == begun.seq


class TestTheSameCommandTwice:
    def test_it_answers_with_the_first_result(self, world: World) -> None:
        run = world.start()
        actor, now = world.actor("support"), world.at()
        first = runs.command(actor, run.run, c.CompleteTask(1), command_id="twice", now=now)
        world.complete("support", run.run, "verify", "eligible")
        again = runs.command(actor, run.run, c.CompleteTask(1), command_id="twice", now=world.at())
        assert again.repeated
        assert (again.seq, again.events, again.state) == (first.seq, first.events, first.state)
        assert models.Event.objects.filter(command="twice").count() == len(first.events)

    def test_starting_too(self, world: World) -> None:
        actor, run_id = world.actor("support"), uuid.uuid4().hex
        given = {"run_id": run_id, "fields": FIELDS, "command_id": "begin"}
        first = runs.start(actor, world.process.pk, **given, now=world.at())
        again = runs.start(actor, world.process.pk, **given, now=world.at())
        assert again.repeated
        assert (again.number, again.state) == (first.number, first.state)
        assert models.Run.objects.count() == 1
        assert world.start().number == 2

    def test_another_command_for_a_started_run_is_refused(self, world: World) -> None:
        run = world.start()
        with pytest.raises(Refused) as refused:
            world.start(run_id=run.run)
        assert refused.value.refusal.code == "already_started"

    def test_somebody_elses_command_id_is_refused(self, world: World) -> None:
        run = world.start()
        runs.command(world.actor("support"), run.run, c.StartTask(1), command_id="mine", now=world.at())
        with pytest.raises(Refused) as refused:
            runs.command(world.actor("manager"), run.run, c.CompleteTask(1), command_id="mine", now=world.at())
        assert refused.value.refusal.code == "command_taken"


class TestTheTables:
    def test_tasks_show_what_the_record_says(self, world: World) -> None:
        run = world.start()
        world.do("support", run.run, c.StartTask(1))
        done = world.complete("support", run.run, "request")
        first, second = models.Task.objects.order_by("number")
        assert (first.status, first.done_by_id) == ("done", world.members["support"].pk)
        assert first.started_at is not None
        assert first.closed_at is not None
        assert (second.status, second.step, second.sop is not None) == ("open", "verify", True)
        assert second.due == done.state.tasks[2].due

    def test_a_block_and_its_end(self, world: World) -> None:
        run = world.start()
        world.do("support", run.run, c.BlockTask(1, "client", "waiting for the receipt"))
        world.do("manager", run.run, c.ChangeDue(1, world.at() + dt.timedelta(days=1), "the client asked"))
        task = models.Task.objects.get()
        assert (task.blocked_on, task.blocked_why) == ("client", "waiting for the receipt")
        assert task.blocked_at is not None
        world.do("support", run.run, c.UnblockTask(1))
        task.refresh_from_db()
        assert (task.blocked_on, task.blocked_why, task.blocked_at) == ("", "", None)

    def test_questions_and_answers(self, world: World) -> None:
        run = world.start()
        world.do("support", run.run, c.Ask(1, "Which inbox?"))
        question = models.Question.objects.get()
        assert (question.text, question.to_id, question.answer) == ("Which inbox?", world.members["manager"].pk, "")
        world.do("manager", run.run, c.Answer(1, 1, "The one for refunds."))
        question.refresh_from_db()
        assert (question.answer, question.answered_by_id) == ("The one for refunds.", world.members["manager"].pk)
        assert question.answered_at is not None

    def test_whoever_has_the_ball_gets_one_notice(self, world: World) -> None:
        run = eligible(world)
        notices = models.Outbox.objects.filter(kind="task.opened")
        assert [json.loads(notice.payload)["to"] for notice in notices] == [world.id("owner")]
        opened = models.Event.objects.get(stream=f"run:{run.run}", seq=run.seq)
        assert notices.get().key == f"{run.run}:{opened.seq}"
        assert opened.name == "task.opened"

    def test_a_person_sees_their_open_tasks_by_due_time(self, world: World) -> None:
        run = world.start()
        world.complete("support", run.run, "request")
        world.start()
        support = world.actor("support")
        assert [task.step for task in queries.tasks_of(support)] == ["verify", "request"]
        assert not queries.tasks_of(world.actor("guest"), world.members["support"].pk).exists()

    def test_the_record_names_who_and_when(self, world: World) -> None:
        run = world.start()
        record = queries.record(world.actor("owner"), run.run)
        assert [(line.seq, line.name, line.actor) for line in record] == [
            (1, "run.started", world.id("support")),
            (2, "task.opened", world.id("support")),
        ]


class TestWhoMay:
    @pytest.mark.parametrize("who", ["owner", "manager", "support", "agent"])
    def test_members_start_runs(self, world: World, who: str) -> None:
        assert world.start(who).status == "running"

    def test_a_guest_does_not(self, world: World) -> None:
        with pytest.raises(Refused) as refused:
            world.start("guest")
        assert refused.value.refusal.code == "forbidden"

    def test_a_guest_does_the_task_that_was_handed_over_and_sees_only_that_run(self, world: World) -> None:
        run, other = world.start(), world.start()
        world.do("support", run.run, c.HandOver(1, world.id("guest")))
        assert world.complete("guest", run.run, "request").status == "running"
        assert [row.pk for row in queries.visible(world.actor("guest"))] == [run.run]
        with pytest.raises(NotFound):
            world.do("guest", other.run, c.StartTask(1))

    def test_the_process_owner_manages_without_being_a_manager(self, world: World) -> None:
        models.RoleHolder.objects.filter(role__folded="head of support").update(member=world.members["finance"])
        journal.touch_facts(world.organisation.pk)
        run = world.start()
        assert world.do("finance", run.run, c.AssignTask(1, world.id("backup"))).state.tasks[1].assignee == world.id(
            "backup"
        )

    def test_access_is_what_it_is_now_not_when_the_request_began(self, world: World) -> None:
        run = world.start()
        manager = world.actor("manager")
        models.Member.objects.filter(pk=manager.member).update(access="assistant", active=True)
        models.RoleHolder.objects.filter(role__folded="head of support").update(member=world.members["owner"])
        journal.touch_facts(world.organisation.pk)
        with pytest.raises(Refused) as refused:
            runs.command(manager, run.run, c.Cancel("no longer wanted"), command_id="x", now=world.at())
        assert refused.value.refusal.code == "not_yours"
        models.Member.objects.filter(pk=manager.member).update(active=False)
        with pytest.raises(NotFound):
            runs.command(manager, run.run, c.Cancel("no longer wanted"), command_id="x", now=world.at())


class TestTwoOrganisations:
    """The outsider owns another organisation: to them, and from here to theirs, nothing exists."""

    def commands(self, world: World) -> list[c.Command]:
        to = world.id("support")
        return [
            c.AssignTask(1, to),
            c.StartTask(1),
            c.CompleteTask(1),
            c.SkipTask(1, "why"),
            c.TickItem(1, 0),
            c.AddEvidence(1, 0, "x"),
            c.PickVariation(1, "x"),
            c.HandOver(1, to),
            c.BlockTask(1, "client", "why"),
            c.UnblockTask(1),
            c.Ask(1, "why?"),
            c.Answer(1, 1, "so"),
            c.ChangeDue(1, world.at(), "why"),
            c.PassReview(1),
            c.FailReview(1, "why"),
            c.ReturnTo("request", "why"),
            c.Cancel("why"),
        ]

    def test_no_command_reaches_a_foreign_run(self, world: World) -> None:
        run = world.start()
        for command in self.commands(world):
            for name in (run.run, run.number):
                with pytest.raises(NotFound):
                    world.do("outsider", name, command)
        assert models.Event.objects.filter(stream=f"run:{run.run}").count() == run.seq

    @pytest.mark.parametrize("command", [c.AssignTask, c.HandOver])
    def test_no_task_goes_to_a_foreign_person(self, world: World, command: type[c.AssignTask]) -> None:
        run = world.start()
        with pytest.raises(Refused) as refused:
            world.do("manager", run.run, command(1, world.id("outsider")))
        assert refused.value.refusal.code == "no_access"

    def test_no_foreign_process_is_started(self, world: World) -> None:
        with pytest.raises(NotFound):
            world.start("outsider")

    def test_a_foreign_run_id_is_not_taken_over(self, world: World) -> None:
        run = world.start()
        theirs = publish_refund(world.members["outsider"])
        given = {"fields": FIELDS, "command_id": "x", "now": world.at()}
        with pytest.raises(NotFound):
            runs.start(world.actor("outsider"), theirs.pk, run_id=run.run, **given)
        assert runs.start(world.actor("outsider"), theirs.pk, run_id=uuid.uuid4().hex, **given).number == 1

    def test_no_query_shows_a_foreign_run(self, world: World) -> None:
        run = world.start()
        outsider = world.actor("outsider")
        assert not queries.visible(outsider).exists()
        assert not queries.tasks_of(outsider, world.members["support"].pk).exists()
        for read in (queries.get, queries.record):
            for name in (run.run, run.number):
                with pytest.raises(NotFound):
                    read(outsider, name)

    @pytest.mark.databases("postgresql")
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE store_task SET org_id = %s",
            "UPDATE store_event SET org_id = %s WHERE run_id IS NOT NULL",
            "UPDATE store_run SET org_id = %s",
        ],
    )
    def test_postgresql_itself_keeps_them_apart(self, world: World, statement: str) -> None:
        world.start()
        with connection.cursor() as cursor:
            cursor.execute(statement, [world.other.pk])
        with pytest.raises(IntegrityError):
            connection.check_constraints()


class TestBadInput:
    @pytest.mark.parametrize("run_id", ["", "12", "G" * 32, "a" * 33])
    def test_a_bad_run_id_is_refused(self, world: World, run_id: str) -> None:
        with pytest.raises(Refused) as refused:
            runs.start(
                world.actor("support"), world.process.pk, run_id=run_id, fields=FIELDS, command_id="x", now=world.at()
            )
        assert refused.value.refusal.code == "bad_run_id"

    @pytest.mark.parametrize("command_id", ["", "x" * 81, "a\nb"])
    def test_a_bad_command_id_is_refused(self, world: World, command_id: str) -> None:
        run = world.start()
        with pytest.raises(Refused) as refused:
            runs.command(world.actor("support"), run.run, c.StartTask(1), command_id=command_id, now=world.at())
        assert refused.value.refusal.code == "bad_command_id"

    @pytest.mark.parametrize("text", ["nothing\0here", "half \ud800 of a letter", "\\\0"])
    def test_text_that_no_database_keeps_is_refused(self, world: World, text: str) -> None:
        run = world.start()
        with pytest.raises(Refused) as refused:
            world.do("support", run.run, c.Ask(1, text))
        assert refused.value.refusal.code == "bad_text"

    @pytest.mark.parametrize("text", ["\\u0000 as text", "\\\\u0000", '“Ünïcödé” 🙂 \\ " \n\t', "%(run)s :run ? $1"])
    def test_any_other_text_comes_back_as_it_was(self, world: World, text: str) -> None:
        run = world.start()
        world.do("support", run.run, c.Ask(1, f"{text}!"))
        assert models.Question.objects.get().text == f"{text}!"
        assert list(verify()) == []


class TestFacts:
    """A decision never rests on facts from before the last change."""

    def test_a_new_role_holder_gets_the_next_task(self, world: World) -> None:
        run = world.start()
        models.RoleHolder.objects.filter(role__folded="support assistant").update(member=world.members["backup"])
        journal.touch_facts(world.organisation.pk)
        assert world.complete("support", run.run, "request").state.tasks[2].assignee == world.id("backup")

    def test_who_is_away_gives_way_to_the_backup(self, world: World) -> None:
        run = world.start()
        day = world.at().date()
        models.Away.objects.create(org=world.organisation, member=world.members["support"], first=day, last=day)
        journal.touch_facts(world.organisation.pk)
        assert world.complete("support", run.run, "request").state.tasks[2].assignee == world.id("backup")

    def test_facts_of_a_change_that_was_rolled_back_are_forgotten(self, world: World) -> None:
        run = world.start()
        with transaction.atomic():
            models.RoleHolder.objects.filter(role__folded="support assistant").update(member=world.members["backup"])
            journal.touch_facts(world.organisation.pk)
            assert world.complete("support", run.run, "request").state.tasks[2].assignee == world.id("backup")
            transaction.set_rollback(True)
        assert world.complete("support", run.run, "request").state.tasks[2].assignee == world.id("support")

    def test_a_run_keeps_the_version_that_it_started_on(self, world: World) -> None:
        run = world.start()
        version = models.Version.objects.get(pk=world.process.published_id)
        content = version.content.replace("Verify eligibility", "Check it")
        newer = models.Version.objects.create(
            org=world.organisation, document=world.process, number=2, content=content, content_hash="other"
        )
        models.Document.objects.filter(pk=world.process.pk).update(published=newer)
        journal.touch_facts(world.organisation.pk)
        world.complete("support", run.run, "request")
        assert models.Run.objects.get(pk=run.run).version_id == version.pk
        assert models.Run.objects.get(pk=world.start().run).version_id == newer.pk


def test_holidays_of_a_country_move_what_is_due(world: World) -> None:
    models.Organisation.objects.filter(pk=world.organisation.pk).update(holidays="DE", week=[[0, 540, 1020]])
    models.Member.objects.filter(pk=world.members["support"].pk).update(time_zone="Europe/Berlin")
    journal.touch_facts(world.organisation.pk)
    christmas_week = dt.datetime(2028, 12, 20, 9, 0, tzinfo=dt.UTC)
    run = world.start()
    done = runs.command(world.actor("support"), run.run, c.CompleteTask(1), command_id="x", now=christmas_week)
    due = done.state.tasks[2].due
    # Only Mondays are worked, and the next two are Christmas Day and New Year's Day.
    assert due is not None
    assert due.date() == dt.date(2029, 1, 8)


def test_every_snapshot_is_what_replaying_gives(world: World) -> None:
    """One run through most kinds of command; after each, the row equals the fold of the record."""
    world.hand_off("verify", "support", "supervised")
    run = world.start()
    support, manager, guest = "support", "manager", world.id("guest")
    for who, command in [
        (support, c.StartTask(1)),
        (support, c.Ask(1, "Which inbox?")),
        (manager, c.Answer(1, 1, "The first.")),
        (support, c.BlockTask(1, "client", "no receipt")),
        (support, c.UnblockTask(1)),
        (support, c.CompleteTask(1)),
        (support, c.TickItem(2, 0)),
        (support, c.CompleteTask(2, "eligible")),
        (manager, c.FailReview(3, "The order date is missing.")),
        (support, c.CompleteTask(2, "eligible")),
        (manager, c.PassReview(4)),
        ("owner", c.HandOver(5, guest, "please")),
        ("guest", c.CompleteTask(5)),
        ("finance", c.TickItem(6, 1)),
        ("finance", c.AddEvidence(6, 2, "re_1")),
        ("finance", c.ReturnTo("approve", "the amount is wrong")),
        (manager, c.AssignTask(7, world.id("backup"))),
        (manager, c.Cancel("the customer changed their mind")),
    ]:
        world.do(who, run.run, command)
        row = models.Run.objects.get(pk=run.run)
        record = queries.record(world.actor("owner"), run.run)
        assert unpack(row.snapshot) == fold(NEW_RUN, [line.event for line in record if line.event is not None])
        assert (row.seq, row.head) == (record[-1].seq, record[-1].hash)
    assert list(verify()) == []


def test_it_joins_a_transaction_and_goes_with_it(world: World) -> None:
    run = world.start()
    with transaction.atomic():
        world.complete("support", run.run, "request")
        transaction.set_rollback(True)
    assert models.Run.objects.get(pk=run.run).seq == run.seq
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_a_completion_costs_one_read_and_one_write_of_each_row(database: str, statements: Watch) -> None:
    world = build()
    world.complete("support", world.start().run, "request")
    run = world.start()
    world.complete("support", run.run, "request")
    with statements() as seen:
        world.do("support", run.run, c.CompleteTask(2, "eligible"))
    if database == "postgresql":
        assert seen == ["read_run", "continue_run"]
        return
    assert [f"{line.split()[0]} {table(line)}".strip() for line in seen] == [
        "BEGIN",
        "SELECT store_run",
        "UPDATE store_run",
        *["INSERT store_event"] * 2,  # completed, opened
        "UPDATE store_task",  # the done one
        "INSERT store_task",  # the open one
        "INSERT store_outbox",
        "COMMIT",
    ]


@pytest.mark.databases("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_plan_made_for_small_tables_uses_their_indexes() -> None:
    """PostgreSQL keeps a plan for as long as a connection lives, however much the tables grow."""
    world = build()
    run = world.start()
    world.complete("support", run.run, "request")
    world.do("support", run.run, c.BlockTask(2, "vendor", "no answer"))
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute("SELECT name, array_length(parameter_types, 1) FROM pg_prepared_statements")
        plans = {}
        for name, count in cursor.fetchall():
            cursor.execute(f'EXPLAIN EXECUTE "{name}" ({", ".join(["NULL"] * count)})')
            plans[name.partition("/")[0]] = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET plan_cache_mode")
    assert set(plans) == {"read_process", "start_run", "read_run", "continue_run", "change_run"}
    for plan in plans.values():
        assert re.findall(r"Seq Scan on store_(?:run|task|event|question)", plan) == []


def table(sql: str) -> str:
    """The table that a statement is about: the last one that it reads from, or the one that it writes to."""
    found = re.search(r"(?:UPDATE|INTO) (store_\w+)", sql) or re.search(r".*FROM (store_\w+)", sql)
    return found[1] if found else ""


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Watch what reaches the driver: SQL on SQLite, names of prepared statements on PostgreSQL."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            connection.connection.set_trace_callback(seen.append)
            yield seen
            connection.connection.set_trace_callback(None)
            return
        from routebook.store import prepared

        real = prepared.execute
        monkeypatch.setattr(
            prepared, "execute", lambda raw, name, *rest: (seen.append(name), real(raw, name, *rest))[1]
        )
        with connection.execute_wrapper(lambda run, sql, *rest: (seen.append(sql), run(sql, *rest))[1]):
            yield seen

    return watch
