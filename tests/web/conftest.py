"""What the tests of pages share: a browser without a script, signed in as somebody of the cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.world import World


@pytest.fixture
def as_(world: World, client: Client) -> Callable[[str], Client]:
    """`as_("support").get("/runs/")`: the same browser, signed in as this person from now on."""

    def sign_in(name: str) -> Client:
        user = world.members[name].user
        assert user is not None
        client.force_login(user)
        return client

    return sign_in
