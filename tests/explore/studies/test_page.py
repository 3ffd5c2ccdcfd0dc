"""The text of the book of designs says what the results say."""

from pathlib import Path

import pytest

from varigate.explore.methods import METHODS
from varigate.explore.studies.page import methods_text, vaesa_section, varigate_section

PAGE = Path(__file__).parents[3] / "docs" / "explore.md"
SPAN = {"low": 1.0, "high": 3.0}


@pytest.fixture
def results():
    regrets = [{"method": "random", "evaluations": 25, "mean": 12.3, "mean_interval": SPAN, "median": 11.0,
                "median_interval": SPAN, "optimal": 2, "failed": 0, "runs": 20},
               {"method": "gp", "evaluations": 25, "mean": float("inf"), "mean_interval": SPAN, "median": 4.0,
                "median_interval": SPAN, "optimal": 0, "failed": 3, "runs": 20}]
    return {
        "network": "mnist", "device": "XC7A100T", "seeds": 20, "tolerance": {"points": 0.3, "nats": 0.35},
        "space": {"grid": 114_048, "designs": 64_512, "feasible": 1_234, "broken": {"DSP48E1": 50_000}},
        "best": {"text": "16x16", "latency": 1500.0, "interval": 1000.5, "energy_nj": 2000.0,
                 "resources": {"dsp": 230, "ramb36": 100, "lut": 12_345, "ff": 9_876}},
        "syntheses": 82, "area": {"lut": {"median": 0.041, "high": 0.124, "count": 72}},
        "proposal": {"text": "16x14", "above_per_cent": 1.25, "seed": 7},
        "regrets": regrets, "front": [{"method": "random", "mean": 0.9, "least": 0.8, "greatest": 0.95}],
        "front_runs": 5, "exact": [71, 71],
        "losses": {8: {"points": -0.04, "nats": 0.25}, 6: {"nats": 1.1}}}


def test_the_generator_s_section(results):
    text = varigate_section(results, "figures/x")
    assert "64,512 can be generated" in text
    assert "1,234 keep the limits" in text
    assert "| LUT | 4.1% | 12.4% | 72 |" in text
    assert "proposes 16x14: 1.25 % above the optimum" in text
    assert "| `random` | 12.3 (1.0 … 3.0), median 11.0, 2/20 optimal |" in text
    assert "| `gp` | –, median 4.0, 0/20 optimal; 3 without a design |" in text  # an endless mean is not told
    assert "| 6 bits | – | 1.10 |" in text and "| 8 bits | -0.04 | 0.25 |" in text
    assert "the 71 synthesised cores" in text
    assert "figures/x-convergence.png" in text


@pytest.mark.parametrize(("better", "worse", "word"), [
    (True, False, "ours needs fewer"), (False, True, "ours needs more"), (False, False, "not decided")])
def test_the_published_section_calls_ours_better_only_where_the_interval_excludes_1(better, worse, word):
    row = dict.fromkeys(("decoded", "decoded_held_out", "seen", "boosting_seen", "unseen", "boosting_unseen",
                         "unseen_held_out", "boosting_unseen_held_out"), 0.8765)
    scores = {"splits": [{"split": 0} | row], "summary": {name: [value, 0.01] for name, value in row.items()}}
    summary = {"mean": 30.0, "mean_interval": SPAN, "median": 20.0, "median_interval": SPAN, "censored": 1, "runs": 360}
    searches = {"layers": [1, 2], "summaries": {"gp": summary}, "exact_random": 170.25,
                "ratios": {"gp-warm": {"value": 1.5, "interval": SPAN, "better": better, "worse": worse}}}
    text = vaesa_section(scores, searches, "figures/y")
    assert f"| `gp-warm` | 1.50 | 1.00 … 3.00 | {word} |" in text
    assert "| `gp` | 30.0 | 1.0 … 3.0 | 20.0 | 1.0 … 3.0 | 1 of 360 |" in text
    assert "| 0 | 0.876 |" in text or "| 0 | 0.877 |" in text


def test_every_method_has_a_name():
    assert all(f"`{name}`: " in methods_text() for name in METHODS)


def test_the_page_in_docs_is_of_this_form_and_its_figures_exist():
    text = PAGE.read_text(encoding="utf-8")
    assert methods_text() in text
    figures = [line.partition("](")[2].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert len(figures) == 7
    assert all((PAGE.parent / figure).is_file() for figure in figures)
