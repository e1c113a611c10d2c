from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Set-up"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401
        from accounts.serving.fingerprints import remember

        # Whoever migrates, the tables know which drafts of the migrations made them.
        post_migrate.connect(lambda **kwargs: remember(), sender=self, weak=False)
        # How each app renders and signs what its rules emit.
        autodiscover_modules("api.webhooks")
        autodiscover_modules("schedule")
