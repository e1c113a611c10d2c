"""The seal on the ledger, and the record of every time it was lifted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from actions.models.acts import Acted, ActorKind, known

NOBODY = 0


class Seal(Acted):
    """
    One lifting of the seal: the triggers let a transaction change what is sealed while it has an open one.

    It belongs to the installation, since it outlives the workspace that was deleted under it.
    """

    id = models.BigAutoField(primary_key=True)
    reason = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # While open it points to a row that never exists. Both databases check foreign keys at commit, so an open
    # seal cannot be committed: whoever sees one is inside the transaction that opened it.
    latch = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            known("actor_kind", ActorKind.values, "seal_actor_kind_known"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, latch__isnull=False, latch=NOBODY)
                | Q(closed_at__isnull=False, latch__isnull=True),
                name="seal_open_or_closed",
            ),
            models.CheckConstraint(condition=Q(id__gt=NOBODY), name="seal_nobody"),
        ]

    def __str__(self) -> str:
        return self.reason
