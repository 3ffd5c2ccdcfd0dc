import numpy as np
import pytest

from varigate.explore.joint.codec import Codec, DesignEncoder
from varigate.explore.spaces.space import Parameter, Space

SPACE = Space("toy", (Parameter("width", (1, 2, 8)), Parameter("kind", ("a", "b")), Parameter("on", (False, True)),
                      Parameter("depth", (4, 8, 16, 32))))
ALL = SPACE.labels(np.arange(SPACE.size))


def density(codec, samples, logvar=-6.0):
    """cp that is sure of its labels, and of its places by e^logvar."""
    labels, places = samples[:, :codec.sites.discrete], samples[:, codec.sites.discrete:]
    onehot = labels[..., None] == np.arange(codec.sites.local_dimension)
    return np.log(np.where(onehot, 0.7, 0.1)), np.stack([places, np.full_like(places, logvar)], -1)


def test_samples_hold_labels_and_places():
    codec = Codec(SPACE)
    assert (codec.sites.discrete, codec.sites.continuous, codec.sites.local_dimension) == (4, 2, 4)
    np.testing.assert_allclose(codec.samples([[1, 0, 1, 3]]), [[1, 0, 1, 3, 1 / 3, 1]])
    np.testing.assert_array_equal(codec.labels(density(codec, codec.samples(ALL))), ALL)


def test_a_space_without_order_is_discrete():
    codec = Codec(Space("names", SPACE.parameters[1:3]))
    labels = codec.space.labels(np.arange(4))
    assert codec.sites.data_type == "discrete" and codec.samples(labels).shape == (4, 2)
    np.testing.assert_array_equal(codec.labels(density(codec, codec.samples(labels))[0]), labels)


def test_the_likeliest_design_weighs_labels_and_places():
    codec = Codec(SPACE)
    log_cp, places = density(codec, codec.samples([[0, 0, 0, 0]]))
    places[0, 0, 0] = 1.0  # the width's place says the greatest, against its label's 7 : 1
    assert codec.labels((log_cp, places)).tolist() == [[2, 0, 0, 0]]
    places[0, 0, 1] = 3.0  # but it is not sure at all
    assert codec.labels((log_cp, places)).tolist() == [[0, 0, 0, 0]]


def test_no_value_is_decoded_that_a_parameter_does_not_have():
    codec = Codec(SPACE)
    log_cp, places = density(codec, codec.samples([[0, 1, 1, 0]]))
    log_cp[:, :, 3] = 10.0
    assert codec.labels((log_cp, places)).tolist() == [[0, 1, 1, 0]]


@pytest.mark.parametrize("column", range(6))
def test_the_encoder_reads_places_of_ordered_parameters_and_labels_of_others(column):
    codec = Codec(SPACE)
    encoder = DesignEncoder(codec, (5,), 2, "relu")
    x = codec.samples([[1, 1, 0, 2]])
    moved = x.copy()
    moved[0, column] = 0.0 if x[0, column] else 1.0
    assert np.array_equal(encoder.read(x), encoder.read(moved)) == (column in (0, 3))
