"""The journal's contract, on both databases: append, chain, repeat, conflict, erase, verify."""

import datetime as dt
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from routebook.core.audit import DocumentCreated, DocumentRetired
from routebook.core.run import commands as c
from routebook.store import journal, models
from routebook.store.queries import runs as queries
from routebook.store.verify import verify
from tests.world import NOW, World

CREATED = DocumentCreated("sop", "a-sop", "A title")
RETIRED = DocumentRetired("nobody needs it")


def append(world: World, expected: int = 0, command: str = "first", **given: object) -> journal.Appended:
    values = {"stream": "thing:1", "events": (CREATED, RETIRED), "actor": "7", "at": NOW} | given
    return journal.append(world.organisation.pk, expected_seq=expected, command_id=command, **values)  # type: ignore[arg-type]


def test_events_become_numbered_lines(world: World) -> None:
    appended = append(world)
    lines = models.Event.objects.filter(stream="thing:1").order_by("seq")
    assert [(line.seq, line.name, line.n, line.actor) for line in lines] == [
        (1, "document.created", 0, "7"),
        (2, "document.retired", 1, "7"),
    ]
    assert (appended.seq, appended.head, appended.repeated) == (2, lines[1].hash, False)


def test_the_hash_is_as_documented(world: World) -> None:
    append(world)
    first, second = models.Event.objects.filter(stream="thing:1").order_by("seq")
    at = "2026-11-23T09:00:00.000000+00:00"
    digest = sha256(bytes.fromhex(second.salt) + second.payload.encode()).hexdigest()
    text = f"{first.hash}\nthing:1\n2\ndocument.retired\n1\n7\n{at}\n{digest}"
    assert second.hash == sha256(text.encode()).hexdigest()


def test_each_line_has_a_salt_of_its_own(world: World) -> None:
    append(world, events=(RETIRED, RETIRED))
    salts = set(models.Event.objects.filter(stream="thing:1").values_list("salt", "digest"))
    assert len(salts) == 2


def test_the_same_command_appends_once(world: World) -> None:
    first = append(world)
    again = append(world, events=(RETIRED,))
    assert again.repeated
    assert (again.seq, again.head, again.events) == (first.seq, first.head, (CREATED, RETIRED))
    assert models.Event.objects.filter(stream="thing:1").count() == 2


def test_a_stream_that_has_moved_on_is_a_conflict(world: World) -> None:
    append(world)
    with pytest.raises(journal.Conflict):
        append(world, expected=1, command="second")
    assert append(world, expected=2, command="second").seq == 4


def test_streams_and_organisations_are_apart(world: World) -> None:
    append(world)
    assert append(world, stream="thing:2").seq == 2
    elsewhere = journal.append(world.other.pk, "thing:1", 0, (CREATED,), "9", NOW, "first")
    assert (elsewhere.seq, elsewhere.repeated) == (1, False)


def test_no_events_append_nothing(world: World) -> None:
    assert append(world, events=()).seq == 0
    assert not models.Event.objects.filter(stream="thing:1").exists()


@pytest.mark.parametrize("given", [{"actor": ""}, {"actor": "a\nb"}, {"stream": "a\nb"}, {"command": "x" * 81}])
def test_names_that_would_be_ambiguous_are_refused(world: World, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"ids without line feeds|characters"):
        append(world, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["seq", "command"])
def test_the_database_itself_refuses_a_second_line(world: World, field: str) -> None:
    append(world)
    line = models.Event.objects.filter(stream="thing:1").order_by("seq")[0]
    line.pk = None
    if field == "seq":
        line.command = "other"
    else:
        line.seq = 9
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save()


class TestErasing:
    def test_a_persons_contents_go_and_the_chain_holds(self, world: World) -> None:
        run = world.start()
        world.do("support", run.run, c.Ask(1, "What is Paul Quint's number?"))
        world.do("manager", run.run, c.Answer(1, 1, "On the card."))
        emptied = journal.erase(world.organisation.pk, world.members["support"].pk)
        assert emptied == 3
        left = models.Event.objects.filter(stream=f"run:{run.run}").order_by("seq")
        assert [bool(line.payload) for line in left] == [False, False, False, True]
        assert not any("Quint" in line.payload for line in left)
        assert list(verify()) == []
        assert [line.event is None for line in queries.record(world.actor("owner"), run.run)] == [
            True,
            True,
            True,
            False,
        ]

    def test_the_run_goes_on_afterwards(self, world: World) -> None:
        run = world.start()
        journal.erase(world.organisation.pk, world.members["support"].pk)
        assert world.complete("support", run.run, "request").status == "running"
        assert list(verify()) == []

    def test_others_keep_theirs(self, world: World) -> None:
        append(world)
        assert journal.erase(world.other.pk, 7) == 0
        assert journal.erase(world.organisation.pk, 8) == 0


class TestVerifying:
    """Whatever is changed behind the journal's back is found, and named by its line."""

    def sentences(self) -> list[str]:
        return [f"{problem.stream.partition(':')[0]} {problem.seq} {problem.sentence}" for problem in verify()]

    def line(self, run: str, seq: int = 2) -> QuerySet[models.Event]:
        return models.Event.objects.filter(stream=f"run:{run}", seq=seq)

    def test_changed_contents(self, world: World) -> None:
        run = world.start()
        line = self.line(run.run).get()
        self.line(run.run).update(payload=line.payload.replace("request", "verify"))
        assert "run 2 Its contents are not what was written." in self.sentences()

    @pytest.mark.parametrize(
        "change", [{"actor": "1"}, {"at": NOW - dt.timedelta(days=1)}, {"name": "x"}, {"digest": "0" * 64}]
    )
    def test_a_changed_envelope(self, world: World, change: dict[str, object]) -> None:
        run = world.start()
        self.line(run.run).update(**change)
        assert "run 2 Its hash does not follow from the line before and its own contents." in self.sentences()

    def test_a_missing_line(self, world: World) -> None:
        run = world.start()
        self.line(run.run, 1).delete()
        assert "run 2 Lines 1 to 1 are missing." in self.sentences()

    def test_a_missing_end(self, world: World) -> None:
        run = world.start()
        self.line(run.run, 2).delete()
        assert "run 1 The record ends here, but 2 lines were written." in self.sentences()

    def test_a_record_that_is_gone(self, world: World) -> None:
        run = world.start()
        models.Event.objects.filter(run_id=run.run).delete()
        assert self.sentences() == ["run 0 The run has no record at all."]

    def test_a_changed_snapshot(self, world: World) -> None:
        run = world.start()
        row = models.Run.objects.get(pk=run.run)
        models.Run.objects.filter(pk=run.run).update(snapshot=row.snapshot.replace("Paul", "Saul"))
        assert self.sentences() == ["run 0 Replaying the record does not give the state that the run is in."]

    def test_a_changed_task_list(self, world: World) -> None:
        world.start()
        models.Task.objects.update(assignee=world.members["guest"])
        assert self.sentences() == ["run 0 The task list shows task 1 otherwise than the record."]

    def test_only_the_run_that_was_asked_for(self, world: World) -> None:
        first, second = world.start(), world.start()
        self.line(second.run, 2).delete()
        assert list(verify(run=first.number)) == []
        assert len(list(verify(run=second.number))) > 0
        assert list(verify(org=world.other.pk)) == []
