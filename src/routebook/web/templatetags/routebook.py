"""Filters and tags of the pages: names, times in people's own zone, Markdown, form fields."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

import nh3
from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from markdown_it import MarkdownIt

register = template.Library()

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = {
    "p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a", "img",
    "h2", "h3", "h4", "h5", "h6", "hr", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@register.filter
def initials(name: str) -> str:
    """Two letters for the round badge: of the first and the last word."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def markdown(text: str) -> SafeString:
    """CommonMark as safe HTML. Headings start at the third level; pictures come from the media folder."""
    return _render(text or "")


@lru_cache(maxsize=2048)
def _render(text: str) -> SafeString:
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        for child in token.children or ():
            if child.type == "image":
                child.attrSet("src", media_address(str(child.attrGet("src") or "")))
                child.attrSet("loading", "lazy")
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "img": {"src", "alt", "title", "loading"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)


@register.filter
def markdown_line(text: str) -> SafeString:
    """One line of CommonMark without the paragraph around it."""
    html = _render(text or "")
    if html.startswith("<p>") and html.rstrip().endswith("</p>") and html.count("<p>") == 1:
        return mark_safe(html.rstrip()[3:-4])
    return html


def media_address(source: str) -> str:
    """Where the browser finds a picture that a document names relative to its folder."""
    if "://" in source:
        return source
    return "/media/" + source.removeprefix("../").removeprefix("media/").lstrip("/")


@register.filter
def media(source: str) -> str:
    """The address of a file of the media folder."""
    return media_address(source)


@register.simple_tag(takes_context=True)
def when(context: template.Context, moment: dt.datetime | None) -> str:
    """A moment in the reader's own time: today and tomorrow by name, else the date."""
    if moment is None:
        return ""
    actor = context.get("actor")
    return near_time(moment, getattr(actor, "time_zone", "UTC") or "UTC", context.get("now") or timezone.now())


def near_time(moment: dt.datetime, zone: str, now: dt.datetime) -> str:
    """`moment` as people say it, in the zone: «today 17:00», «Mon 24 Nov 09:00»."""
    local = moment.astimezone(ZoneInfo(zone))
    today = now.astimezone(ZoneInfo(zone)).date()
    clock = format_date(local, "H:i")
    days = (local.date() - today).days
    if days == 0:
        return gettext("today %(clock)s") % {"clock": clock}
    if days == 1:
        return gettext("tomorrow %(clock)s") % {"clock": clock}
    if days == -1:
        return gettext("yesterday %(clock)s") % {"clock": clock}
    pattern = "D j M H:i" if local.year == now.year else "j M Y H:i"
    return format_date(local, pattern)


@register.filter
def spell_seconds(seconds: float | None) -> str:
    """A stretch of time in its two largest units: «2 h 10 min»."""
    if seconds is None:
        return ""
    minutes = int(abs(seconds)) // 60
    if minutes < 60:
        return gettext("%(n)d min") % {"n": minutes}
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        whole = gettext("%(n)d h") % {"n": hours}
        return f"{whole} {gettext('%(n)d min') % {'n': rest}}" if rest else whole
    days = minutes // (24 * 60)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def one_unit(seconds: float | None) -> str:
    """A stretch of time in one unit, for a figure that is compared: «40 min», «5.1 h», «11 days»."""
    if seconds is None or abs(seconds) < 3600 or abs(seconds) >= 48 * 3600:
        return spell_seconds(seconds)
    return gettext("%(n)s h") % {"n": f"{abs(seconds) / 3600:.1f}".removesuffix(".0")}


@register.filter
def since(moment: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """How long ago, in words."""
    if moment is None:
        return ""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    return spell_seconds(seconds) if abs(seconds) >= 60 else gettext("less than a minute")


@register.filter
def get(mapping: object, key: object) -> object:
    """`mapping[key]`, or nothing."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.filter
def local(moment: dt.datetime | None, zone: str) -> str:
    """A moment with date and time in a named zone."""
    return "" if moment is None else format_date(moment.astimezone(ZoneInfo(zone)), "j M Y, H:i")
