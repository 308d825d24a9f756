"""The pages of delegations."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
