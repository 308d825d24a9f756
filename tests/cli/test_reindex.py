"""`routebook reindex`, and the server that makes an index where none is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from routebook.cli import main as cli
from routebook.cli import serve

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
Captured = pytest.CaptureFixture[str]


def empty_the_index() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM store_search_words")
        cursor.execute("DELETE FROM store_search")


def found(world: World) -> list[str]:
    from routebook.store.queries.search import search

    return [hit.title for hit in search(world.actor("owner"), "suri castell")]


def test_it_makes_the_index_anew(world: World, capsys: Captured) -> None:
    empty_the_index()
    assert found(world) == []
    assert cli.main(["reindex"]) == cli.FINE
    said = re.fullmatch(r"(\d+) things can be found\.\n", capsys.readouterr().out)
    assert said is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM store_search")
        assert int(said[1]) == cursor.fetchone()[0] > 15
    assert found(world)[0] == "Suri Castell"


def test_the_server_makes_one_where_none_is_and_leaves_one_alone(world: World, capsys: Captured) -> None:
    empty_the_index()
    serve.index_what_is_there()
    assert capsys.readouterr().out == "Indexing for search …\n"
    assert found(world)[0] == "Suri Castell"
    serve.index_what_is_there()
    assert capsys.readouterr().out == ""
