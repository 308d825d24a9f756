"""The addresses of the pages, a list per noun.

Each noun has a module of this package with `urlpatterns`: its lists, pages and the resources under them.
"""

from importlib import import_module

from django.urls import URLPattern, URLResolver

NOUNS = (
    "home",
    "accounts",
    "people",
    "processes",
    "process_import",
    "starting_points",
    "delegations",
    "plate",
    "goals",
    "plan",
    "documents",
    "pile",
    "handoffs",
    "runs",
    "outcomes",
    "search",
    "inbox",
    "ledger",
)

urlpatterns: list[URLPattern | URLResolver] = []
for _noun in NOUNS:
    urlpatterns += import_module(f"routebook.web.{_noun}").urlpatterns
