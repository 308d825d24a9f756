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
    # formats.drawing escapes every text that enters the picture.
    return mark_safe(
        draw(process, documents=tags_of(documents), href=(lambda step: f"#step-{step}") if linked else None)
    )


def tags_of(documents: Mapping[str, StepDocuments]) -> dict[str, str]:
    """What stands below the box of each step that has SOPs."""
    tags = {}
    for step, found in documents.items():
        if len(found.sops) > 1:
            tags[step] = _("%(n)d SOPs") % {"n": len(found.sops)}
        elif found.sops and found.sops[0].version:
            tags[step] = _("SOP v%(n)d") % {"n": found.sops[0].version}
    return tags
