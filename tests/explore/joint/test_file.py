from dataclasses import replace

import numpy as np
import pytest

from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.spaces.space import Parameter, Space
from varigate.model import archive
from varigate.model.errors import UserError

SPACE = Space("toy", (Parameter("width", (1, 2, 8)), Parameter("kind", ("a", "b")), Parameter("depth", (4, 8, 16))))
ALL = SPACE.labels(np.arange(SPACE.size))
SMALL = Shape(nz=2, vae=(6,), predictor=(5, 4), layer_net=(4,))


def make():
    rng = np.random.default_rng(5)
    model = JointModel(SPACE, 3, shape=SMALL).initialise(rng)
    model.scales = replace(model.scales, layer_mean=rng.normal(size=3), pair_scale=rng.uniform(1, 2, 2))
    model.standardise(ALL)
    return model


def test_a_file_brings_back_the_same_model(tmp_path):
    model, path = make(), tmp_path / "m.npz"
    model.save(path)
    again = JointModel.load(path, SPACE)
    z, conditions = model.encode(ALL), np.arange(3.0)
    assert again.shape == SMALL and again.targets == model.targets
    np.testing.assert_array_equal(again.encode(ALL), z)
    np.testing.assert_array_equal(again.decode(z), model.decode(z))
    np.testing.assert_array_equal(again.predict(z, conditions), model.predict(z, conditions))


def test_files_of_another_space_version_or_shape_are_refused(tmp_path):
    path = tmp_path / "m.npz"
    make().save(path)
    arrays = archive.read(path)
    with pytest.raises(UserError, match="of the space toy"):
        JointModel.load(path, Space("toy", SPACE.parameters[:2]))
    meta = archive.unpack_json(arrays["meta"])
    for change, message in [({"meta": archive.pack_json(meta | {"version": 99})}, "version 99"),
                            ({"meta": archive.pack_json({})}, "not a joint model"),
                            ({"meta": archive.pack_json(meta | {"features": "other"})}, "not a joint model"),
                            ({"parameters.pair.z.bias": np.zeros(9)}, "its parameters do not fit its shape"),
                            ({"scales.pair_scale": np.zeros(9)}, "its scales do not fit its shape"),
                            ({"latent.width": np.zeros(9)}, "its latent do not fit its shape")]:
        archive.write(path, arrays | change)
        with pytest.raises(UserError, match=message):
            JointModel.load(path, SPACE)
    path.write_bytes(b"none")
    with pytest.raises(UserError, match="damaged"):
        JointModel.load(path, SPACE)
