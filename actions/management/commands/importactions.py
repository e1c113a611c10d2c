from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.callers import System
from accounts.management.base import HouseCommand, workspace_called
from accounts.models import Workspace
from actions.rules.importing import Checked, Faulty, File, Options, check_file, record_file, undo_file
from actions.rules.importing.reading import COLUMNS, PARAM

EVERY = 5000
ACTOR = System("importactions")


def counted(count: int, noun: str = "row") -> str:
    """A count as people read it."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


class Command(HouseCommand):
    help = (
        "Record a CSV file of actions: all of it, or nothing when any row is faulty. The same file again records "
        f"nothing. Columns: {', '.join(COLUMNS)}, and {PARAM}NAME for what else a type declares; "
        "type and title are required."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--workspace", required=True, metavar="SLUG", help="Where it is recorded.")
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--dry-run", action="store_true", help="Say what would be recorded, and what is wrong.")
        way.add_argument("--undo", action="store_true", help="Take back what this file recorded.")
        parser.add_argument("--encoding", default="utf-8-sig", help="UTF-8 unless another is named.")
        parser.add_argument("--delimiter", default="", help="Comma, semicolon or tab are seen from the head.")

    def work(self, **options: Any) -> None:
        workspace = workspace_called(options["workspace"])
        file = File(options["file"], Options(options["encoding"], options["delimiter"]))
        try:
            if options["undo"]:
                self.undo(workspace, file)
            else:
                self.record(workspace, file, dry=options["dry_run"])
        except Faulty as fault:
            raise CommandError(f"{fault} Nothing was recorded.") from fault

    def record(self, workspace: Workspace, file: File, *, dry: bool) -> None:
        """Look at everything first; then record everything."""
        checked = check_file(workspace, file, actor=ACTOR, at=workspace.now(), progress=self.progress("looked at"))
        self.refuse(checked)
        if dry:
            return self.stdout.write(f"{promise(checked)} Nothing was recorded, as this was a dry run.")
        facts = {"actor": ACTOR, "at": workspace.tick(), "progress": self.progress("recorded", checked.rows)}
        done = record_file(workspace, file, **facts)
        self.stdout.write(f"Recorded {counted(done.recorded, 'action')} in {workspace.slug}.")
        if done.waiting:
            self.say(f"{done.waiting:,} of them name nobody who is known here; they wait in the admin to be assigned.")
        if done.known:
            self.say(f"{counted(done.known)} had been recorded before.")
        if done.cancelled:
            self.say(f"{done.cancelled:,} of these were taken back since; with another external_id they would be new.")
        if done.recorded:
            self.say(f"To take it back: manage.py importactions --workspace {workspace.slug} --undo {file.path}")
        return None

    def refuse(self, checked: Checked) -> None:
        """Every fault by its row; with any of them nothing is recorded."""
        for fault in checked.faults:
            self.say(fault)
        if checked.faulty > len(checked.faults):
            self.say(f"… and {counted(checked.faulty - len(checked.faults))} more.")
        if checked.faulty:
            raise CommandError(f"{checked.faulty:,} of {counted(checked.rows)} are faulty. Nothing was recorded.")

    def undo(self, workspace: Workspace, file: File) -> None:
        """Take it back."""
        facts = {"actor": ACTOR, "at": workspace.tick(), "progress": self.progress("looked up")}
        undone = undo_file(workspace, file, **facts)
        self.stdout.write(f"Took back {counted(undone.cancelled, 'action')} in {workspace.slug}.")
        if undone.before:
            self.say(f"{counted(undone.before)} had been taken back before.")
        if undone.missing:
            self.say(f"{counted(undone.missing)} had not been recorded by this file.")

    def progress(self, done: str, whole: int = 0) -> Any:
        """Says now and then how far it is."""
        of, last = f" of {whole:,}" if whole else "", [0]

        def tell(rows: int) -> None:
            if rows // EVERY > last[0] // EVERY:
                self.say(f"{rows:,}{of} rows {done} …")
            last[0] = rows

        return tell


def promise(checked: Checked) -> str:
    """What a file would do."""
    waiting = f", {checked.waiting:,} of them to be assigned" if checked.waiting else ""
    known = f" {counted(checked.known)} had been recorded before." if checked.known else ""
    return f"{counted(checked.new, 'action')} would be recorded{waiting}.{known}"
