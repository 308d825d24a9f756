"""Mails as they are written: one about one thing, or one a day about several; each as text and as HTML.

A mail is kept as it was written, so what was sent can be looked at, and a mail that is sent again says the same.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routebook.store.access import NotFound
from routebook.store.models import Invitation, Member, Notice


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; `content` is base64."""

    name: str
    media_type: str
    content: str

    @property
    def data(self) -> bytes:
        return base64.b64decode(self.content)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, ready to go. `unsubscribe` is the address that switches mail off, "" where that can't be done.

    A `local` one is for a person who is invented, and never leaves the machine. `secret` is the part of the text that only
    its reader may know, such as the token of an invitation; it is forgotten once the mail is sent.
    """

    to: str
    subject: str
    text: str
    html: str
    unsubscribe: str = ""
    local: bool = False
    attachments: tuple[Attachment, ...] = ()
    secret: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    def without_secret(self) -> Mail:
        """The mail as others than its reader may see it."""
        if not self.secret:
            return self
        text, html = (part.replace(self.secret, "…") for part in (self.text, self.html))
        return replace(self, text=text, html=html, secret="")


def mail_of(payload: str) -> Mail:
    """The mail that `Mail.to_json` wrote, or the one that `later` put off."""
    data = json.loads(payload)
    if "notice" not in data:
        files = tuple(Attachment(**one) for one in data.pop("attachments", ()))
        return Mail(**data, attachments=files)
    notice = Notice.objects.select_related("member__org").get(pk=data["notice"])
    return about(notice.member, notice)


def kept(payload: str) -> str:
    """What stays of a mail that was sent: what it said, without its secret and without what its files held."""
    mail = mail_of(payload)
    if not mail.secret and not mail.attachments:
        return payload
    emptied = tuple(replace(one, content="") for one in mail.attachments)
    return replace(mail.without_secret(), attachments=emptied).to_json()


def later(notice: Notice) -> str:
    """The payload of a mail about one thing that is written when it is sent: many may come at once."""
    return json.dumps({"notice": notice.pk})


def about(member: Member, notice: Notice) -> Mail:
    """A mail about one thing."""
    return _write(member, notice.title, "mail/notice", [notice], stops=not notice.urgent)


def summary(member: Member, found: Sequence[Notice]) -> Mail:
    """One mail about everything since the last one."""
    many = ngettext("%(n)d thing for you", "%(n)d things for you", len(found)) % {"n": len(found)}
    return _write(member, f"{many} · {member.org.name}", "mail/summary", found)


def test(member: Member) -> Mail:
    """A mail that says that mail works."""
    return _write(member, _("Mail from Routebook works"), "mail/test", [])


def invitation(found: Invitation, token: str) -> Mail:
    """The mail by which somebody who can't sign in yet is asked to join. It is the only one, so it can't be switched off."""
    by = found.created_by.name if found.created_by else found.org.name
    subject = _("%(name)s invites you to %(organisation)s") % {"name": by, "organisation": found.org.name}
    more = {"join": f"{settings.OWN_ADDRESS}/join/{token}/", "by": by, "until": found.expires_at}
    written = _write(found.member, subject, "mail/invitation", [], stops=False, more=more)
    return replace(written, secret=token)


def pack(member: Member, sender: Member, title: str, address: str, pdf: bytes) -> Mail:
    """The mail that brings somebody the pack of a step that they take on."""
    subject = _("The pack for “%(step)s”") % {"step": title}
    more = {"by": sender.name, "step": title, "address": address}
    name = f"{slugify(title) or 'hand-off'}.pdf"
    file = Attachment(name, "application/pdf", base64.b64encode(pdf).decode())
    return replace(_write(member, subject, "mail/pack", [], more=more), attachments=(file,))


def _write(
    member: Member,
    subject: str,
    template: str,
    found: Sequence[Notice],
    *,
    stops: bool = True,
    more: Mapping[str, object] = MappingProxyType({}),
) -> Mail:
    unsubscribe = f"{settings.OWN_ADDRESS}/unsubscribe/{token_of(member)}/"
    subject = " ".join(subject.split())
    context = {
        "subject": subject,
        "first_name": (member.name.split() or [member.name])[0],
        "organisation": member.org.name,
        "notices": found,
        "base": settings.OWN_ADDRESS,
        "choices": f"{settings.OWN_ADDRESS}/inbox/mail/",
        "unsubscribe": unsubscribe if stops else "",
        **more,
    }
    return Mail(
        to=member.email,
        subject=subject,
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        unsubscribe=unsubscribe if stops else "",
        local=member.org.sample,
    )


# --- whose mail a link switches off -------------------------------------------------------------

_SIGNER = Signer(salt="routebook.unsubscribe")


def token_of(member: Member) -> str:
    """What proves whose mail a link is about. It doesn't expire: old mails are read late."""
    return _SIGNER.sign(str(member.pk))


def member_of(token: str) -> Member:
    """Whose mail the token is about. Raises `NotFound` for one that we never made."""
    try:
        member = Member.objects.select_related("org").filter(pk=int(_SIGNER.unsign(token)), active=True).first()
    except BadSignature:
        member = None
    if member is None:
        raise NotFound
    return member
