from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from accounts.api.schema import describe
from accounts.management.base import HouseCommand


def check(app: str) -> int:
    """Refuse a document with warnings or against OpenAPI 3.0.3; the number of its operations."""
    GENERATOR_STATS.reset()
    document = describe(app)
    if GENERATOR_STATS:
        raise CommandError(f"The description of {app} has the faults named above.")
    try:
        validate_schema(document)  # type: ignore[no-untyped-call]
    except jsonschema.ValidationError as error:
        fault = f"{error.json_path}: {error.message}"
        raise CommandError(f"The description of {app} is no OpenAPI 3.0.3: {fault}") from error
    return sum(len(methods) for methods in document["paths"].values())


class Command(HouseCommand):
    help = "Print the OpenAPI document of an app, or check those of all apps."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app", nargs="?", choices=settings.ACTA_APPS)
        parser.add_argument("--check", action="store_true", help="Fail on warnings and on what OpenAPI does not allow.")
        parser.add_argument("--file", type=Path, metavar="PATH", help="Write there instead of to standard output.")

    def work(self, **options: Any) -> None:
        app, file = options["app"], options["file"]
        if options["check"]:
            self.check_all([app] if app else settings.ACTA_APPS)
        elif app is None:
            raise CommandError(f"Name an app: {', '.join(settings.ACTA_APPS)}. Or --check them all.")
        if app and (file or not options["check"]):
            self.print(app, file)

    def check_all(self, apps: list[str]) -> None:
        """Check each app and say how much it describes."""
        for app in apps:
            count = check(app)
            self.say(f"{app}: {count or 'no'} operations.")

    def print(self, app: str, file: Path | None) -> None:
        """The document, for programs and for people to read."""
        text = json.dumps(describe(app), indent=2)
        if file:
            file.write_text(text + "\n")
        else:
            self.stdout.write(text)
