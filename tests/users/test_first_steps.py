"""The first commands that somebody types."""


def test_overview_and_unknown_command(machine):
    shown = machine.run("--help")
    assert shown.returncode == 0 and b"train" in shown.stdout and not shown.stderr
    assert "varigate --help" in machine.refuse("frobnicate")


def test_training_a_missing_table_leaves_nothing(machine):
    assert "none.csv" in machine.refuse("train", "--csv", "none.csv", "--label", "class")
    assert not list(machine.work.iterdir())
