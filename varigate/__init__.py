"""Varigate: a small variational autoencoder, from training to hardware that is proven equal to its integers.

    import varigate

    network = varigate.load("iris")                      # a quantised network: shipped, or from a file
    found = varigate.infer(network, [[51, 35, 14, 2]])   # what the hardware computes, bit for bit
    varigate.build("nexys4ddr", "iris")                  # its hardware, for a board

The names below are the public interface (docs/api.md has each with an example); everything else is internal. They are
imported when they are first used, so that `import varigate` takes no time.
"""

import importlib
import os

# Without pathlib, whose import takes as long as all else before `varigate.process` answers a Ctrl-C.
_FOLDERS = os.path.realpath(__file__).rsplit(os.sep, 2)[0]
if os.access(f"{_FOLDERS}{os.sep}pyproject.toml", os.R_OK):  # a checkout: model, gateware, … lie beside this folder
    __path__.append(_FOLDERS)

_PLACES = {  # module → its public names
    "varigate.networks": ("load", "save", "infer"),
    "varigate.building": ("build",),
    "varigate.model.errors": ("UserError",),
    "varigate.model.network.network": ("Network",),
    "varigate.model.vae.model": ("VAEmodel",),
    "varigate.model.vae.trainer": ("VAETrainer",),
    "varigate.model.vae.dataset": ("Dataset",),
    "varigate.model.vae.encoders": ("DenseEncoder", "ConvolutionalEncoder"),
    "varigate.model.vae.decoders": ("DenseDecoder", "AutoregressiveDecoder"),
    "varigate.model.vae.bounds": ("importance_weighted_bound",),
    "varigate.model.vae.representation": ("compute_repr2d",),
    "varigate.model.vae.maps": ("plot_repr2d", "plot_training"),
    "varigate.model.nn.losses": (
        "log_normal_pdf", "kl_standard_normal", "gaussian_negloglik", "categorical_reconstruction_loss",
        "bernoulli_negloglik", "TC_term"),
    "varigate.model.nn.optimisers": ("Adam", "AdaBelief", "SGD"),
    "varigate.model.train.export": ("export",),
}
_PLACE_OF = {name: module for module, names in _PLACES.items() for name in names}
__all__ = sorted(_PLACE_OF)


def __getattr__(name: str):
    if name not in _PLACE_OF:
        raise AttributeError(f"module 'varigate' has no attribute {name!r}; the public names are {', '.join(__all__)}")
    value = getattr(importlib.import_module(_PLACE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
