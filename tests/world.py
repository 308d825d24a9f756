"""The cast that every door's tests share: invented people of two organisations, and one published process.

    world.actor("owner")      the founder            Fern Adler
    world.actor("manager")    runs the operations    Milo Brandt
    world.actor("support")    an assistant           Suri Castell, Support assistant
    world.actor("finance")    an assistant           Tove Dahl, Finance assistant
    world.actor("backup")     an assistant           Bram Eriksen, stands in for both
    world.actor("guest")      a client               Gil Fontana
    world.actor("agent")      an AI agent            Ada
    world.actor("outsider")   owns the other organisation; no business of hers here

The process is *Refund a customer*: request → verify → (approve → issue → confirm | decline), with SOPs for
verify, decline and issue; issue asks for a tick and a text.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from routebook.core.run import commands
    from routebook.store.access import Actor
    from routebook.store.actions.runs import Result
    from routebook.store.models import Document, Member, Organisation

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
"""A Monday morning; tests move on from here by themselves."""

PASSWORD = "sesame opens nothing here"
FIELDS = {"customer": "Paul Quint", "amount": "120.00"}

CAST = (
    ("owner", "Fern Adler", "owner", "Europe/Berlin"),
    ("manager", "Milo Brandt", "manager", "Europe/Berlin"),
    ("support", "Suri Castell", "assistant", "Asia/Manila"),
    ("finance", "Tove Dahl", "assistant", "Europe/Berlin"),
    ("backup", "Bram Eriksen", "assistant", "Europe/Berlin"),
    ("guest", "Gil Fontana", "guest", "Europe/Berlin"),
    ("agent", "Ada", "agent", "Europe/Berlin"),
)
ROLES = (
    ("Head of Support", "manager", ""),
    ("Founder", "owner", ""),
    ("Support assistant", "support", "backup"),
    ("Finance assistant", "finance", "backup"),
)

REFUND = """\
---
kind: process
title: Refund a customer
owner: Head of Support
trigger: refund request
result: closed ticket
target: {within: 1 working day}
form:
  - {field: customer, type: text, required: true}
  - {field: amount, type: money, required: true}
steps:
  - {id: request, title: Request received, role: Support assistant, takes: refund request, gives: refund ticket, handling: delegate, document: {none: one line in the inbox}}
  - id: verify
    title: Verify eligibility
    role: Support assistant
    takes: refund ticket
    gives: decision
    handling: delegate
    due: 4 working hours
    then:
      - {when: eligible, go: approve}
      - {when: not eligible, go: decline}
  - {id: decline, title: Decline and explain, role: Support assistant, takes: decision, gives: closed ticket, handling: delegate, then: end}
  - {id: approve, title: Approve, role: Founder, takes: decision, gives: approval, handling: keep, why: spends money}
  - {id: issue, title: Issue the refund, role: Finance assistant, takes: approval, gives: payment reference, handling: delegate}
  - {id: confirm, title: Confirm and log, role: Support assistant, takes: payment reference, gives: closed ticket, handling: automate}
---
"""
VERIFY = """\
---
kind: sop
title: Verify that a refund is due
owner: Head of Support
step: refund-a-customer/verify
role: Support assistant
objective: The decision follows the policy
minutes: 5
quality_bar: [The order date stands in the ticket]
---
## Checklist
1. Find the order by the customer's name
2. Compare the order date with the policy
"""
DECLINE = """\
---
kind: sop
title: Decline a refund kindly
owner: Head of Support
step: refund-a-customer/decline
role: Support assistant
objective: The customer knows why, and what they can do instead
minutes: 8
quality_bar: [The mail names the rule and one alternative]
---
## Checklist
1. Write the mail from the template
2. Send it and close the ticket
"""
ISSUE = """\
---
kind: sop
title: Issue a refund in Stripe
owner: Head of Support
step: refund-a-customer/issue
role: Finance assistant
objective: The customer has the money, to the cent
minutes: 6
quality_bar: ["The amount equals the approved amount, to the cent"]
---
## Checklist
1. Open the payment from the ticket
2. Refund the approved amount (evidence: tick)
3. Copy the refund reference here (evidence: text)
"""
LIBRARY = {
    "processes/refund-a-customer.md": REFUND,
    "sops/verify-that-a-refund-is-due.md": VERIFY,
    "sops/decline-a-refund-kindly.md": DECLINE,
    "sops/issue-a-refund-in-stripe.md": ISSUE,
}


@dataclass
class World:
    """Two organisations and everybody in them. Each call of `at` is a minute later than the one before."""

    organisation: Organisation
    other: Organisation
    members: dict[str, Member]
    process: Document
    minutes: int = 0
    last_command: int = field(default=0)

    def actor(self, name: str) -> Actor:
        from routebook.store.access import actor_of

        return actor_of(self.members[name])

    def id(self, name: str) -> str:
        """What events call this person."""
        return str(self.members[name].pk)

    def at(self) -> dt.datetime:
        self.minutes += 1
        return NOW + dt.timedelta(minutes=self.minutes)

    def command_id(self) -> str:
        self.last_command += 1
        return f"command-{self.last_command}"

    def start(self, who: str = "support", fields: Mapping[str, str] = FIELDS, run_id: str | None = None) -> Result:
        """A new run of the refund process."""
        from routebook.store.actions import runs

        return runs.start(
            self.actor(who),
            self.process.pk,
            run_id=run_id or uuid.uuid4().hex,
            fields=fields,
            command_id=self.command_id(),
            now=self.at(),
        )

    def do(self, who: str, run: str | int, command: commands.Command) -> Result:
        """Carry out one command as somebody of the cast."""
        from routebook.store.actions import runs

        return runs.command(self.actor(who), run, command, command_id=self.command_id(), now=self.at())

    def complete(self, who: str, run: str | int, step: str, outcome: str = "") -> Result:
        """Complete the open task of a step, giving the evidence that it asks for."""
        from routebook.core.run import commands as c
        from routebook.store.queries import runs

        state = runs.get(self.actor(who), run).state
        task = next(task for task in state.open_tasks() if task.step == step and not task.review_of)
        for item, kind in task.asked:
            self.do(
                who, run, c.TickItem(task.number, item) if kind == "tick" else c.AddEvidence(task.number, item, "7")
            )
        return self.do(who, run, c.CompleteTask(task.number, outcome))

    def hand_off(self, step: str, receiver: str, level: str, delegator: str = "manager") -> None:
        """A hand-off that has come to `level`, as a row; its own tests go the long way."""
        from routebook.store import journal
        from routebook.store.models import HandOff

        HandOff.objects.create(
            org=self.organisation,
            process=self.process,
            step=step,
            receiver=self.members[receiver],
            delegator=self.members[delegator],
            level=level,
        )
        journal.touch_facts(self.organisation.pk)


def build() -> World:
    """Both organisations, in one transaction."""
    from django.contrib.auth.hashers import make_password
    from django.db import transaction

    from routebook.store import journal, models

    with transaction.atomic():
        secret = make_password(PASSWORD)
        organisation = models.Organisation.objects.create(name="Adler Coaching", time_zone="Europe/Berlin")
        other = models.Organisation.objects.create(name="Zander Studio", time_zone="UTC")
        people = [(organisation, *row) for row in CAST]
        people.append((other, "outsider", "Olga Zander", "owner", "UTC"))
        members = {key: _member(org, key, name, access, zone, secret) for org, key, name, access, zone in people}
        for title, holder, backup in ROLES:
            _role(organisation, title, members[holder], members.get(backup))
        _role(other, "Head of Support", members["outsider"], None)
        journal.touch_facts(organisation.pk)
        journal.touch_facts(other.pk)
        process = publish_refund(members["owner"])
    return World(organisation, other, members, process)


def _member(org: Organisation, key: str, name: str, access: str, zone: str, secret: str) -> Member:
    from routebook.store.models import Member, User

    email = f"{key}@{'adler' if key != 'outsider' else 'zander'}.example"
    user = User.objects.create(email=email, name=name, password=secret)
    return Member.objects.create(org=org, user=user, key=key, name=name, email=email, access=access, time_zone=zone)


def _role(org: Organisation, title: str, holder: Member, backup: Member | None) -> None:
    from routebook.store.models import Role, RoleHolder

    role = Role.objects.create(org=org, title=title, folded=title.casefold(), backup=backup)
    RoleHolder.objects.create(org=org, role=role, member=holder)


def publish_refund(owner: Member) -> Document:
    """The refund process and its SOPs, published in the owner's organisation."""
    from routebook.store.access import actor_of
    from routebook.store.actions import filing

    actor = actor_of(owner)
    put: list[Any] = [filing.put(actor, document, now=NOW) for document in _documents()]
    process: Document = put[0].document
    process.refresh_from_db()
    return process


def _documents() -> list[Any]:
    from routebook.formats.markdown import DocumentFile, read_document

    found = []
    for path, text in LIBRARY.items():
        file = read_document(path, text)
        assert isinstance(file, DocumentFile), file
        found.append(file.document)
    return found


@pytest.fixture
def world(db: None) -> World:
    """The cast, fresh for each test."""
    return build()
