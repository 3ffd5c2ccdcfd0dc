import numpy as np
import pytest

from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.quantise import float_network


def test_what_is_saved_is_loaded(tmp_path, quick, flowers):
    for network in quick.values():
        float_network.save(network, tmp_path / "n.float.npz")
        again = float_network.load(tmp_path / "n.float.npz")
        for key, value in vars(network.infer(flowers.codes)).items():
            np.testing.assert_array_equal(value, getattr(again.infer(flowers.codes), key))
        np.testing.assert_array_equal(again.whitening.matrix, network.whitening.matrix)


def test_a_sigmoids_output_is_a_code(quick, flowers):
    output = quick["relu", "sigmoid"].infer(flowers.codes).output
    assert output.min() >= 0 and output.max() <= 256 and np.abs(output - flowers.codes).mean() < 20


@pytest.mark.parametrize("change", [
    lambda arrays: arrays.pop("mu.weights"),
    lambda arrays: arrays.pop("meta"),
    lambda arrays: arrays.update({"mu.weights": np.zeros((2, 3))}),
    lambda arrays: arrays.update(meta=archive.pack_json({"version": 9})),
])
def test_damage_is_one_line(tmp_path, quick, change):
    path = tmp_path / "n.float.npz"
    float_network.save(quick["relu", "linear"], path)
    arrays = archive.read(path)
    change(arrays)
    archive.write(path, arrays)
    with pytest.raises(UserError, match="not a valid file"):
        float_network.load(path)
