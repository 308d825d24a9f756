"""The pages of handoffs."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
