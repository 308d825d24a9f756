"""Every address of the product; the doors list their own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("routebook.web.urls"))]
