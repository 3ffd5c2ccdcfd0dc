"""The shipped networks of images do what their cards and the documentation say."""

import json

import pytest

from varigate.__main__ import main
from varigate.model.data import images
from varigate.model.network import network_file
from varigate.model.train import trained
from varigate.model.train.cards import settings_of
from varigate.model.train.recipes import RECIPES


@pytest.mark.parametrize("name", ["digits", "mnist", "mnist-free"])
def test_the_recipe_is_the_cards(name):
    made = trained.load(name)
    assert settings_of(made.card) == RECIPES[name].settings and made.card["source"] == {"name": RECIPES[name].data}
    network = made.network
    pixels, hidden, latent = {"digits": (64, 32, 8)}.get(name, (784, 256, 16))
    assert [(layer.inputs, layer.outputs) for layer in (*network.encoder, network.mu, network.v, *network.decoder)] == [
        (pixels, hidden), (hidden, latent), (hidden, latent), (latent, hidden), (hidden, pixels)]
    assert network.macs == {"digits": 4864, "mnist": 413696, "mnist-free": 413696}[name]
    assert network.classes == (0 if name == "mnist-free" else 10)
    assert len(made.card["curves"]["test_neg_elbo"]) == made.card["settings"]["epochs"]


def test_digits_from_the_shipped_network(capsys):
    assert main(["evaluate", "digits", "--json"]) == 0
    figures, card = json.loads(capsys.readouterr().out), trained.load("digits").card
    assert list(figures) == ["network", "accuracy_float", "accuracy_integer", "class_agreement", "neg_elbo_float",
                             "neg_elbo_integer"]
    assert figures == {key: pytest.approx(card[key], abs=1e-5) if key != "network" else "digits" for key in figures}
    assert figures["accuracy_integer"] >= 0.98 and figures["neg_elbo_integer"] < 25.6
    assert figures["neg_elbo_integer"] - figures["neg_elbo_float"] < 0.1


@pytest.mark.parametrize("name", ["mnist", "mnist-free"])
def test_the_ten_thousand_test_images(mnist, name):
    made = trained.load(name)
    figures = trained.measure(made.network, made.real, mnist[1])
    assert figures == {key: pytest.approx(made.card[key], abs=1e-4) for key in figures}
    assert figures["neg_elbo_integer"] <= (104.0 if name == "mnist-free" else 107.5)
    assert abs(figures["neg_elbo_integer"] - figures["neg_elbo_float"]) <= 0.35
    if name == "mnist":
        assert figures["accuracy_integer"] >= 0.97 and figures["class_agreement"] >= 0.995
        assert abs(figures["accuracy_integer"] - figures["accuracy_float"]) <= 0.002


@pytest.mark.parametrize("name", ["digits", "mnist", "mnist-free"])
def test_golden_vectors_are_written(tmp_path, capsys, name):
    assert main(["vectors", name, "--out", str(tmp_path)]) == 0
    lines = (tmp_path / f"{name}.vectors.hex").read_text("utf-8").splitlines()
    assert len(lines) == 2 + len(network_file.load(network_file.find(name)).examples)
    assert len(lines) == 2 + (255 if name == "digits" else 32)


def test_the_files_stay_small():
    assert sum(path.stat().st_size for path in network_file.SHIPPED.iterdir()) < 9_000_000


def test_missing_data_are_one_line(tmp_path, capsys):
    assert main(["evaluate", "mnist", "--data", str(tmp_path)]) == 2
    output, errors = capsys.readouterr()
    assert output == "" and errors.count("\n") == 1 and images.SOURCE in errors and "--data DIR" in errors
