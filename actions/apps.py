from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class ActionsConfig(AppConfig):
    name = "actions"
    verbose_name = "Ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from actions import checks, triggers  # noqa: F401

        connection_created.connect(triggers.fire_on_replace)
        post_migrate.connect(triggers.install_after_migration, sender=self)
        autodiscover_modules("verbs", "receivers")
