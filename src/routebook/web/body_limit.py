"""What is too large is refused by its announced length, before a byte of it is kept anywhere.

The limits of single files are held where the files are taken (`upload_limit`, `store.evidence`); this guards the disk
from a body that no form of ours sends.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from routebook.core.events import Refusal
from routebook.store.evidence import MOST_BYTES

CHUNK = 1 << 20
TOO_LARGE = 413


def body_limit(respond: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, before anything that reads a form."""

    def limited(request: HttpRequest) -> HttpResponse:
        files = MOST_BYTES if request.path.endswith("/evidence/") else settings.MEDIA_MOST_BYTES
        if announced(request) <= files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return respond(request)
        # Read on and forget: a browser that is cut off while it sends shows its own error instead of our page.
        while request.read(CHUNK):
            pass
        return refused(request, files // 1_000_000)

    return limited


def announced(request: HttpRequest) -> int:
    """How many bytes the request says that it brings; the server never hands on more."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    return int(length) if length.isascii() and length.isdecimal() else 0


def refused(request: HttpRequest, megabytes: int) -> HttpResponse:
    """A page that says how much may be sent; for htmx a notice on the page that asked."""
    if not request.headers.get("HX-Request"):
        return render(request, "413.html", {"megabytes": megabytes}, status=TOO_LARGE)
    sentence = _("This is too large: at most %(n)d MB can be sent here. Nothing was kept.") % {"n": megabytes}
    notice = {"refusal": Refusal("too_large", sentence)}
    response = render(request, "shell/refusal_notice.html", notice, status=TOO_LARGE)
    response.headers["HX-Retarget"] = "#notices"
    response.headers["HX-Reswap"] = "innerHTML"
    return response
