"""What a step says beyond BPMN, as attributes and elements of a namespace of our own, and back.

Other tools keep or drop them; the flow never depends on them.
"""

from __future__ import annotations

from dataclasses import replace

from routebook.core.document import Handling, Step, Variations
from routebook.formats.bpmn import elements
from routebook.formats.bpmn.model import OWN_NAMESPACE
from routebook.formats.bpmn.tree import Element

TEXTS = ("why", "due", "no_document")
TRUTHS = ("optional", "review")
LISTS = ("takes", "gives")
BETWEEN = "\n"
"""Stands between the names of a list; a name is one line."""


def own_attributes(step: Step) -> dict[str, str]:
    """Attribute name -> value; what holds its default is left out."""
    told = {name: getattr(step, name) for name in TEXTS if getattr(step, name)}
    told |= {name: "true" for name in TRUTHS if getattr(step, name)}
    told |= {name: BETWEEN.join(getattr(step, name)) for name in LISTS if getattr(step, name)}
    if step.variations is not None:
        told |= {"varies-by": step.variations.by, "variations": BETWEEN.join(step.variations.of)}
    if step.handling is not Handling.UNDECIDED:
        told["handling"] = str(step.handling)
    return {"step": step.id} | told


def own_step(step: Step, element: Element) -> Step:
    """The step with what this product had written at the element."""
    said = {
        name.rpartition(elements.BETWEEN)[2]: value
        for name, value in element.attributes.items()
        if OWN_NAMESPACE in name
    }
    if not said:
        return step
    values: dict[str, object] = {name: said[name] for name in TEXTS if name in said}
    values |= {name: said.get(name) == "true" for name in TRUTHS if name in said}
    values |= {name: tuple(said[name].split(BETWEEN)) for name in LISTS if name in said}
    if said.get("varies-by") and said.get("variations"):
        values["variations"] = Variations(said["varies-by"], tuple(said["variations"].split(BETWEEN)))
    known = {str(handling): handling for handling in Handling}
    values["handling"] = known.get(said.get("handling", ""), Handling.UNDECIDED)
    return replace(step, **values)  # type: ignore[arg-type]  # the names are those of the fields
