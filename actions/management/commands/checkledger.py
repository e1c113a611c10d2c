"""Proves the ledger."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand, CommandError

from accounts.models import Workspace
from actions.rules.proofs import Fault, Report, prove, prove_triggers
from actions.rules.proofs.repairs import rebuild


def counted(count: int, one: str, many: str = "") -> str:
    """A count as people read it."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


class Command(BaseCommand):
    help = "Prove every number, sum, balance and reversal of the ledger; exits with 1 when something is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="only this workspace")
        parser.add_argument(
            "--repair",
            action="store_true",
            help="rebuild what is only a cache before proving",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        workspaces = self.workspaces(options["workspace"])
        rebuilt = {workspace.slug: rebuild(workspace) for workspace in workspaces} if options["repair"] else {}
        reports, triggers = [prove(workspace) for workspace in workspaces], prove_triggers()
        if options["json"]:
            self.stdout.write(as_json(reports, triggers, rebuilt))
        else:
            self.tell(reports, triggers, rebuilt)
        if triggers or any(report.faults for report in reports):
            raise SystemExit(1)

    def workspaces(self, slug: str | None) -> list[Workspace]:
        """The one that was named, or all."""
        found = Workspace.objects.filter(slug=slug) if slug else Workspace.objects.all()
        if slug and not found:
            raise CommandError(f"There is no workspace {slug}.")
        return list(found)

    def tell(self, reports: list[Report], triggers: list[Fault], rebuilt: dict[str, dict[str, int]]) -> None:
        """The same for people."""
        for slug, counts in rebuilt.items():
            wallets, facts = counted(counts["wallets"], "wallet"), counted(counts["points"], "fact")
            days, standings = counted(counts["days"], "daily total"), counted(counts["standings"], "standing")
            self.stdout.write(
                f"{slug}: rebuilt the balances of {wallets}, the points of {facts}, {days} and {standings}."
            )
        self.tell_faults(triggers)
        for report in reports:
            verdict = "not in order:" if report.faults else "all in order."
            facts, entries = counted(report.facts, "fact"), counted(report.entries, "entry", "entries")
            wallets = counted(report.wallets, "wallet")
            self.stdout.write(
                f"{report.workspace}: {facts} ({report.cancelled} cancelled), {entries}, {wallets}, {verdict}"
            )
            self.tell_faults(report.faults)

    def tell_faults(self, faults: list[Fault]) -> None:
        """A line each, and how many more there are."""
        for fault in faults:
            for sentence in fault.sentences:
                self.stdout.write(f"  {sentence}")
            if fault.count > len(fault.sentences):
                self.stdout.write(f"  … and {fault.count - len(fault.sentences)} more like these.")


def as_json(reports: list[Report], triggers: list[Fault], rebuilt: dict[str, dict[str, int]]) -> str:
    """The same for programs."""
    in_order = not triggers and not any(report.faults for report in reports)
    whole = {
        "in_order": in_order,
        "triggers": [asdict(fault) for fault in triggers],
        "workspaces": [asdict(report) for report in reports],
        "rebuilt": rebuilt,
    }
    return json.dumps(whole, indent=2)
