import numpy as np
import pytest

from varigate.model.data.tables import LabelledTable
from varigate.model.train.evaluate import compare, cross_validate, negative_elbo
from varigate.model.train.fitting import integers
from varigate.model.train.recipes import TrainingSettings


@pytest.fixture(scope="module")
def figures(flowers):
    return cross_validate(flowers, TrainingSettings())


def test_iris_reaches_what_is_asked_of_it(figures):
    assert figures["cv_accuracy_float"] >= 0.970
    assert abs(figures["cv_accuracy_integer"] - figures["cv_accuracy_float"]) <= 0.004
    assert figures["cv_class_agreement"] >= 0.995
    assert 0.97 <= figures["cv_accuracy_lda"] <= 0.985


def test_the_card_states_what_was_computed(figures, shipped, flowers):
    for name, value in figures.items():
        assert shipped.card[name] == pytest.approx(value, abs=0.004)  # another BLAS may round otherwise
    for name, value in compare(shipped.network, shipped.real, flowers.codes, flowers.labels).items():
        assert shipped.card[name] == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize("activation", ["sigmoid", "taylor"])
def test_the_other_activations_come_close(flowers, activation):
    figures = cross_validate(flowers, TrainingSettings(activation=activation), seeds=3)
    assert figures["cv_accuracy_float"] > 0.95 and figures["cv_class_agreement"] > 0.985


def test_held_out_labels_play_no_part(flowers):
    """With labels that say nothing, held-out accuracy is at chance: whitening and training saw none of them."""
    rng = np.random.default_rng(0)
    noise = LabelledTable("noise", rng.normal(size=(120, 20)), np.arange(120) % 2, tuple("abcdefghijklmnopqrst"),
                          ("a", "b"), np.full(20, -5.0), np.full(20, 0.04))
    figures = cross_validate(noise, TrainingSettings(epochs=100), seeds=3)
    assert abs(figures["cv_accuracy_float"] - 0.5) < 0.12


def test_too_few_samples_of_a_class_leave_the_figures_out(flowers):
    few = LabelledTable("few", flowers.x[:54], flowers.labels[:54], flowers.feature_names, ("a", "b"), flowers.offset,
                  flowers.step)
    assert cross_validate(few, TrainingSettings(epochs=1)) == {}


def test_the_elbo_is_near_an_importance_weighted_bound_from_above(shipped, flowers):
    """−ELBO ≥ −log p(x), estimated with many draws from the posterior."""
    real, codes, rng = shipped.real, flowers.codes[::15].astype(float), np.random.default_rng(0)
    result, u = real.infer(codes), real.whitening(codes)
    noise = rng.normal(size=(4000, *result.mu.shape))
    sigma = 2.0**result.v
    z = result.mu + sigma * noise
    logit = np.stack([real.decode(each)[0] for each in z])
    log_weight = (-0.5 * ((u - real.whitening(logit)) ** 2 + np.log(2 * np.pi)).sum(-1)
                  - 0.5 * (z**2).sum(-1) + (0.5 * noise**2 + np.log(sigma)).sum(-1))
    top = log_weight.max(0)
    evidence = (top + np.log(np.exp(log_weight - top).mean(0))).mean()
    bound = negative_elbo(real, codes, result.mu, result.v, logit)
    assert -evidence < bound < -evidence + 1
    assert bound == pytest.approx(-log_weight.mean(), abs=0.02)


def test_integers_cost_little(shipped, flowers):
    figures = compare(shipped.network, shipped.real, flowers.codes, flowers.labels)
    assert abs(figures["neg_elbo_integer"] - figures["neg_elbo_float"]) < 0.15
    assert figures["class_agreement"] >= 0.99


def test_a_sigmoid_output_has_an_elbo_too(quick, flowers):
    real = quick["relu", "sigmoid"]
    figures = compare(integers(real, flowers), real, flowers.codes, flowers.labels)
    assert 0 < figures["neg_elbo_float"] < 6 and abs(figures["neg_elbo_integer"] - figures["neg_elbo_float"]) < 0.15
