"""Django's `migrate`, which knows how the house writes first migrations."""

from __future__ import annotations

from django.core.management.commands import migrate

from accounts.management.autodetector import Autodetector


class Command(migrate.Command):
    """Django's, with tables made whole."""

    autodetector = Autodetector
