"""The pages of outcomes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
