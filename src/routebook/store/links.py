"""What a document names, kept as rows: so that *where used* and the holes of the ladder are look-ups, not reading.

The rows say what the published text says (or the draft, before the first version), as the document's own row does.
"""

from __future__ import annotations

from collections.abc import Iterator

from routebook.core.blocks import included
from routebook.core.document import (
    AnyDocument,
    Handling,
    Kind,
    Policy,
    Procedure,
    Process,
    Sop,
    Step,
)
from routebook.store.models import DelegatedStep, Document, Link


def write(document: Document, value: AnyDocument) -> None:
    """Make the rows of a document say what `value` names. Call it inside the action's transaction."""
    wanted = set(named_by(value))
    known = {(Kind(row.kind), row.slug): row.pk for row in Link.objects.filter(document=document)}
    gone = [pk for target, pk in known.items() if target not in wanted]
    if gone:
        Link.objects.filter(pk__in=gone).delete()
    Link.objects.bulk_create(
        Link(org_id=document.org_id, document=document, kind=kind, slug=slug)
        for kind, slug in sorted(wanted - known.keys())
    )


def write_steps(document: Document, process: Process) -> None:
    """Make the delegated steps of a map say what its published text says."""
    DelegatedStep.objects.filter(process=document).delete()
    DelegatedStep.objects.bulk_create(
        DelegatedStep(
            org_id=document.org_id,
            process=document,
            step=f"{document.slug}/{step.id}",
            title=step.title[:300],
            role=step.role[:200],
            variation=variation[:120],
        )
        for step in process.steps
        for variation in variations_to_write(step)
    )


def variations_to_write(step: Step) -> tuple[str, ...]:
    """The variations of a step that need an SOP each, "" for a step without variations; none where none is needed."""
    if step.handling is not Handling.DELEGATE or step.no_document:
        return ()
    return tuple(dict.fromkeys(step.variations.of)) if step.variations else ("",)


def named_by(value: AnyDocument) -> Iterator[tuple[Kind, str]]:
    """The documents that a document names, by kind and slug."""
    match value:
        case Policy():
            yield from ((Kind.PROCESS, slug) for slug in value.applies_to if slug)
        case Process():
            yield from ((Kind.GOAL, slug) for slug in value.serves if slug)
            cited = [*value.policies, *([value.target.policy] if value.target else [])]
            yield from ((Kind.POLICY, slug) for slug in cited if slug)
        case Sop() | Procedure():
            process = value.step.partition("/")[0]
            if process:
                yield Kind.PROCESS, process
            yield from ((Kind.WORK_INSTRUCTION, item.uses) for item in value.checklist if item.uses)
            yield from ((Kind.PROCEDURE, slug) for slug in included(value))
        case _:
            return
