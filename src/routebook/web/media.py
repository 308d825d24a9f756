"""`/media/<path>`: pictures and recordings, to members of the organisation that they belong to."""

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from routebook.store.access import Actor
from routebook.store.queries import media
from routebook.web.pages import page


@page()
def show_file(request: HttpRequest, actor: Actor, name: str) -> HttpResponseBase:
    """The file with its own content type; what a browser can't show safely is offered for saving."""
    found = media.find(actor, name)
    response = FileResponse(
        found.file.open("rb"), as_attachment=not found.kind.shown, content_type=found.kind.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


urlpatterns: list[URLPattern] = [path("media/<path:name>", show_file, name="media")]
