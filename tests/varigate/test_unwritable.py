"""What cannot be saved is refused at once, not after minutes of work."""

import pytest

from varigate.__main__ import main
from varigate.commands import explore_commands
from varigate.model.figures import latent_spins, network_plots, story
from varigate.model.train import trained
from varigate.sim.board import screenshot
from varigate.sim.mutation.suite import Suite
from varigate.sim.units import book

WORK = ((trained, "make"), (network_plots, "save_figure"), (story, "material"), (latent_spins, "phase_map"),
        (book, "exact"), (screenshot, "Board"), (Suite, "measure"), (explore_commands, "best_designs"),
        (explore_commands, "front"), (explore_commands, "sweep"), (explore_commands, "cluster"),
        (explore_commands.dataset, "make"), (explore_commands, "_trainer"), (explore_commands, "_study"))


@pytest.mark.parametrize(("arguments", "name"), [
    (["train", "iris"], ""), (["train", "digits"], ""), (["plot", "iris"], ""), (["latent"], ""), (["units"], ""),
    (["vectors", "iris"], ""), (["picture", "digits"], "x.png"), (["mutants"], "x.md"),
    (["explore", "search", "--network", "iris"], "x.toml"),
    (["explore", "search", "--network", "iris", "--objective", "front"], "x.toml"),
    (["explore", "dataset"], "x.npz"), (["explore", "sweep"], "x.csv"), (["explore", "train"], "x.npz"),
    (["explore", "plot", "--network", "iris"], ""), (["explore", "demo", "--network", "iris"], ""),
    (["explore", "book", "--network", "iris"], "")], ids=lambda each: "-".join(each) if isinstance(each, list) else "")
def test_it_is_refused_before_the_work(arguments, name, tmp_path, capsys, monkeypatch):
    for owner, work in WORK:
        monkeypatch.setattr(owner, work, lambda *_, **__: pytest.fail("the work has begun"))
    (tmp_path / "file").write_text("mine")
    assert main([*arguments, "--out", str(tmp_path / "file" / name)]) == 2
    shown = capsys.readouterr()
    line, = [line for line in shown.err.splitlines() if "is not known" not in line and "[1/" not in line]
    assert shown.out == "" and "cannot write" in line and "file" in line
    assert [path.name for path in tmp_path.iterdir()] == ["file"] and (tmp_path / "file").read_text() == "mine"


def test_a_build_does_not_train_what_it_cannot_save(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(trained, "make", lambda *_, **__: pytest.fail("the work has begun"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").write_text("mine")
    assert main(["build", "nexys4ddr", "--retrain", "--toolchain", "none"]) == 2
    assert "cannot write build/retrained/iris.npz: Not a directory" in capsys.readouterr().err
    assert (tmp_path / "build").read_text() == "mine"
