"""Django's `makemigrations`, which knows how the house writes first migrations."""

from __future__ import annotations

from django.core.management.commands import makemigrations

from accounts.management.autodetector import Autodetector


class Command(makemigrations.Command):
    """Django's, with tables made whole."""

    autodetector = Autodetector
