"""`bin/bench search`: how long a search takes among 20,000 documents, on SQLite and on PostgreSQL.

The documents are generated, the same every time, and indexed as the product does it. Then a mixed list of searches is
asked, as people type: words that stand in every text, rare ones, several words, slips of the keyboard, questions in
whole sentences, and each of them letter by letter. The last line is one JSON object.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.engine import ROOT, new_database, postgresql, product_environment

EXPECTED_MS = 40.0
DOCUMENTS = 20_000
SEED = 20261122


def listed(text: str, between: str = " ") -> list[str]:
    return text.split(between)


VERBS = listed(
    "Refund Invoice Onboard Launch Publish Verify Prepare Send Chase Close Open Check Build Review Update Archive Plan"
    " Schedule Reply Record Cancel Renew Order Pack Ship Book Translate Film Edit Measure"
)
THINGS = listed(
    "customer client supplier order payment contract funnel newsletter post video podcast webinar invoice refund quote"
    " lead subscription account password calendar report backup website page campaign survey complaint delivery parcel"
    " stock payroll timesheet holiday interview candidate assistant course lesson workshop event speaker sponsor"
)
PLACES = listed(
    "Stripe PayPal Shopify WordPress Mailchimp Notion Slack Zoom Canva Calendly Xero QuickBooks HubSpot Gmail Drive"
    " Instagram LinkedIn YouTube TikTok Airtable"
)
OCCASIONS = listed(
    "every Monday, before the call, after the sale, at month end, for a new client, for a returning customer, abroad,"
    " in Germany, in the Philippines, by phone, by e-mail, in a hurry, with a partner, without a contract",
    ", ",
)
FILLING = listed(
    "open copy paste click choose save name write ask wait compare note ticket amount date template folder link message"
    " answer customer order confirm record approve total line number button screen step role person team week hour form"
    " field list item rule reason result quality example picture address page"
)
SEARCHES = (
    *("refund", "refund customer", "stripe", "refnud custmer", "onboard client", "onbord clinet", "invoice", "invoce"),
    *("payment stripe", "publish post instagram", "publsh pots", "how do i refund a customer in stripe", "newsletter"),
    *("month end report", "xero", "quikbooks", "webinar speaker", "monday", "customer", "open the ticket", "template"),
    *("amount", "philippines", "candidate interview", "canddate intervew", "head of support", "rare42", "rare19000"),
    *("cancel subscription paypal", "archive", "backup website", "Überweisung", "#17", "zzzz", "lanuch", "verify lead"),
)


def main(arguments: list[str]) -> int:
    options = read_options(arguments)
    if options.here:
        print(json.dumps(measure(options.documents, options.rounds)))
        return 0
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="routebook-bench-") as folder:
        if "sqlite" in options.only:
            figures["sqlite"] = in_a_process_of_its_own(Path(folder) / "sqlite", "", options)
        if "postgresql" in options.only:
            with postgresql() as address:
                home = Path(folder) / "postgresql"
                figures["postgresql"] = in_a_process_of_its_own(home, new_database(address, "routebook"), options)
    met = all(one["p95_ms"] < EXPECTED_MS for one in figures.values())
    report = {"documents": options.documents, "expected_p95_ms": EXPECTED_MS, "met": met, "figures": figures}
    if not options.json:
        print_report(figures)
    print(json.dumps(report))
    return 0 if met else 1


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench search", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON line")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="how many (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each search is asked (default: %(default)s)")
    parser.add_argument("--only", nargs="*", default=["sqlite", "postgresql"], help="which databases (default: both)")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def in_a_process_of_its_own(home: Path, address: str, options: argparse.Namespace) -> dict[str, Any]:
    size = ["--documents", str(options.documents), "--rounds", str(options.rounds)]
    command = [sys.executable, "-m", "benchmarks", "search", "--here", *size]
    environment = product_environment(home, address)
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


# --- one database -------------------------------------------------------------------------------


def measure(documents: int, rounds: int) -> dict[str, Any]:
    """Fill a fresh database and ask. Times are in milliseconds, of the query alone, without a page around it."""
    actor, indexed = fill(documents)
    from routebook.store.queries.search import search

    begun = time.perf_counter()
    search(actor, "frist")
    first = time.perf_counter() - begun
    times: dict[str, list[float]] = {}
    found = 0
    for _ in range(rounds):
        for text in SEARCHES:
            for typed in as_one_types(text):
                begun = time.perf_counter()
                hits = search(actor, typed, limit=12)
                times.setdefault(typed, []).append((time.perf_counter() - begun) * 1000)
                found += bool(hits)
    every = sorted(one for each in times.values() for one in each)
    slowest = sorted(times, key=lambda typed: -statistics.median(times[typed]))[:5]
    return {
        "p50_ms": round(statistics.median(every), 1),
        "p95_ms": round(every[int(len(every) * 0.95)], 1),
        "max_ms": round(every[-1], 1),
        "searches": len(every),
        "found": found,
        "first_ms": round(first * 1000, 1),
        "indexing_s": round(indexed, 1),
        "slowest": {typed: round(statistics.median(times[typed]), 1) for typed in slowest},
    }


def as_one_types(text: str) -> Iterator[str]:
    """The text from its second letter on, as far as it has been typed."""
    yield from (text[:end] for end in range(2, len(text) + 1))


def fill(count: int) -> tuple[Any, float]:
    """An organisation with so many documents; its owner, and how many seconds the index took."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "routebook.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from routebook.store import search
    from routebook.store.actions import organisations

    call_command("migrate", interactive=False, verbosity=0)
    user = organisations.new_user(name="Founder", email="founder@benchmark.example", password="nobody signs in here")
    actor = organisations.found("Benchmark", time_zone="UTC", owner=user, key="founder", now=timezone.now())
    write_documents(actor, count)
    begun = time.perf_counter()
    search.rebuild(actor.org)
    seconds = time.perf_counter() - begun
    refresh_statistics()
    return actor, seconds


def refresh_statistics() -> None:
    """What PostgreSQL does by itself within a minute or so."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE store_search")


def write_documents(actor: Any, count: int) -> None:
    from django.db import transaction

    from routebook.formats.markdown import write_document
    from routebook.store.models import Document, Version

    chance = random.Random(SEED)
    with transaction.atomic():
        values = [sop(chance, number) for number in range(count)]
        rows = Document.objects.bulk_create(
            [
                Document(org_id=actor.org, kind="sop", slug=value.slug, title=value.title, status="published")
                for value in values
            ],
            batch_size=500,
        )
        versions = Version.objects.bulk_create(
            [
                Version(
                    org_id=actor.org, document=row, number=1, content=write_document(value), content_hash=value.slug
                )
                for row, value in zip(rows, values, strict=True)
            ],
            batch_size=500,
        )
        for row, version in zip(rows, versions, strict=True):
            row.published = version
        Document.objects.bulk_update(rows, ["published"], batch_size=500)


def sop(chance: random.Random, number: int) -> Any:
    """An SOP of about a page."""
    from routebook.core.document import ChecklistItem, Question, Sop

    verb, thing, place = chance.choice(VERBS), chance.choice(THINGS), chance.choice(PLACES)
    title = f"{verb} a {thing} in {place}"
    if chance.random() < 0.6:
        title += f" {chance.choice(OCCASIONS)}"
    return Sop(
        slug=f"sop-{number}",
        title=title,
        owner="Head of Support",
        step="process/step",
        role=f"{chance.choice(PLACES)} assistant",
        objective=sentence(chance),
        checklist=tuple(ChecklistItem(sentence(chance), instruction=sentence(chance)) for _ in range(9)),
        quality_bar=tuple(sentence(chance) for _ in range(3)),
        questions=(Question(f"{sentence(chance)} rare{number}?", sentence(chance)),),
    )


def sentence(chance: random.Random) -> str:
    words = [chance.choice(FILLING) for _ in range(chance.randint(7, 13))]
    words[chance.randrange(len(words))] = chance.choice((*THINGS, *PLACES))
    return " ".join(words).capitalize()


def print_report(figures: dict[str, Any]) -> None:
    for name, one in figures.items():
        print(f"{name}: p50 {one['p50_ms']} ms, p95 {one['p95_ms']} ms, longest {one['max_ms']} ms")
        print(f"  {one['searches']} searches; the first of a process {one['first_ms']} ms; index {one['indexing_s']} s")
        print(f"  slowest: {one['slowest']}")
