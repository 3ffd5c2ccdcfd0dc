import numpy as np

from varigate.explore.joint.features import convolution, logarithms


def test_logarithms_bear_zeros():
    np.testing.assert_array_equal(logarithms([[0, 1, 7]]), [[0, 1, 3]])


def test_what_follows_from_a_layers_dimensions():
    R, S, P, Q, C, K, stride = 3, 3, 54, 54, 4, 8, 2
    found = 2 ** convolution([[R, S, P, Q, C, K, 1, stride, stride]])[0]
    inputs = 109 * 109 * C  # 53 steps of 2 and a window of 3
    np.testing.assert_allclose(found, [R, S, P, Q, C, K, 1, stride, stride, R * S * P * Q * C * K, R * S * C * K,
                                       inputs, P * Q * K, P * Q, R * S * C])
