import re
from pathlib import Path

import numpy as np
import pytest

from varigate.model.figures import latent_book, latent_examples, latent_spins, story

DOCS = Path(__file__).parents[3] / "docs"


def test_two_means_is_the_split_of_least_squares():
    values = np.array([[0.1, 0.2], [0.15, 1.0], [0.9, 1.2]])
    assert latent_spins.two_means(values).tolist() == [[False, False], [False, True], [True, True]]
    rng = np.random.default_rng(0)
    many = rng.normal(size=30)
    found = latent_spins.two_means(many)

    def within(split):
        return sum(((part - part.mean())**2).sum() for part in (many[split], many[~split]))

    assert within(found) == pytest.approx(min(within(many > value) for value in np.sort(many)[:-1]))


def test_agreement_counts_what_is_near_the_line_apart():
    distance = latent_spins.annni_distance(latent_spins.KAPPAS, latent_spins.FIELDS)
    perfect = latent_spins.agreement(np.where(distance > 0, 0.1, 1.0))
    assert perfect["nmi"] == pytest.approx(1) and perfect["counted"] + perfect["excluded"] == distance.size
    assert perfect["excluded"] == (np.abs(distance) <= 0.1).sum() > 0
    assert latent_spins.agreement(np.random.default_rng(0).random(distance.shape))["nmi"] < 0.1


def test_the_examples_are_what_they_are_said_to_be():
    data = latent_examples.oscillations(2)
    assert data.data_type == "continuous" and data.grid == (12, 12) and data.sites.seq_len == 24
    data = latent_examples.spins_with_energies(3)
    assert data.data_type == "hybrid" and (data.sites.discrete, data.sites.continuous) == (10, 2)
    transverse = data.on_grid(data.samples[:, 10]).mean(-1)
    assert (np.diff(transverse, axis=1).mean(0) > 0).all()  # the field turns the spins along x


def test_the_map_of_the_phases():
    figures, numbers = latent_spins.phase_map(epochs=6)
    assert numbers["nmi"] >= 0.8 and numbers["excluded"] == 53
    assert numbers["logvar"][numbers["latent"]] == min(numbers["logvar"])
    assert figures.keys() == {"map", "latents", "training"}


def test_the_page_has_its_figures_and_says_what_was_asked_for():
    text = (DOCS / "latent.md").read_text("utf-8")
    shown = re.findall(r"\]\(figures/([\w.-]+)\)", text)
    assert all((DOCS / "figures" / name).is_file() for name in shown)
    assert {f"story-{name}-{figure}.png" for name in story.SOURCES for figure in story.FIGURES} < set(shown)
    assert float(re.search(r"mutual information of \*\*([\d.]+)\*\*", text)[1]) >= 0.8
    assert float(re.search(r"better by ([\d.]+) nats", text)[1]) >= 0.3
    assert float(re.search(r"means within ([\d.]+) standard", text)[1]) <= 0.2


@pytest.mark.long
def test_the_autoregressive_decoder_beats_the_factorised_one():
    _, numbers = latent_spins.decoders()
    factorised, autoregressive = numbers["factorised"]["bound"], numbers["autoregressive"]["bound"]
    assert autoregressive - factorised >= 0.3
    assert autoregressive < numbers["exact"]


@pytest.mark.long
def test_the_book_is_written_and_is_the_page_in_docs_but_for_its_figures(tmp_path):
    path = latent_book.write(tmp_path)
    pages = [folder.joinpath("latent.md").read_text("utf-8") for folder in (path.parent, DOCS)]
    for name in re.findall(r"\]\(figures/([\w.-]+)\)", pages[0]):
        assert (tmp_path / "figures" / name).is_file()
    words = [re.sub(r"-?[\d.]+(e-\d+)?", "#", page) for page in pages]  # another machine may round otherwise
    assert words[0] == words[1]
