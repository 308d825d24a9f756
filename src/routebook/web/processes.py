"""The pages of processes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
