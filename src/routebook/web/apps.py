"""The web door as a Django app, for its templates, static files and template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "routebook.web"
    label = "web"
