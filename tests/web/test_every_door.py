"""Every address of the product, asked by everybody: found in the code, so that no door added later is left out.

What each door shows to whom has tests of its own. Here: a stranger gets to the sign-in page, somebody of another
organisation finds nothing, nobody sees a crash, and every answer says what the browser may load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from routebook.store.actions import mails, pile, plate
from routebook.store.models import HandOff, Role
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.databases("sqlite")]

As = Callable[[str], Client]

OPEN_TO_ALL = ("/sign-in/", "/sign-out/", "/setup/", "/join/", "/unsubscribe/")
"""What takes no sign-in, by how its address begins."""
NOBODYS = ("/processes/starting-points/", "/documents/rules/", "/documents/coverage/")
"""What comes with the product, and looks at what the organisation has itself."""
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PRIVATE = ("Adler Coaching", "Suri Castell", "Tove Dahl", "Paul Quint", "adler.example", "Renew the insurance")
"""What stands only in the first organisation."""


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)


ROUTES = tuple(dict.fromkeys(routes(get_resolver().url_patterns)))
SLUGS = {"processes": "refund-a-customer", "delegations": "refund-a-customer", "outcomes": "refund-a-customer"}
SLUGS |= {"plan": "refund-a-customer", "sops": "issue-a-refund-in-stripe"}


@pytest.fixture
def addresses(world: World) -> list[str]:
    """Every address, of things that the first organisation has wherever that is possible."""
    world.complete("support", world.start().run, "request")
    world.hand_off("issue", "finance", "supervised")
    (line,) = plate.add(world.actor("owner"), "Renew the insurance", now=world.at())
    (item,) = pile.take(
        world.actor("owner"), "x.md", b"# Renew the insurance\n\n1. Call\n2. Pay\n", now=world.at()
    ).kept
    mails.send_test(world.actor("owner"), now=world.at())
    ids: dict[str, int | str] = {
        "member": world.members["support"].pk,
        "role": Role.objects.filter(org=world.organisation)[0].pk,
    }
    ids |= {"handoff": HandOff.objects.get().pk, "step": "verify", "resource": "acceptance", "form": "svg"}
    ids |= {
        "name": "sop/x.png",
        "token": "nonsense",
        "rule_id": "rb001",
        "hole": "no-sop",
        "number": 1,
        "item": item.pk,
    }

    def address(route: str) -> str:
        own = {**ids, "slug": SLUGS.get(route.partition("/")[0], "refund-within-14-days")}
        if route.startswith("plate/"):
            own["number"] = line.pk
        if "starting-points" in route:
            own["slug"] = "refund-a-customer"
        return "/" + PARAMETER.sub(lambda name: str(own.get(name[1], 1)), route)

    return [address(route) for route in ROUTES]


class Answer(NamedTuple):
    status: int
    location: str
    body: bytes


def answer(client: Client, method: str, address: str) -> Answer:
    """The status of the answer, where it leads, and what stands in it."""
    response = client.generic(method, address, "process=1", "application/x-www-form-urlencoded")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith(("default-src 'self'", "default-src 'none'")), address
    assert response.status_code < 500, address
    body = response.getvalue()
    return Answer(response.status_code, response.headers.get("Location", ""), body)


def is_open(address: str) -> bool:
    return address.startswith(OPEN_TO_ALL)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_is_asked_to_sign_in(addresses: list[str], client: Client, method: str) -> None:
    wrong = []
    for address in addresses:
        response = answer(client, method, address)
        asked = response.status == 302 and response.location.startswith("/sign-in/?next=")
        if not (asked or response.status == 405 or is_open(address)):
            wrong.append((address, response.status))
    assert not wrong, wrong


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_organisation_finds_nothing(addresses: list[str], as_: As, method: str) -> None:
    client = as_("outsider")
    wrong: list[tuple[str, int | str]] = []
    for route, address in zip(ROUTES, addresses, strict=True):
        if is_open(address) or address.startswith(NOBODYS):
            continue
        response = answer(client, method, address)
        if PARAMETER.search(route) and response.status not in (404, 405):
            wrong.append((address, response.status))
        wrong += [(address, word) for word in PRIVATE if word.encode() in response.body]
    assert not wrong, wrong


@pytest.mark.parametrize("name", ["owner", "manager", "support", "guest", "agent"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_meets_a_crash(addresses: list[str], as_: As, name: str, method: str) -> None:
    """A form that is sent with next to nothing in it, too, is answered."""
    client = as_(name)
    for address in addresses:
        if not is_open(address):
            answer(client, method, address)
            if "_auth_user_id" not in client.session:  # a form that ends an account
                client = as_(name)
