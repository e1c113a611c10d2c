"""Files of actions: all of a file is recorded, or nothing of it; and all of it can be taken back again."""

from __future__ import annotations

from actions.rules.importing.checking import Checked, check_file
from actions.rules.importing.reading import Faulty, File, Options
from actions.rules.importing.recording import Recorded, Undone, record_file, undo_file

__all__ = ["Checked", "Faulty", "File", "Options", "Recorded", "Undone", "check_file", "record_file", "undo_file"]
