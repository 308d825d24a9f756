"""Seeing somebody off: their tasks, roles and hand-offs find somebody else, their access is taken away, and they go.

Nothing may be left to nobody: `finish` refuses while anything is theirs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction

from routebook.core.audit import MemberAccessRevoked, MemberChanged, MemberLeft
from routebook.core.document import same_name
from routebook.core.events import Refusal
from routebook.core.handoff import AccessCard, HandoffState
from routebook.core.handoff import commands as c
from routebook.core.run import commands as run_commands
from routebook.store import audit, journal, search
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions import handoffs, members, runs
from routebook.store.models import Invitation, Member, RevokedAccess
from routebook.store.queries import leaving as queries
from routebook.store.queries.handoffs import HandoffView
from routebook.store.queries.leaving import Leaving, Left

Tasks = Mapping[tuple[int, int], str]
"""Who gets each task, a member's id, by the run's number and the task's."""


def reassign(actor: Actor, member: int, wanted: Tasks, *, command_id: str, now: dt.datetime) -> Sequence[Refusal]:
    """Give their open tasks to others, each for itself; what could not be given comes back as refusals."""
    known = {(task.row.run.number, task.row.number) for task in _theirs(actor, member).tasks}
    refused = []
    for (run, number), to in wanted.items():
        if (run, number) not in known or not to:
            continue
        giving = run_commands.AssignTask(number, to)
        said = f"{command_id[: journal.LONGEST_COMMAND - 24]}-{run}-{number}"
        try:
            runs.command(actor, run, giving, command_id=said, now=now)
        except Refused as error:
            refused.append(Refusal(error.refusal.code, f"#{run}: {error.refusal.sentence}", f"task-{run}-{number}"))
    return refused


@transaction.atomic
def end_handoffs(actor: Actor, member: int, *, command_id: str, now: dt.datetime) -> int:
    """End every hand-off that was given to them; returns how many. Their tasks fall back to the role."""
    found = _theirs(actor, member)
    for view in found.handoffs:
        ending = c.Revoke(f"{found.person.row.name} leaves")
        handoffs.command(actor, view.row.pk, ending, command_id=_said(command_id, view), now=now)
    return len(found.handoffs)


@transaction.atomic
def take_over(actor: Actor, member: int, to: int, *, command_id: str, now: dt.datetime) -> int:
    """Let `to` delegate, take access away, stand in and own accounts wherever others' hand-offs name the one who
    leaves; returns in how many. All of it, or none where one can't be."""
    found = _theirs(actor, member)
    successor = Member.objects.filter(org_id=actor.org, pk=to, active=True).exclude(pk=member).first()
    if successor is None:
        raise Refused(Refusal("no_person", "Choose who takes this over.", "to"))
    for view in found.delegated:
        for n, change in enumerate(_instead(view.state, found.person.row, successor)):
            try:
                handoffs.command(actor, view.row.pk, change, command_id=f"{_said(command_id, view)}-{n}", now=now)
            except Refused as refused:
                sentence = f"“{view.title}”: {refused.refusal.sentence}"
                raise Refused(Refusal(refused.refusal.code, sentence, "to")) from refused
    return len(found.delegated)


def _instead(state: HandoffState, member: Member, successor: Member) -> list[c.HandoffCommand]:
    old, new = str(member.pk), str(successor.pk)
    changes: list[c.HandoffCommand] = []
    if state.delegator == old:
        changes.append(c.ChangeDelegator(new))
    card = _card(state.card, member, successor)
    if card != state.card:
        changes.append(c.ChangeCard(card))
    if state.terms.backup == old:
        # Nobody stands in for themselves; then the role's backup does.
        backup = "" if new == state.person else new
        changes.append(c.ChangeTerms(replace(state.terms, backup=backup)))
    return changes


def _card(card: AccessCard, member: Member, successor: Member) -> AccessCard:
    tools = tuple(
        replace(tool, account_owner=successor.name) if same_name(tool.account_owner, member.name) else tool
        for tool in card.tools
    )
    revoker = str(successor.pk) if card.revoker == str(member.pk) else card.revoker
    return replace(card, tools=tools, revoker=revoker)


@transaction.atomic
def pass_roles(actor: Actor, member: int, to: Mapping[int, int], *, now: dt.datetime) -> int:
    """Give their roles to others, by role; without somebody named, the other holders keep it. As a backup they are
    followed by who is named, or by nobody. Returns how many roles changed. Raises `Refused` where nobody would be left.
    """
    found = _theirs(actor, member)
    for role in found.roles:
        row, named = role.view.row, to.get(role.view.row.pk)
        holders = [one.pk for one in role.view.holders if one.pk != member]
        if role.holds and named and named not in holders:
            holders = [named, *holders]
        if role.holds and not holders:
            raise Refused(Refusal("nobody_left", f"Choose who is {row.title} from now on.", f"role-{row.pk}"))
        backup = row.backup_id
        if role.stands_in:
            backup = named if named and not role.holds and named not in holders else None
        members.set_role(actor, row.title, holders=holders, backup=backup, now=now)
    return len(found.roles)


@transaction.atomic
def tick_access(actor: Actor, member: int, tool: str, vault: str, *, revoked: bool, now: dt.datetime) -> None:
    """Their way into a tool was taken away, or was not after all. Raises `NotFound` for one that they never had."""
    known = {(one.tool, one.vault): one for one in _theirs(actor, member).access}
    if (tool, vault) not in known:
        raise NotFound
    if (known[tool, vault].revoked is not None) == revoked:
        return
    if revoked:
        RevokedAccess.objects.create(
            org_id=actor.org, member_id=member, tool=tool, vault=vault, done_by_id=actor.member, done_at=now
        )
    else:
        RevokedAccess.objects.filter(org_id=actor.org, member_id=member, tool=tool, vault=vault).delete()
    event = MemberAccessRevoked(tool, vault, undone=not revoked)
    audit.record(actor.org, members.stream_of(member), event, actor=actor.id, now=now)


@transaction.atomic
def finish(actor: Actor, member: int, *, now: dt.datetime) -> None:
    """They don't work here any more, and can't sign in to this organisation. Refused while anything is theirs."""
    row = members.member_for_change(actor, member)
    found = _theirs(actor, member)
    if not row.active:
        return
    be_free(found)
    row.active = False
    row.save(update_fields=["active"])
    Invitation.objects.filter(org_id=actor.org, member=row, used_at__isnull=True).delete()
    journal.touch_facts(actor.org)
    search.index_member(actor.org, row.pk)
    ended = tuple(str(view.row.pk) for view in found.redo)
    access = tuple(one.tool for one in found.access)
    audit.record(actor.org, members.stream_of(member), MemberLeft(access, ended), actor=actor.id, now=now)


def be_free(found: Leaving) -> None:
    """Raise `Refused` while something would be left to nobody."""
    if Left.OWNER in found.left:
        raise Refused(Refusal("last_owner", "Somebody must own the organisation; make another owner first."))
    if found.left:
        what = ", ".join(found.left)
        raise Refused(Refusal("something_left", f"Something of {found.person.row.name}'s would be nobody's: {what}."))


@transaction.atomic
def come_back(actor: Actor, member: int, *, now: dt.datetime) -> None:
    """They work here again, with the account that they had; what was taken away has to be given anew."""
    require(actor, Verb.MANAGE_PEOPLE)
    row = members.member_for_change(actor, member)
    if row.active:
        return
    row.active = True
    row.save(update_fields=["active"])
    RevokedAccess.objects.filter(org_id=actor.org, member=row).delete()
    journal.touch_facts(actor.org)
    search.index_member(actor.org, row.pk)
    event = MemberChanged(("active",), str(row.access), True)
    audit.record(actor.org, members.stream_of(member), event, actor=actor.id, now=now)


def _theirs(actor: Actor, member: int) -> Leaving:
    found = queries.leaving(actor, member)
    if member == actor.member:
        raise Refused(Refusal("own_leaving", "Nobody sees themselves off: ask another owner or manager."))
    members.may_change(actor, found.person.row)
    return found


def _said(command_id: str, view: HandoffView) -> str:
    return f"{command_id[: journal.LONGEST_COMMAND - 24]}-{view.row.pk}"
