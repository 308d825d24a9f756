"""The journal: append-only streams of events, each line chained to the one before it.

A stream is named by what it is about: ``run:<id>``, ``handoff:<id>``, ``document:<id>``, ``member:<id>``,
``organisation:<id>``. Its lines are numbered 1, 2, 3, … The hash of a line is

    digest = sha256(salt ‖ payload)
    hash   = sha256(prev ‖ stream ‖ seq ‖ name ‖ version ‖ actor ‖ at ‖ digest)

in hex. The parts of `hash` are joined by line feeds, which none of them can hold; `prev` is the hash of the
line before ("" for the first), `at` is UTC with microseconds (``2026-11-22T09:30:00.000000+00:00``). `salt` is
16 random bytes kept as hex, `payload` the exact JSON text that is stored. Because only the digest goes into the
chain, a person's salt and payload can be erased and the chain still verifies; without the salt nobody can guess
what was erased.

Runs have a path of their own for speed (`store.actions.runs`); it writes the same lines by `lines_of`.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q

from routebook.core.events import Event as CoreEvent
from routebook.core.events import decode, encode, type_of
from routebook.store.models import Event, Organisation

SALT_BYTES = 16
LONGEST_COMMAND = 80


class Conflict(Exception):
    """Somebody else appended to the stream first. Load again, decide again, append again."""


class Line(NamedTuple):
    """One line of a stream, as it is stored."""

    stream: str
    seq: int
    name: str
    version: int
    actor: str
    at: dt.datetime
    command: str
    n: int
    salt: str
    payload: str
    digest: str
    hash: str


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a stream stands after a command: its last number and hash. `events` are the command's own;
    `repeated` says that an earlier call had already written them."""

    seq: int
    head: str
    events: tuple[CoreEvent, ...]
    repeated: bool = False


def digest_of(salt: str, payload: str) -> str:
    """What of a payload goes into the chain."""
    return sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def moment_of(at: dt.datetime) -> str:
    """A time as the chain spells it."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def hash_of(prev: str, stream: str, seq: int, name: str, version: int, actor: str, moment: str, digest: str) -> str:
    """The hash of a line whose predecessor's hash is `prev`."""
    return sha256(f"{prev}\n{stream}\n{seq}\n{name}\n{version}\n{actor}\n{moment}\n{digest}".encode()).hexdigest()


def lines_of(
    stream: str, seq: int, head: str, events: Sequence[CoreEvent], actor: str, at: dt.datetime, command_id: str
) -> tuple[Line, ...]:
    """The lines that `events` add to a stream that ends with number `seq` and hash `head`.

    `actor` and `stream` are ids that hold no line feed. Each line gets a fresh salt.
    """
    salts = os.urandom(SALT_BYTES * len(events)).hex()
    width = 2 * SALT_BYTES
    moment = moment_of(at)
    lines = []
    for n, event in enumerate(events):
        kind = type_of(event)
        name, version = kind.name, kind.version
        salt = salts[n * width : (n + 1) * width]
        payload = encode(event)
        digest = digest_of(salt, payload)
        seq += 1
        head = hash_of(head, stream, seq, name, version, actor, moment, digest)
        lines.append(Line(stream, seq, name, version, actor, at, command_id, n, salt, payload, digest, head))
    return tuple(lines)


def append(
    org: int,
    stream: str,
    expected_seq: int,
    events: Sequence[CoreEvent],
    actor: str,
    at: dt.datetime,
    command_id: str,
) -> Appended:
    """Append a command's events to a stream that rows are kept beside (all but runs).

    Call it inside the action's transaction, so that rows and record change together. The same `command_id` a
    second time appends nothing and returns the first result. Raises `Conflict` where the stream does not end
    at `expected_seq`.
    """
    check_names(stream, actor, command_id)
    with transaction.atomic():
        first = _written(org, stream, command_id)
        if first is not None:
            return first
        last = Event.objects.filter(org_id=org, stream=stream).order_by("-seq").values_list("seq", "hash").first()
        seq, head = last or (0, "")
        if seq != expected_seq:
            raise Conflict(f"{stream} ends at {seq}, not at {expected_seq}")
        lines = lines_of(stream, seq, head, events, actor, at, command_id)
        _store(org, lines)
    return Appended(lines[-1].seq, lines[-1].hash, tuple(events)) if lines else Appended(seq, head, ())


def check_names(stream: str, actor: str, command_id: str) -> None:
    """Raise ValueError for names that would make the hashed text ambiguous, or that don't fit their column."""
    if "\n" in stream or "\n" in actor or not actor:
        raise ValueError("a stream and an actor are named by ids without line feeds")
    if not 0 < len(command_id) <= LONGEST_COMMAND:
        raise ValueError(f"a command's id has 1 to {LONGEST_COMMAND} characters")


def _written(org: int, stream: str, command_id: str) -> Appended | None:
    lines = Event.objects.filter(org_id=org, stream=stream, command=command_id)
    # Only a command's first line is found by its id; the others follow it.
    first = lines.filter(n=0).values_list("seq", flat=True).first()
    if first is None:
        return None
    rows = list(lines.filter(seq__gte=first).order_by("seq").values_list("seq", "hash", "name", "version", "payload"))
    events = tuple(decode(name, version, payload) for _, _, name, version, payload in rows if payload)
    return Appended(rows[-1][0], rows[-1][1], events, repeated=True)


def _store(org: int, lines: Iterable[Line]) -> None:
    rows = [
        Event(
            org_id=org,
            stream=line.stream,
            seq=line.seq,
            name=line.name,
            version=line.version,
            actor=line.actor,
            at=line.at,
            command=line.command,
            n=line.n,
            salt=line.salt,
            payload=line.payload,
            digest=line.digest,
            hash=line.hash,
        )
        for line in lines
    ]
    try:
        # A block of its own: after a lost race the caller's transaction is still good for a second try.
        with transaction.atomic():
            Event.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Conflict("another writer appended to this stream at the same moment") from error


def touch_facts(org: int) -> None:
    """Say that something changed which the decisions of runs depend on: people, roles, away, published
    processes and SOPs, hand-offs. Call it after the change, in the same transaction.

    The number is drawn, not counted: a count that was rolled back would come again with other facts behind it.
    """
    Organisation.objects.filter(pk=org).update(facts=random.getrandbits(62))


def erase(org: int, member: int) -> int:
    """Empty what the record says of one person: the contents of all events that they caused, and of those
    about them. Returns how many were emptied. Who did something and when stays, by the opaque id.

    Runs that they worked in can't be replayed afterwards; their chain still verifies.
    """
    theirs = Q(actor=str(member)) | Q(stream=f"member:{member}")
    return Event.objects.filter(theirs, org_id=org).exclude(salt="").update(salt="", payload="")
