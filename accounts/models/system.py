"""What the machinery tells of itself."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a background process was last seen alive, by the machine's clock."""

    name = models.CharField(max_length=100, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at:%Y-%m-%d %H:%M:%S}Z"
