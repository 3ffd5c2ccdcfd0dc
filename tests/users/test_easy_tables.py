"""Tables that straight lines separate: every network finds them, in integers, or a line says that it does not."""

import json

import numpy as np
import pytest

from varigate.__main__ import main
from varigate.model.data.code_range import code_range
from varigate.model.data.tables import LabelledTable
from varigate.model.train.discriminant import lda_errors
from varigate.model.train.evaluate import compare
from varigate.model.train.fitting import fit, integers
from varigate.model.train.recipes import TrainingSettings
from varigate.model.train.verdict import verdict


def tables() -> dict:
    """Tables of 48 samples, by name: x (48, features) and labels (48,)."""
    rng = np.random.default_rng(7)
    two, three, eight = (np.arange(48) % classes for classes in (2, 3, 8))
    noise = rng.normal(size=(48, 5))
    angle = 2 * np.pi * eight / 8
    return {
        "a flag": (two[:, None], two),
        "a flag and noise": (np.c_[noise, two], two),
        "tight": (np.c_[two + 0.03 * noise[:, 0], noise[:, 1]], two),
        "tight, far from zero": (1e6 + two[:, None] + 0.01 * noise[:, :1], two),
        "1e30": (np.c_[1e30 * (2 * two - 1), noise], two),
        "denormal": (np.c_[1e-311 * two, noise], two),
        "Unix time": (np.c_[1.7e9 + np.arange(48), noise[:, 0] + 8 * two], two),
        "one-hot": (three[:, None] == range(3), three),
        "levels": (three[:, None] + 0.05 * noise[:, :1], three),
        "plus and minus": (np.c_[two + 0.1 * noise[:, 0], -two - 0.1 * noise[:, 0]], two),
        "a sum": (np.c_[10 * noise[:, 0], two - 10 * noise[:, 0]], two),
        "thirty times the same": (np.repeat(two[:, None], 30, 1), two),
        "a constant beside": (np.c_[np.full(48, 7), three, noise[:, 0]], three),
        "a rare class": (np.c_[np.arange(48) == 5, noise[:, 0]], (np.arange(48) == 5).astype(int)),
        "wide": (np.c_[noise[:12], rng.normal(size=(12, 55)) + 2 * two[:12, None]], two[:12]),
        "one sample a class": (np.array([[1, 2], [3, 5], [5, 1]]), np.arange(3)),
        "two rows": (np.array([[1, 2], [3, 5]]), np.arange(2)),
        "a sentinel": (np.c_[np.where(np.arange(48) == 8, -9999, noise[:, 0] + 6 * two), noise[:, 1]], two),
        "eight in a ring": (6 * np.c_[np.cos(angle), np.sin(angle)] + 0.3 * noise[:, :2], eight),
        "eight one-hot": (np.c_[eight[:, None] == range(8), noise[:, 0]], eight),
    }


TABLES = tables()


def data_of(name) -> LabelledTable:
    x, labels = TABLES[name]
    x = np.asarray(x, np.float64)
    offset, step = np.array([code_range(column) for column in x.T]).T
    return LabelledTable(name, x, labels.astype(np.int64), tuple(f"f{place}" for place in range(x.shape[1])),
                         tuple(f"c{label}" for label in range(labels.max() + 1)), offset, step)


def figures_of(name, seeds) -> list[tuple[dict, list[str]]]:
    """Of one network for each of `seeds`, its figures and the verdict on it."""
    data, settings = data_of(name), TrainingSettings()
    found = []
    for real in fit(data, settings, [np.arange(len(data.x))] * len(seeds), seeds):
        network = integers(real, data, name="table")
        figures = compare(network, real, data.codes, data.labels, 2)
        found.append((figures, verdict(network, real, data, settings, figures)))
    return found


def check(name, seeds):
    for figures, found in figures_of(name, seeds):
        assert figures["accuracy_integer"] >= 0.97, figures
        assert figures["neg_elbo_float"] < 100 and not found, (figures, found)


@pytest.mark.parametrize("name", ["a flag and noise", "one-hot", "two rows"])
def test_an_easy_table_is_learnt(name):
    check(name, [0, 1])


@pytest.mark.long
@pytest.mark.parametrize("name", TABLES)
def test_every_easy_table_is_learnt_from_every_seed(name):
    check(name, list(range(10)))


@pytest.mark.parametrize("name", TABLES)
def test_they_are_easy(name):
    data = data_of(name)
    assert lda_errors(data.codes, data.labels) == 0


def train(folder, capsys, text: str, *options):
    """Trains on a table of this text in `folder`: the status, the errors, and the card."""
    (folder / "t.csv").write_text(text, "utf-8")
    status = main(["train", "--csv", str(folder / "t.csv"), "--label", "class", "--out", str(folder), *options])
    lines = capsys.readouterr().err.split("\r")[-1].splitlines()
    return status, lines, json.loads((folder / "t.json").read_text("utf-8"))


def test_features_that_are_constant_within_the_classes_are_cross_validated(tmp_path, capsys):
    rows = ["1,0,4,mammal", "0,1,2,bird", "0,1,6,insect"] * 6
    status, _, card = train(tmp_path, capsys, "\n".join(["milk,eggs,legs,class", *rows]), "--epochs", "150")
    assert card["cv_accuracy_lda"] == 1 and card["accuracy_integer"] == 1 and status == 0


def test_a_poor_network_is_saved_with_a_status_and_a_line_of_its_own(tmp_path, capsys):
    text = "\n".join(["flag,class", *["0,n", "1,y"] * 20])
    status, lines, card = train(tmp_path, capsys, text, "--epochs", "1", "--rate", "1e-9", "--no-cross-validation")
    assert status == 3 and (tmp_path / "t.npz").exists()
    assert lines[-1].startswith("varigate train: network t is saved, but poor: ") and "Traceback" not in "".join(lines)
    assert all(sentence in lines[-1] for sentence in card["verdict"]) and card["verdict"]


def test_features_that_say_nothing_are_said_to(tmp_path, capsys):
    text = "\n".join(["a,b,class", *["7,-3,n", "7,-3,y"] * 10])
    status, lines, _ = train(tmp_path, capsys, text, "--epochs", "30", "--no-cross-validation")
    assert status == 3 and "no latent is active" in lines[-1]


def test_a_sentinel_is_told_with_its_column(tmp_path, capsys):
    rng = np.random.default_rng(0)
    rows = [f"{x:.2f},{y:.2f},{'ab'[k]}" for k in (0, 1) for x, y in rng.normal(size=(15, 2)) + 6 * k]
    rows[4] = "-9999,0.2,a"
    (tmp_path / "t.csv").write_text("\n".join(["u,w,class", *rows]), "utf-8")
    status = main(["train", "--csv", str(tmp_path / "t.csv"), "--label", "class", "--out", str(tmp_path),
                   "--no-cross-validation"])
    errors = capsys.readouterr().err
    assert status == 0 and errors.count("-9999") == 1
    assert "column 'u': -9999 (1 of 30 samples)" in errors and "'w'" not in errors
    assert json.loads((tmp_path / "t.json").read_text("utf-8"))["accuracy_integer"] >= 0.96
