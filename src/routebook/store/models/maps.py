"""Where maps came from: the files of other tools that processes were made of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from routebook.store.models.documents import Document
from routebook.store.models.organisation import Member, Organisation


class MapOriginal(models.Model):
    """The file that a process was made of, as it was sent. It lies under the digest of its content (`store.originals`)."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "document"], name="map_original"),
        ]
