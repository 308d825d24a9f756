"""What the rows of the last migration say of documents that were there before it: what they name, which of their
versions must be read, and that whoever published a version has read it."""

from typing import Any

from django.db import migrations

from routebook.core.document import Kind, Process
from routebook.store.links import named_by, variations_to_write
from routebook.store.parsing import parse

READ_BY_PEOPLE = ("sop", "policy")


def describe(apps: Any, schema_editor: Any) -> None:
    documents = apps.get_model("store", "Document").objects.select_related("published")
    link, delegated = apps.get_model("store", "Link"), apps.get_model("store", "DelegatedStep")
    for row in documents.filter(published__isnull=False).iterator(500):
        value = parse(row.published.content, Kind(row.kind), row.slug)
        link.objects.bulk_create(
            link(org_id=row.org_id, document=row, kind=kind, slug=slug) for kind, slug in sorted(set(named_by(value)))
        )
        if isinstance(value, Process):
            delegated.objects.bulk_create(
                delegated(
                    org_id=row.org_id,
                    process=row,
                    step=f"{row.slug}/{step.id}",
                    title=step.title[:300],
                    role=step.role[:200],
                    variation=variation[:120],
                )
                for step in value.steps
                for variation in variations_to_write(step)
            )


def count_majors(apps: Any, schema_editor: Any) -> None:
    versions, reading = apps.get_model("store", "Version").objects, apps.get_model("store", "Reading")
    documents = apps.get_model("store", "Document").objects
    for version in versions.select_related("document").order_by("number").iterator(500):
        if version.major:
            documents.filter(pk=version.document_id).update(last_major=version.number)
        if version.published_by_id and version.document.kind in READ_BY_PEOPLE:
            reading.objects.create(
                org_id=version.org_id,
                document_id=version.document_id,
                member_id=version.published_by_id,
                number=version.number,
                content_hash=version.content_hash,
                read_at=version.published_at,
            )


class Migration(migrations.Migration):
    dependencies = [("store", "0005_document_upkeep")]
    operations = [
        migrations.RunPython(describe, migrations.RunPython.noop),
        migrations.RunPython(count_majors, migrations.RunPython.noop),
    ]
