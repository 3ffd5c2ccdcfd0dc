"""From images to a float network, and to integers with the names and the built-in images that the board shows."""

from dataclasses import replace

import numpy as np

from varigate.model.data.images import Images
from varigate.model.network.network import Network
from varigate.model.quantise.float_network import Affine, FloatNetwork
from varigate.model.quantise.folding import fold
from varigate.model.quantise.quantiser import quantise
from varigate.model.train.image_trainer import train_images
from varigate.model.train.trainer import Settings

__all__ = ["example_count", "fit_images", "image_integers"]

CALIBRATION = 5000  # training images, evenly spread, that calibrate the quantiser
COVERAGE = 0.9999  # of the hidden activations of those images; the others saturate
Z_COVERAGE = 0.9995  # of z, whose last fraction bit is worth more than what lies beyond four standard deviations
EXAMPLE_BYTES = 25 << 10  # of block RAM for the built-in images
MOST_EXAMPLES = 255


def _single(layer: Affine) -> Affine:
    return Affine(layer.weights.astype(np.float32), layer.bias.astype(np.float32))


def fit_images(images: Images, test: Images, settings: Settings, seed: int, **running) -> tuple[FloatNetwork, dict]:
    """A network trained on `images`, in single precision, and its curves; further arguments as of `train_images`.

    A `class_weight` of 0 leaves the head out.
    """
    classes = images.classes if settings.class_weight else 0
    parameters, curves = train_images(settings, images, test, classes, seed, **running)
    real = fold(parameters, None, activation=settings.activation, output=settings.output)
    return replace(real, encoder=tuple(map(_single, real.encoder)), mu=_single(real.mu), v=_single(real.v),
                   head=None if real.head is None else _single(real.head),
                   decoder=tuple(map(_single, real.decoder))), curves


def example_count(inputs: int) -> int:
    """How many images are built in: as many as a part of the block RAM holds, and the switches can choose."""
    return min(MOST_EXAMPLES, EXAMPLE_BYTES // inputs)


def image_integers(real: FloatNetwork, images: Images, test: Images, settings: Settings, name: str) -> Network:
    """`real` quantised on the images that it was trained on; the first ones of `test` are built in.

    Physical values are grey levels, 0…1.
    """
    codes = images.codes[::-(-len(images.codes) // CALIBRATION)]
    inputs = codes.shape[1]
    return quantise(real, codes, settings.bits, COVERAGE, Z_COVERAGE, name=name, input_offset=np.zeros(inputs),
                    input_step=np.full(inputs, 1 / 255), class_names=images.class_names if real.head else (),
                    noun=images.noun, examples=test.codes[:example_count(inputs)])
