"""What a log gets to see: no bars, and commands that can be pasted."""

import re
import shlex
import sys

import pytest

TABLE = "a,b,kind\n" + "".join(f"{row},{row % 3},{'xy'[row % 2]}\n" for row in range(12))


def test_training_and_evaluation_write_a_line_at_the_start_and_one_at_the_end(machine):
    (machine.work / "t.csv").write_text(TABLE)
    trained = machine.run("train", "--csv", "t.csv", "--label", "kind", "--epochs", "2")
    evaluated = machine.run("evaluate", "build/model/t.npz")
    pairs = ["training t", "cross-validation, 5 folds × 10 seeds", "cross-validation, 5 folds × 10 seeds"]
    log = (trained.stderr + evaluated.stderr).decode()
    assert "\r" not in log and "\x1b" not in log
    lines = [line for line in log.splitlines() if "epochs" in line]
    for text, first, last in zip(pairs, lines[::2], lines[1::2], strict=True):
        assert first == f"{text}: 0/2 epochs …"
        assert re.fullmatch(rf"{text}: 2/2 epochs in \d+\.\d s, loss -?\d+\.\d{{4}}", last), last


@pytest.mark.skipif(sys.platform == "win32", reason="quoted for a POSIX shell")
def test_the_next_commands_can_be_pasted(machine):
    (machine.work / "t.csv").write_text(TABLE)
    out = "a folder; with $signs"
    done = machine.run("train", "--csv", "t.csv", "--label", "kind", "--epochs", "1", "--no-cross-validation",
                       "--out", out)
    words = [shlex.split(line) for line in done.stdout.decode().splitlines()[-2:]]
    assert [each[-1] for each in words] == [f"{out}/t.npz"] * 2
    assert words[0][:3] == ["next:", "varigate", "plot"]
