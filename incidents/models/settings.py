"""What a workspace calls its severities and statuses."""

from __future__ import annotations

from django.db import models

from accounts.models import ULIDModel


class Severity(ULIDModel):
    """How bad it is; a lower rank is less severe."""

    name = models.CharField(max_length=50)
    description = models.TextField(blank=True)
    rank = models.BigIntegerField()
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "severities"
        constraints = [models.UniqueConstraint(fields=["workspace", "rank"], name="severity_rank")]

    def __str__(self) -> str:
        return self.name


class IncidentStatus(ULIDModel):
    """Where an incident stands, in one of eight categories that decide what may follow."""

    class Category(models.TextChoices):
        TRIAGE = "triage"
        LIVE = "live"
        LEARNING = "learning"
        CLOSED = "closed"
        PAUSED = "paused"
        DECLINED = "declined"
        MERGED = "merged"
        CANCELED = "canceled"

    name = models.CharField(max_length=50)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=8, choices=Category)
    rank = models.BigIntegerField()
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "incident statuses"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "category", "rank"], name="incident_status_rank"),
            models.CheckConstraint(
                condition=models.Q(
                    category__in=[
                        "triage", "live", "learning", "closed", "paused", "declined", "merged", "canceled",
                    ]
                ),
                name="incident_status_category_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
