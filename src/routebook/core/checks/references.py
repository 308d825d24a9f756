"""What only shows when the documents of a library are seen together."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache

from routebook.core.blocks import included
from routebook.core.checks.catalogue import Catalogue, name_key
from routebook.core.checks.rule import Around, Family, Hit, Rule, rule
from routebook.core.checks.split import roles_named
from routebook.core.checks.texts import listed
from routebook.core.document import (
    AnyDocument,
    Document,
    Handling,
    Kind,
    Organisation,
    Policy,
    Procedure,
    Process,
    Sop,
    Status,
    Step,
    WorkInstruction,
    kind_of,
)

_NAME = {
    Kind.GOAL: "goal",
    Kind.POLICY: "policy",
    Kind.PROCESS: "process",
    Kind.PROCEDURE: "procedure",
    Kind.SOP: "SOP",
    Kind.WORK_INSTRUCTION: "work instruction",
}


@rule(
    "RB501",
    "policy-governs-nothing",
    Family.LIBRARY,
    "No process follows this policy.",
    on=(Policy,),
    needs_library=True,
)
def policy_governs_nothing(policy: Policy, around: Around) -> Iterator[Hit]:
    """A rule that no process cites changes nothing that anybody does.

    Wrong::

        kind: policy
        title: Refund within 14 days

    Right::

        kind: process
        title: Refund a customer
        policies: [refund-within-14-days]
    """
    governs = any(around.catalogue.has(Kind.PROCESS, slug) for slug in policy.applies_to)
    if not (governs or around.catalogue.is_cited(policy.slug) or around.catalogue.has_unreadable(Kind.PROCESS)):
        fix = "Cite it on the map of the process that follows it, or retire it."
        yield Hit("applies_to", "This policy governs no process.", fix)


@rule(
    "RB502",
    "work-instruction-used-nowhere",
    Family.LIBRARY,
    "No checklist uses this work instruction.",
    on=(WorkInstruction,),
    needs_library=True,
)
def work_instruction_used_nowhere(instruction: WorkInstruction, around: Around) -> Iterator[Hit]:
    """It was written because an action trips people up; they only find it inside the step where they trip.

    Wrong::

        kind: work-instruction
        title: Make a full refund in Stripe   # and no checklist names it

    Right::

        ## Checklist
        2. Refund the approved amount (instruction: full-refund-in-stripe)
    """
    is_used = around.catalogue.is_used(instruction.slug)
    if not is_used and not around.catalogue.has_unreadable(Kind.SOP, Kind.PROCEDURE):
        fix = "Link it from the checklist item that it explains, or retire it."
        yield Hit("", "No checklist uses this work instruction.", fix)


@rule(
    "RB503",
    "delegated-step-without-sop",
    Family.LIBRARY,
    "A delegated step has no published SOP.",
    on=(Process,),
    needs_library=True,
)
def delegated_step_without_sop(process: Process, around: Around) -> Iterator[Hit]:
    """You can't hand off a step from the map alone: the next person needs to know how, and how well.

    A step with variations needs one SOP for each. A step too small for a document says so and why. Drafts
    of a process are left alone.

    Wrong::

        - {id: issue, title: Issue the refund, handling: delegate}   # and no SOP serves it

    Right::

        - {id: issue, title: Issue the refund, handling: delegate}   # sops/issue-a-refund-in-stripe.md
        - {id: request, title: Request received, handling: delegate, document: {none: one line in the inbox}}
    """
    if process.status is not Status.PUBLISHED or around.catalogue.has_unreadable(Kind.SOP):
        return
    for index, step in enumerate(process.steps):
        if step.handling is Handling.DELEGATE and not step.no_document:
            yield from _missing_sops(process, index, step, around.catalogue)


def _missing_sops(process: Process, index: int, step: Step, catalogue: Catalogue) -> Iterator[Hit]:
    sops = catalogue.sops_of(f"{process.slug}/{step.id}")
    published = [sop for sop in sops if sop.status is Status.PUBLISHED]
    if not published:
        waiting = f"Publish “{sops[0].title}”" if sops else "Write its SOP"
        yield Hit(
            f"steps[{index}]",
            f"The step “{step.title}” is delegated but has no published SOP.",
            f"{waiting}, or say on the map why it needs none.",
        )
    elif step.variations is not None and any(sop.variation for sop in published):
        served = {name_key(sop.variation) for sop in published}
        missing = [name for name in step.variations.of if name_key(name) not in served]
        if missing:
            sentence = f"The step “{step.title}” has no published SOP for {listed(missing)}."
            yield Hit(
                f"steps[{index}].variations", sentence, f"Write one SOP for {listed(missing)}, or remove the variation."
            )


_IMAGE = re.compile(r"!\[[^\]]{0,500}+\]\((?:\.\./)?media/([^)\s]{1,500}+)[^)]{0,500}+\)")


@rule(
    "RB504",
    "broken-reference",
    Family.LIBRARY,
    "The document names something that isn't there.",
    on=(Document, Organisation),
    needs_library=True,
)
def broken_reference(subject: AnyDocument | Organisation, around: Around) -> Iterator[Hit]:
    """A name that leads nowhere is a dead end for the reader, and a task that reaches nobody.

    Goals, policies, processes, steps, work instructions, roles, people and files of the media folder are
    looked up. Roles only where the organisation lists any. An SOP's step has a rule of its own (RB106).

    Wrong::

        policies: [refund-within-14-day]

    Right::

        policies: [refund-within-14-days]
    """
    if isinstance(subject, Organisation):
        yield from _unknown_people(subject)
        return
    yield from _unknown_role("owner", subject.owner, around.catalogue)
    if isinstance(subject, Process):
        yield from _from_process(subject, around.catalogue)
    elif isinstance(subject, Policy):
        for index, slug in enumerate(subject.applies_to):
            yield from _unknown(f"applies_to[{index}]", Kind.PROCESS, slug, around.catalogue)
    elif isinstance(subject, Sop | Procedure):
        yield from _from_checklist(subject, around.catalogue)
    yield from _missing_media(subject, around)


def _unknown_people(organisation: Organisation) -> Iterator[Hit]:
    people = [person.id for person in organisation.people]
    for index, role in enumerate(organisation.roles):
        named = [(f"roles[{index}].holders[{place}]", holder) for place, holder in enumerate(role.holders)]
        named += [(f"roles[{index}].backup", role.backup)] if role.backup else []
        for path, person in named:
            if person not in people:
                yield Hit(
                    path,
                    f"The role “{role.title}” names “{person}”, who is not among the people.",
                    _nearest(person, people),
                )


def _from_process(process: Process, catalogue: Catalogue) -> Iterator[Hit]:
    for index, slug in enumerate(process.serves):
        yield from _unknown(f"serves[{index}]", Kind.GOAL, slug, catalogue)
    for index, slug in enumerate(process.policies):
        yield from _unknown(f"policies[{index}]", Kind.POLICY, slug, catalogue)
    if process.target is not None and process.target.policy:
        yield from _unknown("target.policy", Kind.POLICY, process.target.policy, catalogue)
    for index, step in enumerate(process.steps):
        yield from _unknown_role(f"steps[{index}].role", step.role, catalogue)


def _from_checklist(document: Sop | Procedure, catalogue: Catalogue) -> Iterator[Hit]:
    if isinstance(document, Procedure) and document.step:
        yield from _unknown_step(document.step, catalogue)
    if isinstance(document, Sop):
        if not roles_named(document.role, catalogue.roles):  # several roles in one field are RB206's
            yield from _unknown_role("role", document.role, catalogue)
        yield from _unknown_variation(document, catalogue.step(document.step))
    for index, item in enumerate(document.checklist):
        if item.uses:
            yield from _unknown(f"checklist[{index}].uses", Kind.WORK_INSTRUCTION, item.uses, catalogue)
    for slug in included(document):
        first = next(index for index, item in enumerate(document.checklist) if item.include == slug)
        yield from _unknown(f"checklist[{first}].include", Kind.PROCEDURE, slug, catalogue)


def _unknown_step(reference: str, catalogue: Catalogue) -> Iterator[Hit]:
    slug, _, step_id = reference.partition("/")
    process = catalogue.process(slug)
    if process is None and catalogue.has(Kind.PROCESS, slug):
        return  # it can't be read, which is said there
    if process is None or process.step(step_id) is None:
        known = [f"{slug}/{step.id}" for step in process.steps] if process is not None else _starts(catalogue, step_id)
        yield Hit("step", f"There is no step “{reference}”.", _nearest(reference, known))


def _starts(catalogue: Catalogue, step_id: str) -> list[str]:
    return [f"{slug}/{step_id}" for slug in catalogue.slugs(Kind.PROCESS)]


def _unknown_variation(sop: Sop, step: Step | None) -> Iterator[Hit]:
    if step is None or not sop.variation:
        return
    known = step.variations.of if step.variations is not None else ()
    if name_key(sop.variation) not in {name_key(name) for name in known}:
        sentence = f"The step “{step.title}” has no variation “{sop.variation}”."
        yield Hit("variation", sentence, _nearest(sop.variation, known))


def _unknown(path: str, kind: Kind, slug: str, catalogue: Catalogue) -> Iterator[Hit]:
    if not catalogue.has(kind, slug):
        yield Hit(path, f"There is no {_NAME[kind]} “{slug}”.", _nearest(slug, catalogue.slugs(kind)))


def _unknown_role(path: str, role: str, catalogue: Catalogue) -> Iterator[Hit]:
    roles = catalogue.roles if role.strip() else {}
    if roles and name_key(role) not in roles:
        yield Hit(path, f"The organisation has no role “{role}”.", _nearest(role, roles.values()))


def _nearest(name: str, known: Iterable[str]) -> str:
    near = nearest(name, tuple(known))
    return f"Did you mean “{near}”?" if near else "Add it to the library, or take the name out."


@lru_cache(maxsize=1_000)
def nearest(name: str, known: tuple[str, ...]) -> str:
    """The known name that is most like this one, or "". Where there are thousands, only its neighbours are compared."""
    compared = known if len(known) <= _FEW else _neighbours(name, known)
    close = difflib.get_close_matches(name, compared, n=1, cutoff=0.75)
    return close[0] if close else ""


_FEW = 200
_AT_EACH_SIDE = 20


def _neighbours(name: str, known: tuple[str, ...]) -> list[str]:
    """Those that begin or end like the name; a slip of the pen leaves one of the two. Comparing all takes 0.1 ms for each."""
    by_start, by_end = _in_both_orders(known)
    return [*_beside(name, by_start), *(each[::-1] for each in _beside(name[::-1], by_end))]


@lru_cache(maxsize=16)
def _in_both_orders(known: tuple[str, ...]) -> tuple[list[str], list[str]]:
    return sorted(known), sorted(name[::-1] for name in known)


def _beside(name: str, ordered: list[str]) -> list[str]:
    place = bisect_left(ordered, name)
    return ordered[max(0, place - _AT_EACH_SIDE) : place + _AT_EACH_SIDE]


def _missing_media(document: AnyDocument, around: Around) -> Iterator[Hit]:
    if not around.catalogue.knows_files:
        return
    pictures = document.pictures if isinstance(document, Sop | WorkInstruction) else ()
    named = [(f"pictures[{index}]", picture.source) for index, picture in enumerate(pictures)]
    if "media/" in around.whole:
        named += [(text.path, source) for text in around.texts for source in _IMAGE.findall(text.value)]
    if isinstance(document, Sop):
        named.append(("recording", document.recording))
    elif isinstance(document, WorkInstruction):
        named.append(("clip", document.clip))
    for path, source in named:
        file = source.removeprefix("../").removeprefix("media/")
        if file and "://" not in source and not around.catalogue.has_file(file):
            yield Hit(path, f"There is no file “media/{file}”.", _nearest(file, around.catalogue.files()))


@rule(
    "RB505",
    "duplicate-title",
    Family.LIBRARY,
    "Two documents of one kind have the same title.",
    needs_library=True,
)
def duplicate_title(document: AnyDocument, around: Around) -> Iterator[Hit]:
    """Whoever looks for one finds the other, follows it, and both sides think they are right.

    SOPs of different variations may share a title.

    Wrong::

        sops/refund.md       title: Issue a refund
        sops/refund-new.md   title: Issue a refund

    Right::

        sops/refund.md       title: Issue a refund in Stripe
        sops/refund-cash.md  title: Pay a refund from the till
    """
    variation = document.variation if isinstance(document, Sop) else ""
    slugs = around.catalogue.titled(kind_of(document), document.title, variation)
    if len(slugs) > 1 and document.slug != slugs[0]:
        name = _NAME[kind_of(document)]
        sentence = f"The {name} “{slugs[0]}” has the same title, “{document.title}”."
        yield Hit("title", sentence, "Merge the two, or let each title name what only it does.")


RULES: tuple[Rule, ...] = (
    policy_governs_nothing,
    work_instruction_used_nowhere,
    delegated_step_without_sop,
    broken_reference,
    duplicate_title,
)
