from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connections

from accounts.addressbook import for_people
from accounts.demo import book_path, load_demo
from accounts.management.base import HouseCommand
from accounts.models import Workspace
from accounts.serving.listening import listen
from accounts.serving.preparing import alone, prepare
from accounts.serving.supervising import supervise


def positive(text: str) -> int:
    """A number of threads or processes."""
    if not text.isdecimal() or not 0 < int(text) < 1000:
        raise ArgumentTypeError("between 1 and 999, please")
    return int(text)


class Command(HouseCommand):
    help = "Run the web server and the worker, over an installation that may be empty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="Load the demo first.")
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on.")
        parser.add_argument("--port", type=int, help="Instead of the setting PORT.")
        parser.add_argument("--threads", type=positive, default=8, help="Requests one process answers at a time.")
        parser.add_argument("--processes", type=positive, default=1, help="Web processes; more than one needs Redis.")

    def work(self, **options: Any) -> None:
        if options["port"] not in (None, settings.PORT):
            # Addresses are made of the port everywhere, so it is changed where every process reads it.
            os.execvp("env", ["env", f"PORT={options['port']}", *sys.orig_argv])  # noqa: S606, S607
        self.refuse_lonely_processes(options["processes"])
        with listen(options["host"], settings.PORT) as listener:
            prepare(self.say)
            self.stdout.write(self.welcome(options["demo"]))
            self.stdout.flush()
            # The children open their own.
            connections.close_all()
            code = supervise(listener, threads=options["threads"], processes=options["processes"])
        if code:
            raise SystemExit(code)

    def refuse_lonely_processes(self, processes: int) -> None:
        """Several processes count requests together, and only Redis lets them."""
        if processes > 1 and not settings.REDIS_URL:
            raise CommandError(
                f"{processes} processes would each keep rate limits of their own: set REDIS_URL, or leave it at one."
            )

    def welcome(self, demo: bool) -> str:
        """What a person who has just started it wants to know."""
        if demo:
            with alone():
                pages = load_demo()
            page = f"{for_people(pages)}\n\n  Logins and tokens of all five APIs: {book_path()}"
        elif Workspace.objects.exists():
            page = f"  Pages   {settings.ACTA_BASE_URL}/"
        else:
            page = f"  Nothing is set up yet: {settings.ACTA_BASE_URL}/ or manage.py createworkspace SLUG"
        return f"\nActa\n\n{page}\n\n  Ctrl-C stops it.\n"
