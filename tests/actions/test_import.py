"""`manage.py importactions`: all of a file or nothing, every fault by its row, never twice, and back again."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Member
from actions.ledger.signals import Wake
from actions.models import Action, ActionType, Performer
from actions.rules import importing
from actions.rules.importing import checking
from tests.actions.factories import make_performer
from tests.factories import NOON

pytestmark = pytest.mark.django_db
HEAD = "type,title,taken_at,performer_email,external_id,value"


@pytest.fixture(autouse=True)
def workspace(alice: Member) -> Any:
    """Wonderland, whose clock stands at noon."""
    alice.workspace.clock_stopped_at = NOON
    alice.workspace.time_zone = "Europe/Zurich"
    alice.workspace.save()
    return alice.workspace


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Writes a file of lines."""

    def write(*lines: str, encoding: str = "utf-8", name: str = "deeds.csv", end: str = "\n") -> Path:
        path = tmp_path / name
        path.write_bytes(end.join([*lines, ""]).encode(encoding))
        return path

    return write


def run(path: Path, *words: str) -> tuple[str, str]:
    """What it prints, and what it says beside that."""
    out, err = StringIO(), StringIO()
    call_command("importactions", str(path), "--workspace", "wonderland", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(path: Path, *words: str) -> str:
    """All it says when it refuses; nothing was recorded then."""
    before, err = Action.objects.count(), StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("importactions", str(path), "--workspace", "wonderland", *words, stdout=StringIO(), stderr=err)
    assert Action.objects.count() == before
    return f"{err.getvalue()}{refusal.value}"


def test_every_row_is_recorded_with_what_it_says(file: Any, alice: Member):
    performer = make_performer(alice)
    path = file(HEAD, "transaction,Sold a rope,2026-03-01 09:30:00,ALICE@wonderland.example,ord-1,12.50")
    out, err = run(path)
    assert out == "Recorded 1 action in wonderland.\n"
    assert f"--undo {path}" in err
    made = Action.objects.select_related("detail").get()
    assert (made.type.slug, made.detail.title, made.performer) == ("transaction", "Sold a rope", performer)
    assert (made.source, made.external_id, made.value) == ("import", "ord-1", 12_500_000)
    assert made.taken_at.isoformat() == "2026-03-01T08:30:00+00:00"
    assert made.actor_label == "importactions"


def test_the_same_file_again_records_nothing(file: Any):
    path = file("type,title,external_id", "event,One,a", "event,Two,")
    run(path)
    out, err = run(path)
    assert out == "Recorded 0 actions in wonderland.\n"
    assert "2 rows had been recorded before." in err
    assert "a" in Action.objects.values_list("source_id", flat=True)
    assert Action.objects.count() == 2


def test_a_row_without_an_external_id_is_known_by_its_file_and_place(file: Any):
    path = file("type,title", "event,Same", "event,Same", "", "event,Same")
    run(path)
    digest = importing.File(path).digest
    assert sorted(Action.objects.values_list("source_id", flat=True)) == [f"{digest}:{row}" for row in (2, 3, 5)]


def test_a_file_that_grew_records_what_is_new_by_external_id(file: Any):
    run(file("type,title,external_id", "event,One,a"))
    out, _ = run(file("type,title,external_id", "event,One,a", "event,Two,b"))
    assert out == "Recorded 1 action in wonderland.\n"


def test_all_faults_are_told_by_row_and_nothing_is_recorded(file: Any):
    text = refused(
        file(
            "type,title,taken_at,performer_id,referrer_email,external_id,value,params.colour",
            "event,Right,,,,,,",
            "nonsense,,yesterday,x,,,1e40,",
            "event,Future,2027-01-01,,nobody@example.org,,5,teal",
            "event,Twice,,,,k,,",
            "event,Twice,,,,k,,",
            "event,Short",
            '"transaction","A, b",,,,,"1,000",',
        )
    )
    rows = {int(line.split()[1].rstrip(":")): line for line in text.splitlines() if line.startswith("Row ")}
    assert sorted(rows) == [3, 4, 6, 7, 8]
    for word in ("type: There is no action type “nonsense”", "taken_at:", "performer_id:", "value:"):
        assert word in rows[3], word
    for word in ("yet to happen", "no such performer", "params.value", "params.colour"):
        assert word in rows[4], word
    assert "row 5 too" in rows[6]
    assert "2 cells where the head has 8" in rows[7]
    assert "“1,000” is no number" in rows[8]
    assert "5 of 7 rows are faulty. Nothing was recorded." in text


def test_a_fault_in_the_last_row_leaves_nothing_of_the_first(file: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "CHUNK", 2)
    refused(file("type,title", *[f"event,Row {number}" for number in range(7)], "nonsense,x"))


def test_a_crash_halfway_leaves_nothing(file: Any, monkeypatch: pytest.MonkeyPatch):
    def fail(*args: Any) -> Action:
        if Action.objects.count() == 2:
            raise RuntimeError("the disk is full")
        return record(*args)

    record = importing.recording.record_row
    monkeypatch.setattr(importing.recording, "record_row", fail)
    with pytest.raises(RuntimeError):
        run(file("type,title", *[f"event,Row {number}" for number in range(5)]))
    assert not Action.objects.exists()


def test_more_faults_than_anybody_reads_are_counted(file: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "MOST_TOLD", 2)
    text = refused(file("type,title", *["nonsense,x"] * 5))
    assert text.count("Row ") == 2
    assert "… and 3 rows more." in text
    assert "5 of 5 rows are faulty" in text


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("performer_id", "{id}"),
        ("performer_email", "Alice@Wonderland.example"),
        ("performer_referral_code", "{code}"),
        ("performer_identity", "crm:a:7"),
    ],
)
def test_a_performer_is_found_by_each_of_her_names(file: Any, alice: Member, column: str, value: str):
    from actions.rules.people import add_identity

    performer = make_performer(alice)
    add_identity(performer, "crm", "a:7", trust="admin", actor=alice, at=NOON)
    value = value.format(id=performer.pk, code=performer.referral_code.lower())
    run(file(f"type,title,{column}", f"event,One,{value}"))
    assert Action.objects.get().performer == performer


def test_whoever_is_not_known_waits_with_what_the_file_says_of_her(file: Any):
    _, err = run(file("type,title,performer_email", "event,One,new@example.org"))
    assert "1 of them name nobody who is known here" in err
    made = Action.objects.select_related("detail").get()
    assert made.performer is None
    assert made.detail.meta["performer_email"] == "new@example.org"


def test_another_workspaces_people_are_not_known(file: Any, charlie: Member):
    stranger = make_performer(charlie)
    run(file("type,title,performer_id", f"event,One,{stranger.pk}"))
    assert Action.objects.get().performer is None


def test_a_member_who_did_nothing_yet_is_somebody(file: Any, bob: Member):
    path = file("type,title,performer_email", f"event,One,{bob.email}")
    assert run(path, "--dry-run")[0].startswith("1 action would be recorded. Nothing")
    assert not Performer.objects.exists()
    run(path)
    assert Action.objects.get().performer.member == bob  # type: ignore[union-attr]


def test_a_dry_run_says_what_would_happen_and_does_nothing(file: Any):
    run(file("type,title,external_id", "event,One,a", name="first.csv"))
    path = file("type,title,external_id,performer_email", "event,One,a,", "event,Two,b,new@example.org")
    out, _ = run(path, "--dry-run")
    assert out == (
        "1 action would be recorded, 1 of them to be assigned. 1 row had been recorded before. "
        "Nothing was recorded, as this was a dry run.\n"
    )
    assert Action.objects.count() == 1


def test_many_rows_wake_followers_once(file: Any, django_capture_on_commit_callbacks: Any):
    path = file("type,title", *["event,x"] * 20)
    with django_capture_on_commit_callbacks() as promised:
        run(path)
    assert len([one for one in promised if isinstance(one, Wake)]) == 1


# Taking it back


def test_undo_takes_back_what_this_file_recorded_and_nothing_else(file: Any):
    run(file("type,title,external_id", "event,One,a", name="first.csv"))
    path = file("type,title,external_id", "event,One,a", "event,Two,b", "event,Three,")
    run(path)
    out, err = run(path, "--undo")
    assert out == "Took back 2 actions in wonderland.\n"
    assert "1 row had not been recorded by this file." in err
    assert list(Action.objects.uncancelled().values_list("external_id", flat=True)) == ["a"]
    assert "2 rows had been taken back before." in run(path, "--undo")[1]


def test_what_was_taken_back_is_told_when_it_comes_again(file: Any):
    path = file("type,title", "event,One")
    run(path)
    run(path, "--undo")
    out, err = run(path)
    assert out == "Recorded 0 actions in wonderland.\n"
    assert "1 of these were taken back since" in err


def test_undoing_and_trying_exclude_each_other(file: Any):
    assert "not allowed with argument" in refused(file("type,title", "event,One"), "--undo", "--dry-run")


# Files as people have them


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("cp1252", ("--encoding", "windows-1252")),
        ("utf-16", ("--encoding", "utf-16")),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_ends_of_lines(file: Any, encoding: str, words: tuple[str, ...], end: str):
    run(file("type,title", "event,Élan", encoding=encoding, end=end), *words)
    assert Action.objects.get().detail.title == "Élan"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_seen_from_the_head(file: Any, delimiter: str):
    run(file(f"type{delimiter}title", f"event{delimiter}One, two"))
    assert Action.objects.get().detail.title == "One, two"


def test_quotes_hold_commas_quotes_and_lines(file: Any):
    run(file("Type , TITLE", 'event,"a ""b"",', 'c"'))
    assert Action.objects.get().detail.title == 'a "b",\nc'


@pytest.mark.parametrize(
    ("lines", "encoding", "sentence"),
    [
        ([""], "utf-8", "The file has no head."),
        (["type,titel", "event,x"], "utf-8", "There is no column title"),
        (["type,titel", "event,x"], "utf-8", "Did you mean title?"),
        (["type,title,type", "event,x,y"], "utf-8", "The column type is there twice."),
        (["type,title,value,params.value", "event,x,1,2"], "utf-8", "The column value is there twice."),
        (["type,title,params.", "event,x,y"], "utf-8", "means nothing here"),
        (["type,title", "event,É"], "cp1252", "From row 1 on the file is not utf-8. Save it as CSV in UTF-8"),
        (["type,title", "event,x"], "utf-16", "The file is UTF-16."),
        (["type,title", 'event,"x'], "utf-8", "the quotes of the CSV do not close"),
        (["type,title", f"event,{'x' * 200_000}"], "utf-8", "a cell is too long"),
        (["PK\x03\x04"], "utf-8", "This is a workbook, not CSV."),
        (["type,title", "event,a\x00b"], "utf-8", "characters that cannot be kept"),
        (["type,title,external_id", "event,a,b\x00"], "utf-8", "characters that cannot be kept"),
        (["type,title,performer_id", f"event,a,{'9' * 5000}"], "utf-8", "is no number of a performer"),
        (["type,title,performer_identity", "event,a,crm"], "utf-8", "write source:name"),
        (["type,title,value", "transaction,a,NaN"], "utf-8", "is no number"),
        (["type,title,taken_at", "event,a,2026-02-30"], "utf-8", "is no time"),
        (["type,title,taken_at", "event,a,0001-01-01"], "utf-8", "before 1900"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_that_says_what_to_do(
    file: Any, lines: list[str], encoding: str, sentence: str
):
    assert sentence in refused(file(*lines, encoding=encoding))


def test_a_file_that_is_not_there_and_an_encoding_that_is_none(file: Any, tmp_path: Path):
    assert "cannot be read: No such file" in refused(tmp_path / "missing.csv")
    assert "utf-99 is no encoding" in refused(file("type,title", "event,x"), "--encoding", "utf-99")


def test_an_action_type_that_is_closed_is_refused(file: Any):
    ActionType.objects.filter(slug="event").update(active=False)
    assert "not recorded any more" in refused(file("type,title", "event,x"))


def test_it_says_now_and_then_how_far_it_is(file: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "CHUNK", 2)
    monkeypatch.setattr("actions.management.commands.importactions.EVERY", 2)
    _, err = run(file("type,title", *["event,x"] * 5))
    assert "4 rows looked at …" in err
    assert "4 of 5 rows recorded …" in err


def test_a_spreadsheet_writes_what_can_be_read(file: Any, tmp_path: Path):
    path = tmp_path / "sheet.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        sheet = csv.writer(target)
        sheet.writerow(["title", "type", "points"])
        sheet.writerow(["Won", "award", "7.5"])
    run(path)
    assert Action.objects.get().params == {"points": 7_500_000}
