"""The inbox, when mail comes, and for the owner whether it goes out."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from routebook.core.document import MailWhen
from routebook.store import mails as written
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions import mails, notices
from routebook.store.queries import inbox as queries
from routebook.web.pages import both, now, page, post, show, tell

CHOICES = (
    (MailWhen.AT_ONCE, gettext_lazy("At once"), gettext_lazy("a mail for each thing, when it happens")),
    (
        MailWhen.DAILY,
        gettext_lazy("Once a day"),
        gettext_lazy("one mail at eight in your morning, if there is anything"),
    ),
    (MailWhen.OFF, gettext_lazy("Off"), gettext_lazy("your inbox here has it all; no mail comes")),
)


@page()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What happened that concerns the reader."""
    wanted = request.GET.get("page", "")
    number = int(wanted) if wanted.isdecimal() and 0 < int(wanted) < 100_000 else 1
    found = queries.inbox(actor, number)
    return show(request, "inbox/index.html", {"inbox": found, "before": number - 1, "after": number + 1})


@page()
def follow(request: HttpRequest, actor: Actor, notice: int) -> HttpResponseBase:
    """Go where a line of the inbox leads; it is read by that."""
    return redirect(notices.read(actor, notice, now=now()).address)


@post()
def read_all(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    notices.read_all(actor, now=now())
    return redirect("/inbox/")


@both()
def choose(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """When mail comes."""
    refusal = None
    if request.method == "POST":
        try:
            notices.choose_mail(actor, request.POST.get("mail", ""), now=now())
        except Refused as refused:
            refusal = refused.refusal
        else:
            tell(request, _("Saved."))
            return redirect("/inbox/mail/")
    chosen, email = queries.mail_choice(actor)
    context = {
        "choices": CHOICES,
        "chosen": chosen,
        "email": email,
        "mails": queries.own_mails(actor),
        "refusal": refusal,
    }
    return show(request, "inbox/choose.html", context, status=409 if refusal else 200)


# --- mails as they look -------------------------------------------------------------------------

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@page()
def mail(request: HttpRequest, actor: Actor, mail: int) -> HttpResponse:
    """One mail: its text, and beside it how it looks."""
    return show(request, "inbox/mail.html", {"mail": queries.mail(actor, mail), "id": mail})


@page()
def mail_as_html(request: HttpRequest, actor: Actor, mail: int) -> HttpResponse:
    """The HTML of a mail and nothing else. It brings its own style, which the page allows by its hash."""
    html = queries.mail(actor, mail).html
    response = HttpResponse(html)
    hashes = " ".join(f"'sha256-{_hash_of(style)}'" for style in _STYLE.findall(html))
    policy = (
        f"default-src 'none'; style-src {hashes or chr(39) + 'none' + chr(39)}; frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["Content-Security-Policy"] = f"{policy}; form-action 'none'"
    return response


def _hash_of(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


# --- the owner's --------------------------------------------------------------------------------


@page()
def outgoing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whether mail goes out, and what did not."""
    context = {
        "post": queries.post(actor),
        "server": mail_server(),
        "folder": settings.MAIL_FOLDER,
        "sample": actor.sample,
    }
    return show(request, "inbox/outgoing.html", context)


def mail_server() -> str:
    """Where mail is sent, without a password; "" where it is filed."""
    if settings.EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend":
        return ""
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


@post()
def send_test(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    mails.send_test(actor, now=now())
    tell(request, _("A test mail to you is on its way. If it can't go, the reason stands here in a moment."))
    return redirect("/organisation/mail/")


@post()
def send_again(request: HttpRequest, actor: Actor, mail: int) -> HttpResponseBase:
    require(actor, Verb.MANAGE_ORGANISATION)
    mails.send_again(actor, mail, now=now())
    tell(request, _("It is sent again."))
    return redirect("/organisation/mail/")


# --- switching off from a mail, without signing in ----------------------------------------------


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token says whose mail it is
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """Switch mail off by the link in a mail. Opening the link changes nothing: programs open links too."""
    try:
        if request.method == "POST":
            member, done = notices.unsubscribe(token, now=now()), True
        else:
            member, done = written.member_of(token), False
    except NotFound as error:
        raise Http404 from error
    context = {"name": member.name, "where": member.org.name, "done": done or member.mail == MailWhen.OFF}
    return render(
        request, "inbox/unsubscribe.html", {**context, "actor": None, "host": urlsplit(settings.OWN_ADDRESS).netloc}
    )


urlpatterns: list[URLPattern] = [
    path("inbox/", index),
    path("inbox/readings/", read_all),
    path("inbox/mail/", choose),
    path("inbox/mails/<int:mail>/", mail),
    path("inbox/mails/<int:mail>/html/", mail_as_html),
    path("inbox/<int:notice>/", follow),
    path("organisation/mail/", outgoing),
    path("organisation/mail/test/", send_test),
    path("organisation/mail/<int:mail>/", send_again),
    path("unsubscribe/<str:token>/", unsubscribe),
]
