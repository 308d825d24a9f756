"""The map as it stands in a page."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from routebook.core.document import Process
from routebook.formats.drawing import draw
from routebook.store.queries.documents import StepDocuments


def drawing(process: Process, documents: Mapping[str, StepDocuments], *, linked: bool = True) -> SafeString:
    """The map as SVG, "" without steps; if `linked`, each box leads to its line in the list."""
    if not process.steps:
        return mark_safe("")
    tags = {}
    for step in process.steps:
        sops = documents.get(step.id, StepDocuments()).sops
        if len(sops) > 1:
            tags[step.id] = _("%(n)d SOPs") % {"n": len(sops)}
        elif sops and sops[0].version:
            tags[step.id] = _("SOP v%(n)d") % {"n": sops[0].version}
    # formats.drawing escapes every text that enters the picture.
    return mark_safe(draw(process, documents=tags, href=(lambda step: f"#step-{step}") if linked else None))
