from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from accounts.callers import System
from accounts.management.base import HouseCommand, workspace_called
from accounts.rules import create_endpoint


class Command(HouseCommand):
    help = "Tell an address what happens in an app, and print the secret that signs it, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="The workspace.")
        parser.add_argument("app", choices=settings.ACTA_APPS)
        parser.add_argument("url", help="Where events are sent.")
        parser.add_argument("--event", action="extend", nargs="+", metavar="TYPE", help="Which; without, all.")

    def work(self, **options: Any) -> None:
        workspace = workspace_called(options["slug"])
        endpoint, secret = create_endpoint(
            workspace,
            options["app"],
            url=options["url"],
            events=options["event"] or [],
            actor=System("createwebhook"),
            at=workspace.tick(),
        )
        self.stdout.write(secret)
        page = f"{settings.ACTA_BASE_URL}/admin/accounts/webhookendpoint/{endpoint.pk}/change/"
        self.say(f"{endpoint} is told {', '.join(endpoint.events) or 'everything'} of {endpoint.app}: {page}")
