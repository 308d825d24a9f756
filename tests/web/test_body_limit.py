"""A body that is larger than any form sends is refused with a page that says so, before it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "/sops/issue-the-refund/media/"


@pytest.fixture(autouse=True)
def small(settings: LazySettings) -> None:
    settings.MEDIA_MOST_BYTES = 2_000_000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000


def send(size: int, **headers: str) -> Any:
    file = SimpleUploadedFile("clip.mp4", b"x" * size)
    return Client(enforce_csrf_checks=True).post(PAGE, {"file": file}, headers=headers)


def test_a_body_above_the_limit_gets_a_page_that_says_how_much_may_be_sent() -> None:
    response = send(2_001_001)
    assert response.status_code == 413
    assert "At most 2 MB at a time" in response.content.decode()


def test_a_script_gets_a_notice_for_the_page_that_asked() -> None:
    response = send(2_001_001, hx_request="true")
    assert (response.status_code, response.headers["HX-Retarget"]) == (413, "#notices")
    assert "at most 2 MB" in response.content.decode()


def test_a_body_within_the_limit_goes_on_to_where_forms_are_checked() -> None:
    assert send(1_999_000).status_code == 403  # it has no token


def test_a_length_that_is_no_number_is_for_the_server_to_judge() -> None:
    response = Client().get("/sign-in/", CONTENT_LENGTH="-1")
    assert response.status_code == 200
