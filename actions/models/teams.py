"""Teams, and who was in which when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import WorkspaceModel, WorkspaceQuerySet
from actions.models.performers import Performer

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class TeamQuerySet(WorkspaceQuerySet):
    """Questions about teams."""

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees; `actions.api.rows` reads them in this order."""
        return self.values_list("id", "name")


class Team(WorkspaceModel):
    """Performers whose points are also summed together."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(editable=False)

    objects = TeamQuerySet.as_manager()

    if TYPE_CHECKING:
        memberships: RelatedManager[TeamMembership]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="team_name")]

    def __str__(self) -> str:
        return self.name


class TeamMembershipQuerySet(WorkspaceQuerySet):
    """Questions about who was where."""

    def current(self) -> Self:
        """Memberships that have not ended."""
        return self.filter(until__isnull=True)

    def at(self, moment: datetime) -> Self:
        """Memberships that held at a time."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=moment), since__lte=moment)


class TeamMembership(WorkspaceModel):
    """One stay in a team; a performer is in one team at a time, and what she did then stays that team's."""

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships", db_index=False)
    performer = models.ForeignKey(Performer, models.PROTECT, related_name="memberships", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = TeamMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "performer"], condition=Q(until__isnull=True), name="team_membership_current"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="team_membership_span"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "performer", "since"], name="team_membership_performer"),
            models.Index(fields=["workspace", "team", "performer"], name="team_membership_team"),
        ]

    def __str__(self) -> str:
        return f"{self.performer} in {self.team}"
