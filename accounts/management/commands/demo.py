from __future__ import annotations

from typing import Any

from accounts.addressbook import for_people
from accounts.demo import book_path, load_demo
from accounts.management.base import HouseCommand
from accounts.serving.preparing import alone, prepare


class Command(HouseCommand):
    help = "Migrate, load a small believable world through the rules, and write its address book; safe to repeat."

    def work(self, **options: Any) -> None:
        prepare(self.say)
        with alone():
            pages = load_demo()
        self.stdout.write(f"The demo is in workspace {pages['workspace']}.\n\n{for_people(pages)}\n")
        self.say(f"Tokens for all five APIs: {book_path()}")
