"""Every address of the product; the doors list their own."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("routebook.web.urls"):
    urlpatterns.append(path("", include("routebook.web.urls")))
