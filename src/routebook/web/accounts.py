"""Signing in and out, joining by invitation, setting up an empty installation."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from routebook.core.events import Refusal
from routebook.store.access import NotFound, Refused
from routebook.store.actions import members, organisations
from routebook.store.queries.members import sample_people
from routebook.web import time_zones
from routebook.web.pages import now, show

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    """The sign-in page. With the sample, and only for this machine, also a door for each of its people."""

    template_name = "accounts/sign_in.html"
    authentication_form = AuthenticationForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        people = sample_people() if offers_sample(self.request) else []
        return {**context, "sample": people, "needs_setup": organisations.needs_setup()}


def offers_sample(request: HttpRequest) -> bool:
    """Whether the sample is open without a password: the server and the visitor are both on this machine."""
    if not settings.SERVING_ON_LOOPBACK:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@require_POST
def look_around(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the sample's people."""
    if not offers_sample(request):
        raise Http404
    for member in sample_people():
        if member.key == request.POST.get("as") and member.user is not None:
            login(request, member.user, backend=PASSWORD_BACKEND)
            request.session["org"] = member.org_id
            return redirect("/")
    raise Http404


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/sign-in/")


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """The first page of an empty installation, reached by the link that the server printed."""
    if not organisations.setup_link_holds(token):
        return render(request, "accounts/link_used.html", status=404)
    refusal = None
    if request.method == "POST":
        try:
            user = organisations.set_up(
                token,
                organisation=request.POST.get("organisation", ""),
                time_zone=request.POST.get("time_zone", ""),
                name=request.POST.get("name", ""),
                email=request.POST.get("email", ""),
                password=request.POST.get("password", ""),
                now=now(),
            )
        except Refused as refused:
            refusal = refused.refusal
        else:
            login(request, user, backend=PASSWORD_BACKEND)
            return redirect("/plate/")
    context = {
        "refusal": refusal,
        "typed": request.POST,
        "zones": time_zones.choices(now(), request.POST.get("time_zone", "")),
    }
    return show(request, "accounts/set_up.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation: make an account, or bring the one that is signed in."""
    invitation = members.invitation(token, now=now())
    if invitation is None:
        return render(request, "accounts/link_used.html", status=404)
    refusal = None
    signed_in = request.user if request.user.is_authenticated else None
    if request.method == "POST":
        try:
            user = members.join(
                token,
                email=request.POST.get("email", ""),
                password=request.POST.get("password", ""),
                now=now(),
                user=signed_in,
            )
        except Refused as refused:
            refusal = refused.refusal
        except NotFound:
            return render(request, "accounts/link_used.html", status=404)
        else:
            login(request, user, backend=PASSWORD_BACKEND)
            request.session["org"] = invitation.org_id
            return redirect("/")
    context = {"invitation": invitation, "refusal": refusal, "typed": request.POST, "signed_in": signed_in}
    return show(request, "accounts/join.html", context, status=409 if refusal else 200)


def counted_as(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """The name under which wrong passwords are counted: the address, however somebody spells it."""
    typed = (credentials or {}).get("username") or request.POST.get("username") or ""
    return typed.strip().lower()[:255]


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Too many wrong passwords for this name from this address."""
    sentence = _("Too many tries with a wrong password. Wait a quarter of an hour, then try again.")
    return show(request, "accounts/locked_out.html", {"refusal": Refusal("locked_out", sentence)}, status=429)


urlpatterns: list[URLPattern] = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-in/sample/", look_around, name="look-around"),
    path("sign-out/", sign_out, name="sign-out"),
    path("setup/<str:token>/", set_up, name="set-up"),
    path("join/<str:token>/", join, name="join"),
]
