import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from varigate.__main__ import main
from varigate.model import archive
from varigate.model.figures import story
from varigate.model.network import network_file
from varigate.model.network.integer import infer
from varigate.model.network.variants import units
from varigate.model.train import trained
from varigate.model.vae.trainer import VAETrainer


@pytest.fixture
def table(tmp_path, flowers):
    """Iris as a user's own table, with a column of its own."""
    path = tmp_path / "my flowers.csv"
    rows = [",".join([*map(str, x), f"kind {label}"])
            for x, label in zip(flowers.x.tolist(), flowers.labels, strict=True)]
    path.write_text("\n".join(["a,b,c,d,kind", *rows]) + "\n", "utf-8")
    return path


def run(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    output, errors = capsys.readouterr()
    return status, output, errors


def refused(capsys, *arguments):
    status, output, errors = run(capsys, *arguments)
    assert status == 2 and output == ""
    *progress, last = errors.splitlines()
    assert last.startswith("varigate ") and errors.endswith("\n") and all(line.endswith(" …") for line in progress)
    return last


def test_a_table_from_training_to_figures(tmp_path, capsys, table):
    status, output, errors = run(capsys, "train", "--csv", table, "--label", "kind", "--out", tmp_path / "out",
                                 "--epochs", 200, "--name", "mine")
    assert status == 0 and "4-8-2-8-4 with 3 classes" in output and "next: " in output and "cross-validation" in errors
    path = tmp_path / "out" / "mine.npz"
    assert sorted(each.name for each in path.parent.iterdir()) == ["mine.float.npz", "mine.json", "mine.npz"]
    card = json.loads(path.with_name("mine.json").read_text("utf-8"))
    network = network_file.load(path)
    assert card["digest"] == network_file.digest(network).hex()
    assert network.class_names == ("kind 0", "kind 1", "kind 2")

    status, output, errors = run(capsys, "evaluate", path, "--json")
    assert status == 0 and json.loads(output) == {"network": "mine"} | {
        key: value for key, value in card.items() if isinstance(value, float)}
    status, output, _ = run(capsys, "evaluate", path, "--csv", table, "--label", "kind")
    assert status == 0 and "cv accuracy integer" in output
    assert run(capsys, "vectors", path, "--out", tmp_path / "v")[0] == 0
    assert run(capsys, "plot", path, "--out", tmp_path / "v")[0] == 0
    assert len(list((tmp_path / "v").iterdir())) == 5

    table.write_text(table.read_text("utf-8") + "1,2,3,4,kind 0\n", "utf-8")
    assert "has changed since training" in refused(capsys, "evaluate", path)
    table.unlink()
    assert "give them by --csv" in refused(capsys, "plot", path, "--out", tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_evaluate_iris_prints_the_agreed_keys_and_nothing_else():
    done = subprocess.run([sys.executable, "-m", "varigate", "evaluate", "iris", "--json"], capture_output=True,
                          text=True, check=True)
    assert list(json.loads(done.stdout)) == [
        "network", "cv_accuracy_float", "cv_accuracy_integer", "cv_accuracy_lda", "cv_class_agreement",
        "accuracy_float", "accuracy_integer", "class_agreement", "neg_elbo_float", "neg_elbo_integer"]
    assert "cross-validation" in done.stderr


@pytest.mark.parametrize("options", [["--activation", "taylor", "--hidden", "6", "5"], ["--output", "sigmoid"],
                                     ["--hidden", "--latent", "1"]])
def test_other_shapes_and_activations(tmp_path, capsys, flowers, options):
    status, output, _ = run(capsys, "train", "iris", "--name", "other", "--epochs", 150, "--out", tmp_path,
                            "--no-cross-validation", *options)
    assert status == 0 and "cv" not in output
    network = network_file.load(tmp_path / "other.npz")
    assert np.mean(infer(network, flowers.codes).cls == flowers.labels) > 0.9


def test_a_table_with_weights_of_few_bits(tmp_path, capsys):
    status, _, errors = run(capsys, "train", "iris", "--bits", 4, "--name", "few", "--epochs", 20, "--out", tmp_path)
    assert status == 3 and "few is saved, but poor" in errors  # after so few epochs
    made = trained.load(tmp_path / "few.npz")
    assert made.card["settings"]["bits"] == 4 and units(made.network)["bits"] < 6
    assert made.card["cv_accuracy_integer"] < made.card["cv_accuracy_float"]  # rounding to a few values costs something
    assert trained.again(tmp_path / "few.npz").card == made.card


def test_the_same_seed_trains_the_same_network(tmp_path, capsys):
    for folder in ("a", "b"):
        run(capsys, "train", "iris", "--epochs", 3, "--seed", 4, "--out", tmp_path / folder, "--no-cross-validation")
    for name in ("iris.npz", "iris.float.npz", "iris.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_images_from_training_to_figures(tmp_path, capsys, monkeypatch):
    """Interrupted after an epoch, resumed, evaluated, drawn."""
    monkeypatch.setattr(story, "FIGURES", {"2-linear": story.FIGURES["2-linear"]})
    options = ["--epochs", 4, "--hidden", 12, "--latent", 3, "--out", tmp_path / "out", "--name", "small"]
    assert run(capsys, "train", "digits", *options)[0] == 0
    path = tmp_path / "out" / "small.npz"
    names = ["small.float.npz", "small.json", "small.npz"]
    assert sorted(each.name for each in path.parent.iterdir()) == names  # and no checkpoint
    before = [(path.parent / name).read_bytes() for name in names]

    real = VAETrainer.save

    def save_and_stop(self, *arguments):
        real(self, *arguments)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VAETrainer, "save", save_and_stop)
        assert run(capsys, "train", "digits", *options)[0] == 130
    assert (path.parent / "small.checkpoint.npz").exists()
    assert "or train without --resume" in refused(capsys, "train", "digits", *options, "--seed", 1, "--resume")
    status, output, _ = run(capsys, "train", "digits", *options, "--resume")
    assert status == 0 and "64-12-3-12-64 with 10 classes, trained on 1297 samples" in output
    assert [(path.parent / name).read_bytes() for name in names] == before

    status, output, _ = run(capsys, "evaluate", path, "--json")
    card = json.loads(path.with_name("small.json").read_text("utf-8"))
    assert status == 0 and json.loads(output) == {"network": "small"} | {
        key: value for key, value in card.items() if isinstance(value, float)}
    status, output, errors = run(capsys, "plot", path, "--out", tmp_path / "v")
    written = sorted(each.name for each in (tmp_path / "v").iterdir())
    assert status == 0 and sorted(Path(line).name for line in output.splitlines()) == written and len(written) == 7
    assert "story-digits-2-linear.png" in written and "story of digits: 0/" in errors
    assert card == trained.again(path).card


@pytest.mark.parametrize(("arguments", "message"), [
    (["train"], "give a data set"),
    (["train", "roses"], "unknown data set 'roses'"),
    (["train", "iris", "--csv", "x.csv", "--label", "kind"], "give a data set"),
    (["train", "--csv", "x.csv"], "must be given together"),
    (["train", "--csv", "absent.csv", "--label", "kind"], "cannot read absent.csv"),
    (["train", "iris", "--no-header"], "--no-header is only for a table"),
    (["evaluate", "iris", "--by-order"], "--by-order is only for a table"),
    (["train", "iris", "--name", "a/b", "--epochs", "1"], "letters, digits"),
    (["train", "iris", "--latent", "300"], "at most 255 latent variables, not 300"),
    (["train", "iris", "--epochs", "0"], "--epochs"),
    (["train", "iris", "--bits", "5"], "--bits"),
    (["train", "iris", "--resume"], "--resume has no effect on a table"),
    (["train", "digits", "--bits", "5"], "--bits"),
    (["train", "digits", "--output", "linear"], "--output sigmoid"),
    (["train", "digits", "--name", "a/b"], "letters, digits"),
    (["train", "mnist", "--data", "nowhere"], "MNIST is not in nowhere"),
    (["plot", "mnist-free", "--data", "nowhere"], "MNIST is not in nowhere"),
    (["train", "iris", "--rate", "nan"], "--rate"),
    (["train", "iris", "--seed", "-1"], "--seed: invalid non-negative int value: '-1'"),
    (["train", "iris", "--hidden", "eight"], "--hidden"),
    (["train", "iris", "--activation", "tanh"], "tanh"),
    (["train", "iris", "--rate", "1e7", "--epochs", "30", "--no-cross-validation"], "diverged"),
    (["evaluate", "roses", "--json"], "unknown network 'roses'"),
    (["vectors", "absent.npz"], "there is no file absent.npz"),
])
def test_bad_arguments_get_one_line(tmp_path, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert message in refused(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_the_protocol_cannot_name_is_not_trained(monkeypatch, capsys):
    monkeypatch.setattr(trained, "fit", None)
    refused(capsys, "train", "iris", "--latent", "300")


def test_the_files_of_a_network_have_its_own_name_and_stay_in_their_folder(tmp_path, capsys, iris):
    network_file.save(iris, tmp_path / "other.npz")
    assert run(capsys, "vectors", tmp_path / "other.npz", "--out", tmp_path / "v")[0] == 0
    assert sorted(path.name for path in (tmp_path / "v").iterdir()) == ["iris.vectors.hex", "iris.vectors.npz"]
    arrays = archive.read(tmp_path / "other.npz")
    arrays["meta"] = archive.pack_json(archive.unpack_json(arrays["meta"]) | {"name": "../../x"})
    archive.write(tmp_path / "bad.npz", arrays)
    for command in ("vectors", "plot"):
        assert "'../../x'" in refused(capsys, command, tmp_path / "bad.npz", "--out", tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists() and not list(tmp_path.glob("x.*"))


def test_an_interruption_is_one_line(capsys, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(network_file, "load", interrupt)
    assert run(capsys, "vectors", "iris") == (130, "", "varigate vectors: interrupted\n")


def test_nan_in_a_table_names_row_and_column(tmp_path, capsys, table):
    lines = table.read_text("utf-8").splitlines()
    lines[7] = "nan,1,1,1,kind 0"
    table.write_text("\n".join(lines), "utf-8")
    message = refused(capsys, "train", "--csv", table, "--label", "kind", "--out", tmp_path / "o")
    assert f"{table}, row 8, column 'a': 'nan'" in message
    assert not (tmp_path / "o").exists()


def test_files_that_do_not_belong_together(tmp_path, capsys):
    for seed in (1, 2):
        run(capsys, "train", "iris", "--epochs", 2, "--seed", seed, "--name", f"n{seed}", "--out", tmp_path,
            "--no-cross-validation")
    (tmp_path / "n1.npz").write_bytes((tmp_path / "n2.npz").read_bytes())
    assert "do not belong together" in refused(capsys, "evaluate", tmp_path / "n1.npz")
    (tmp_path / "n2.json").write_text("{}", "utf-8")
    assert "damaged" in refused(capsys, "evaluate", tmp_path / "n2.npz")
    (tmp_path / "n2.json").unlink()
    assert "has no card" in refused(capsys, "evaluate", tmp_path / "n2.npz")
    (tmp_path / "n2.npz").write_bytes(b"PK")
    assert "damaged" in refused(capsys, "vectors", tmp_path / "n2.npz", "--out", tmp_path / "v")


def test_a_place_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("", "utf-8")
    assert "cannot write" in refused(capsys, "vectors", "iris", "--out", tmp_path / "file" / "folder")
