from dataclasses import replace

import numpy as np
import pytest

from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.spaces.space import Parameter, Space
from varigate.model.nn.gradient_check import difference, numeric_gradient

SPACE = Space("toy", (Parameter("width", (1, 2, 8)), Parameter("kind", ("a", "b")), Parameter("depth", (4, 8, 16))))
ALL = SPACE.labels(np.arange(SPACE.size))
SMALL = Shape(nz=2, vae=(6,), predictor=(5, 4), layer_net=(4,))


def make(seed=0):
    rng = np.random.default_rng(seed)
    model = JointModel(SPACE, 3, shape=SMALL).initialise(rng)
    model.scales = replace(model.scales, layer_mean=rng.normal(size=3), pair_scale=rng.uniform(1, 2, 2))
    model.centre, model.width = rng.normal(size=2), rng.uniform(1, 2, 2)
    return model


def test_shapes_and_types():
    model, conditions = make(), np.arange(9.0).reshape(3, 3)
    z = model.encode(ALL)
    labels = model.decode(z)
    assert (z.shape, z.dtype) == ((18, 2), np.float64) and (labels.shape, labels.dtype) == ((18, 3), np.int64)
    assert model.predict(z, conditions[0]).shape == (18, 2)
    table = model.predict_table(z, conditions)
    assert table.shape == (18, 3, 2)
    np.testing.assert_allclose(model.predict(z[:3], conditions), table[np.arange(3), np.arange(3)], rtol=1e-5)
    np.testing.assert_allclose(model.predict(z, conditions[1]), table[:, 1], rtol=1e-5)


@pytest.mark.parametrize("each", [False, True])
def test_the_objective_and_its_gradient(each):
    model, rng = make(), np.random.default_rng(1)
    model.parameters.update({name: value.astype(np.float64) for name, value in model.parameters.items()})
    z = rng.normal(size=(4, 2))
    conditions, weights = rng.uniform(0, 9, (4, 3) if each else 3), np.array([1.0, 0.5])
    value, gradient = model.objective_gradient(z, conditions, weights)
    np.testing.assert_allclose(value, model.predict(z, conditions) @ weights)
    numeric = numeric_gradient(lambda: model.objective_gradient(z, conditions, weights)[0].sum(), z)
    assert difference(gradient, numeric) <= 1e-6


def test_z_of_designs_is_standardised_and_means_the_same_place():
    model, conditions = make(), np.ones(3)
    labels, predicted = model.decode(model.encode(ALL)), model.predict(model.encode(ALL), conditions)
    model.standardise(ALL)
    z = model.encode(ALL)
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(z.std(0), 1)
    np.testing.assert_array_equal(model.decode(z), labels)
    np.testing.assert_allclose(model.predict(z, conditions), predicted, rtol=1e-5)


def test_conditions_of_a_wrong_shape_are_named():
    with pytest.raises(ValueError, match=r"\(m, 3\), not \(1, 2\)"):
        make().predict(np.zeros((1, 2)), np.zeros(2))
    with pytest.raises(ValueError, match="4 z and 3 conditions"):
        make().predict(np.zeros((4, 2)), np.zeros((3, 3)))
