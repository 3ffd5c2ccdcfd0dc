"""Reads and writes the file of a joint model: .npz without pickle, with everything needed to use the model."""

from dataclasses import asdict

import numpy as np

from varigate.explore.joint.decomposition import Scales
from varigate.model import archive
from varigate.model.errors import UserError

__all__ = ["load", "save"]

VERSION = 1
LIMIT = 256 << 20  # bytes, enough for the published sizes


def _parts(model) -> dict:
    """The model's arrays (not copies) by kind and name."""
    return {"parameters": model.parameters, "scales": vars(model.scales),
            "latent": {"centre": model.centre, "width": model.width}}


def save(path, model):
    """Writes a trained `explore.joint.model.JointModel` to the file `path`."""
    meta = {"version": VERSION, "space": model.space.name, "sizes": model.space.shape, "features": model.features,
            "conditions": model.conditions, "targets": model.targets, "shape": asdict(model.shape)}
    arrays = {f"{kind}.{name}": value for kind, own in _parts(model).items() for name, value in own.items()}
    archive.write(path, arrays | {"meta": archive.pack_json(meta)}, LIMIT)


def _filled(arrays: dict, kind: str, own: dict) -> dict:
    """Copies of the arrays `kind.NAME`; a `ValueError` unless they have the names and shapes of `own`."""
    found = {name.removeprefix(f"{kind}."): value.copy() for name, value in arrays.items()
             if name.startswith(f"{kind}.")}
    if {name: value.shape for name, value in own.items()} != {name: value.shape for name, value in found.items()}:
        raise ValueError(f"its {kind} do not fit its shape")
    return found


def load(path, space, make, make_shape):
    """Reads the model of `space` from the file `path`.

    `make` is the class of the model, and `make_shape` that of its shape.

    Raises
    ------
    UserError
        if the file is absent, damaged, of another version or of another space.
    """
    arrays = archive.read(path, LIMIT)
    try:
        meta = archive.unpack_json(arrays["meta"])
        if meta["version"] != VERSION:
            raise ValueError(f"version {meta['version']}")
        if (meta["space"], tuple(meta["sizes"])) != (space.name, space.shape):
            raise UserError(f"{path} is a model of the space {meta['space']} {meta['sizes']}, not of {space.name} "
                            f"{list(space.shape)}; train one for it")
        shape = make_shape(**{key: tuple(value) if isinstance(value, list) else value
                              for key, value in meta["shape"].items()})
        model = make(space, meta["conditions"], features=meta["features"], targets=meta["targets"], shape=shape)
        model.initialise(np.random.default_rng(0))
        found = {kind: _filled(arrays, kind, own) for kind, own in _parts(model).items()}
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UserError(f"{path} is not a joint model of this version ({error}); train it again") from error
    model.parameters.update(found["parameters"])
    model.scales = Scales(**found["scales"])
    model.centre, model.width = found["latent"]["centre"], found["latent"]["width"]
    return model
