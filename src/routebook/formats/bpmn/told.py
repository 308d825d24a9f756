"""A file that was read, as plain JSON values: every flow node of it is the source of an entry or the element of a note."""

from __future__ import annotations

from typing import Any

from routebook.core.document import END, Decision, Goes, Join, Process, Step
from routebook.formats.bpmn.reading import BpmnFile, Draft, Entry, verdict


def told(file: BpmnFile) -> dict[str, Any]:
    """``{"processes": […], "notes": […], "kept": […]}``."""
    return {
        "processes": [_draft(draft) for draft in file.drafts],
        "notes": [{"element": note.element, "line": note.line, "reason": note.reason} for note in file.notes],
        "kept": [{"element": kept.element, "line": kept.line, "text": kept.text} for kept in file.kept],
    }


def told_process(process: Process) -> dict[str, Any]:
    """The same of one process of a library, whose steps are their own sources."""
    entries = tuple(Entry(step.id, step.id, step.title, step.role, "step", 0) for step in process.steps)
    return {"processes": [_draft(Draft(process.slug, "", process, entries))], "notes": [], "kept": []}


def _draft(draft: Draft) -> dict[str, Any]:
    process = draft.process
    found = verdict(process)
    return {
        "id": process.slug,
        "source": draft.source,
        "inside": draft.parent,
        "title": process.title,
        "trigger": process.trigger,
        "result": process.result,
        "sound": None if found is None else not found,
        "problems": [problem.sentence for problem in found or ()],
        "steps": [_entry(entry, process) for entry in draft.entries],
    }


def _entry(entry: Entry, process: Process) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": entry.id,
        "source": entry.source,
        "title": entry.title,
        "role": entry.role,
        "kind": entry.kind,
        "line": entry.line,
    }
    step = process.step(entry.id) if entry.kind == "step" else None
    if step is not None:
        return said | _flow(step)
    return said | {"into": entry.into}


def _flow(step: Step) -> dict[str, Any]:
    return {
        "takes": list(step.takes),
        "gives": list(step.gives),
        "handling": str(step.handling),
        "then": _then(step.then),
        "join": _join(step.join),
    }


def _then(then: Goes | Decision | None) -> Any:
    """As the library's files write it: nothing is the next step of the list, and after the last one the end."""
    if isinstance(then, Decision):
        return [{"when": outcome.when, "go": _goes(outcome.goes)} for outcome in then.outcomes]
    return None if then is None else _goes(then)


def _goes(goes: Goes) -> Any:
    if len(goes.targets) > 1:
        return {"all": list(goes.targets)}
    return goes.targets[0] if goes.targets else END


def _join(join: Join | None) -> Any:
    if join is None:
        return None
    return [list(group) for group in join.groups] if join.groups else "all"
