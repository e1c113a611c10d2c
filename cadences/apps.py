from __future__ import annotations

from django.apps import AppConfig


class CadencesConfig(AppConfig):
    name = "cadences"
    default_auto_field = "django.db.models.BigAutoField"
