"""The verdict names what is wrong with a training, and has nothing to say of a good one."""

from dataclasses import replace

import numpy as np
import pytest

from varigate.model.data.tables import iris
from varigate.model.network import network_file
from varigate.model.quantise.float_network import Affine
from varigate.model.train import cards, trained
from varigate.model.train.recipes import TrainingSettings
from varigate.model.train.verdict import verdict

TABLES = [name for name in network_file.shipped() if name.startswith("iris")]
DEFAULT = TrainingSettings()


def judge(settings=DEFAULT, real=None, without=(), **figures):
    made = trained.load("iris")
    card = {name: value for name, value in made.card.items() if name not in without}
    return verdict(made.network, real or made.real, iris(), settings, card | figures)


@pytest.mark.parametrize("name", TABLES)
def test_the_shipped_networks_are_good(name):
    made = trained.load(name)
    assert verdict(made.network, made.real, iris(), cards.settings_of(made.card), made.card) == []


def test_the_shipped_images_are_good():
    made = trained.load("digits")
    _, test = cards.images_of(made.card)
    assert verdict(made.network, made.real, test, cards.settings_of(made.card), made.card) == []
    line, = verdict(made.network, made.real, test, cards.settings_of(made.card),
                    made.card | {"accuracy_integer": 0.01, "accuracy_float": 0.01})
    assert "the most frequent class" in line


@pytest.mark.parametrize(("figures", "words"), [
    ({"accuracy_integer": 0.90, "accuracy_float": 0.90}, "its accuracy is 0.9000, that of linear"),
    ({"cv_accuracy_integer": 0.93}, "in cross-validation is 0.9300"),
    ({"accuracy_integer": 0.94, "accuracy_float": 1.0, "cv_accuracy_lda": 0.96}, "integers is 0.9400"),
    ({"neg_elbo_integer": 11.0}, "nats, that of its floats 8.2"),
])
def test_each_point_is_named_with_its_figures_and_what_to_try(figures, words):
    line, = judge(**figures)
    assert words in line and "try " in line


def test_a_training_that_diverged_is_told_from_all_else():
    line, = judge(neg_elbo_float=6e7, neg_elbo_integer=6e7, accuracy_float=0.33, accuracy_integer=0.33)
    assert line.startswith("its training has diverged") and line.endswith("try a smaller --rate, or more --epochs")


@pytest.mark.parametrize("figures", [
    {"accuracy_integer": 0.96}, {"cv_accuracy_integer": 0.955}, {"neg_elbo_integer": 9.5},
    {"cv_accuracy_lda": 1.0, "accuracy_integer": 1.0, "cv_accuracy_integer": 0.994}])
def test_chance_is_not_named(figures):
    assert judge(**figures) == []


def test_without_cross_validation_the_yardstick_has_seen_the_samples():
    without = [name for name in trained.load("iris").card if name.startswith("cv_")]
    assert judge(without=without) == []
    line, = judge(without=without, accuracy_integer=0.9, accuracy_float=0.9)
    assert "that of linear discriminant analysis 0.9800" in line


def test_latents_that_say_nothing():
    real = trained.load("iris").real
    silent = replace(real, mu=Affine(np.zeros_like(real.mu.weights), real.mu.bias))
    line, = judge(real=silent)
    assert "no latent is active" in line and "--beta" in line


def test_a_head_that_is_not_trained_is_not_judged():
    assert judge(TrainingSettings(class_weight=0.0), accuracy_integer=0.1, accuracy_float=0.1) == []


def test_few_bits_are_named_as_the_remedy():
    assert "--bits 8" in judge(TrainingSettings(bits=4), neg_elbo_integer=30.0)[0]
