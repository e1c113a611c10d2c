from __future__ import annotations

from argparse import SUPPRESS
from typing import Any

from django.core.management.base import CommandParser

from accounts.management.base import HouseCommand
from accounts.serving.working import work


class Command(HouseCommand):
    help = "Run background work; `manage.py serve` starts one of these by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lifeline", type=int, help=SUPPRESS)

    def work(self, **options: Any) -> None:
        work(options["lifeline"])
