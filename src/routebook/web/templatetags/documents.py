"""Filters for documents: what a kind is called, where a document is found, and how a difference looks."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from routebook.core.document import FOLDERS, Evidence, Kind
from routebook.store.queries.readings import Why
from routebook.web.templatetags.routebook import media_address

register = template.Library()

ONE: dict[str, Promise] = {
    Kind.GOAL: _("Goal"),
    Kind.POLICY: _("Policy"),
    Kind.PROCESS: _("Process"),
    Kind.PROCEDURE: _("Procedure"),
    Kind.SOP: _("SOP"),
    Kind.WORK_INSTRUCTION: _("Work instruction"),
}
MANY: dict[str, Promise] = {
    Kind.GOAL: _("Goals"),
    Kind.POLICY: _("Policies"),
    Kind.PROCESS: _("Processes"),
    Kind.PROCEDURE: _("Procedures"),
    Kind.SOP: _("SOPs"),
    Kind.WORK_INSTRUCTION: _("Work instructions"),
}
EVIDENCE: dict[str, Promise] = {
    Evidence.NONE: _("no evidence"),
    Evidence.TICK: _("a tick"),
    Evidence.TEXT: _("a text"),
    Evidence.NUMBER: _("a number"),
    Evidence.PHOTO: _("a photo"),
    Evidence.FILE: _("a file"),
    Evidence.LINK: _("a link"),
}
WHY: dict[str, Promise] = {
    Why.ROLE: _("holds the role"),
    Why.HANDOFF: _("took the step on"),
    Why.EVERYBODY: _("works here"),
}
_HEADING = re.compile(r"\A(?:\*\*|__)([^*_\n]+)(?:\*\*|__):?\Z")


@register.filter
def kind_name(kind: str) -> Promise | str:
    """«SOP», «Work instruction»."""
    return ONE.get(kind, kind)


@register.filter
def kind_names(kind: str) -> Promise | str:
    """«SOPs», «Work instructions»."""
    return MANY.get(kind, kind)


@register.filter
def address(view: Any) -> str:
    """Where a document is read."""
    return address_of(view.kind, view.row.slug)


def address_of(kind: Kind, slug: str) -> str:
    return f"/{FOLDERS[kind]}/{slug}/"


@register.filter
def row_address(row: Any) -> str:
    """Where the document of a row is read."""
    return address_of(Kind(row.kind), row.slug)


@register.filter
def address_beside(view: Any, slug: str) -> str:
    """Where another document of the same kind is read."""
    return address_of(view.kind, slug)


@register.filter
def reader_why(why: str) -> Promise | str:
    """Why somebody must read a document."""
    return WHY.get(why, why)


@register.filter
def evidence_name(evidence: str) -> Promise | str:
    """What a line of a checklist asks for."""
    return EVIDENCE.get(evidence, evidence)


@register.filter
def block_heading(text: str) -> str:
    """The words of a checklist line that is a heading of the lines below it, such as ``**Before you send**``."""
    found = _HEADING.match(text)
    return found[1] if found else ""


@register.filter
def is_address(source: str) -> bool:
    """Whether a recording lies elsewhere, not in the media folder."""
    return "://" in source


@register.filter
def host(source: str) -> str:
    """The name of the server that an address leads to."""
    return urlsplit(source).hostname or source


@register.filter
def is_video(source: str) -> bool:
    """Whether a media file is shown as a moving picture."""
    return media_address(source).lower().endswith((".mp4", ".m4v", ".mov", ".webm"))


@register.filter
def is_moving_picture(source: str) -> bool:
    """Whether a media file moves without a player: it is shown when somebody asks, so that it can be stopped."""
    return media_address(source).lower().endswith(".gif")


@register.filter
def is_sound(source: str) -> bool:
    """Whether a media file is only heard."""
    return media_address(source).lower().endswith((".mp3", ".m4a", ".ogg", ".wav"))
