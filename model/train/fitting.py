"""Training on a table or on images: whitening, training and folding to float networks, and quantisation of these.

Labels of the training samples only are seen.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable
from varigate.model.data.whitening import within_class_whitening
from varigate.model.errors import UserError
from varigate.model.network.integer import infer
from varigate.model.network.names import name_of
from varigate.model.network.network import Network
from varigate.model.nn.activations import find
from varigate.model.nn.losses import kl_divergence, reconstruction_loss
from varigate.model.nn.optimisers import Adam
from varigate.model.quantise.float_network import Affine, FloatNetwork
from varigate.model.quantise.folding import fold
from varigate.model.quantise.quantiser import quantise
from varigate.model.train.discriminant import allowed_errors, lda_errors
from varigate.model.train.recipes import TrainingSettings
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.plain_sites import PlainSites
from varigate.model.vae.samples import Samples, SampleSets
from varigate.model.vae.task import DatasetTask
from varigate.model.vae.trainer import DivergenceError, VAETrainer, cosine

__all__ = ["CURVES", "EXAMPLES", "example_count", "fit", "fit_images", "integers", "train_images", "vae"]

ATTEMPTS = 4  # of training a network for a table
EXAMPLES = 255  # built-in samples that fit the switches
EXAMPLE_BYTES = 25 << 10  # of block RAM for built-in images
CALIBRATION = 5000  # training images, evenly spread, that calibrate the quantiser
COVERAGE = 0.9999  # of the hidden activations of those images; the others saturate
Z_COVERAGE = 0.9995  # of z, whose last fraction bit is worth more than what lies beyond four standard deviations
CURVES = ("loss", "test_neg_elbo", "test_accuracy")  # what a card keeps of the history of training on images


def vae(settings: TrainingSettings, sites: PlainSites, classes: int, dtype=np.float64) -> VAEmodel:
    """Make the VAE of the settings' shape, without parameters; logvar and output start as wide as their inputs.

    Examples
    --------
    >>> vae(TrainingSettings(latent=3), PlainSites(4), classes=2).latent
    3
    """
    gain = find(settings.activation).gain
    encoder = DenseEncoder(sites, settings.hidden, settings.latent, settings.activation, logvar_gain=1.0)
    decoder = DenseDecoder(sites, settings.hidden[::-1], settings.latent, settings.activation, output_gain=gain)
    return VAEmodel(encoder, decoder, classes, dtype)


def _trainer(settings: TrainingSettings, model: VAEmodel, samples, task, *, text: str, progress: bool) -> VAETrainer:
    trainer = VAETrainer(model, samples, partial(Adam, decay=settings.decay), task)
    trainer.bar = {"text": text, "shown": progress}
    return trainer


def _train(settings: TrainingSettings, trainer: VAETrainer, rng):
    """Train to the settings' last epoch."""
    trainer.train(settings.epochs - trainer.epoch, settings.batch, rng, cosine(settings.rate, settings.epochs),
                  settings.beta, class_weight=settings.class_weight)


def _onehot(labels, classes: int, dtype=np.float64):
    return np.eye(classes, dtype=dtype)[labels] if classes else None


def _side_by_side(dataset: LabelledTable, settings: TrainingSettings, subsets, rngs, *, text: str,
                  progress: bool) -> list[FloatNetwork]:
    """Train one network for each index array of `subsets` and generator of `rngs`."""
    sites, whitenings, sets = PlainSites(dataset.x.shape[1], settings.output), [], []
    for subset in subsets:
        codes, labels = dataset.codes[subset].astype(np.float64), dataset.labels[subset]
        whitening = within_class_whitening(codes, labels)
        targets = None if settings.output == "linear" else codes / 256
        whitenings.append(whitening)
        sets.append(Samples(sites, whitening(codes), targets, _onehot(labels, dataset.classes)))
    model = vae(settings, sites, dataset.classes).initialise(rngs)
    _train(settings, _trainer(settings, model, SampleSets(sets), None, text=text, progress=progress), rngs)
    return [fold({name: value[index] for name, value in model.parameters.items()}, whitening,
                 activation=settings.activation, output=settings.output)
            for index, whitening in enumerate(whitenings)]


def _errors(network: FloatNetwork, dataset: LabelledTable, subset) -> int:
    """Count the errors of the network's integers on the samples `subset`: all of them if it cannot be quantised."""
    codes, labels = dataset.codes[subset], dataset.labels[subset]
    try:
        return int((infer(integers(network, dataset, subset), codes).cls != labels).sum())
    except UserError:
        return len(labels)


def fit(dataset: LabelledTable, settings: TrainingSettings, subsets, seeds, *, progress: bool = False,
        text: str = "training") -> list[FloatNetwork]:
    """Train one network for each index array of `subsets`, on those samples, with the seed beside it in `seeds`.

    A network whose integers make more errors on its own samples than linear discriminant analysis does, and not by
    chance, has lost a class on the way. It is trained again from other initial parameters, up to `ATTEMPTS` times in
    all, and the one with the fewest errors is taken. Where an epoch is a step or two, these take twice the epochs each.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> real, = fit(iris(), TrainingSettings(epochs=5), [np.arange(150)], [0])
    >>> real.infer(iris().codes[:3]).mu.shape
    (3, 2)
    """
    kept = _side_by_side(dataset, settings, subsets, [np.random.default_rng(seed) for seed in seeds], text=text,
                         progress=progress)
    if settings.class_weight == 0:
        return kept
    allowed = [allowed_errors(lda_errors(dataset.codes[subset], dataset.labels[subset]), len(dataset.codes[subset]))
               for subset in subsets]
    found = [_errors(network, dataset, subset) for network, subset in zip(kept, subsets, strict=True)]
    for attempt in range(1, ATTEMPTS):
        poor = [place for place, errors in enumerate(found) if errors > allowed[place]]
        if not poor:
            break
        rngs = [np.random.default_rng(np.random.SeedSequence(seeds[place], spawn_key=(attempt,))) for place in poor]
        if min(map(len, subsets)) <= 2 * settings.batch:
            settings = replace(settings, epochs=2 * settings.epochs)
        try:
            tried = _side_by_side(dataset, settings, [subsets[place] for place in poor], rngs, progress=progress,
                                  text=f"{text}, attempt {attempt + 1}")
        except DivergenceError:  # where the first attempt did not: it is what there is
            break
        for place, network in zip(poor, tried, strict=True):
            if (errors := _errors(network, dataset, subsets[place])) < found[place]:
                kept[place], found[place] = network, errors
    return kept


class _ImageTask(DatasetTask):
    """The loss on images; after each epoch, on `test`, −ELBO (one sample of z) and the accuracy of the head on μ."""

    def __init__(self, model: VAEmodel, samples: Samples, bits: int, test: Images):
        super().__init__(model, samples, bits)
        self.test, self.measures = test, CURVES[1:] if model.head else CURVES[1:2]

    def measure(self, rng, weights) -> dict:
        model = self.rounded
        mean, logvar, _, cp = model(self.test.grey, rng)
        elbo = reconstruction_loss(self.test.grey, cp, "sigmoid") + kl_divergence(mean, logvar)
        found = (elbo, model.class_scores(mean).argmax(-1) == self.test.labels) if model.head else (elbo,)
        return {name: each.mean() for name, each in zip(self.measures, found, strict=True)}


def train_images(images: Images, test: Images, settings: TrainingSettings, seed: int, *, checkpoint=None,
                 resume: bool = False, progress: bool = False, text: str = "training") -> tuple[dict, dict]:
    """Train one network on `images`; returns its parameters (float32) and curves, measured on `test`.

    The test images are only watched: nothing is chosen by them.

    Every epoch has a generator of its own. A `class_weight` of 0 leaves the head out. With fewer than 8 `bits` the
    losses are those of rounded weights, and so are the parameters that come back (see
    `model.quantise.straight_through`).

    Parameters
    ----------
    checkpoint : path
        written after every epoch; with `resume`, the run goes on from it where it exists, to the same bits.

    Examples
    --------
    >>> from varigate.model.data.images import digits
    >>> training, test = digits()
    >>> settings = TrainingSettings(hidden=(8,), output="sigmoid", epochs=1, batch=100)
    >>> parameters, curves = train_images(training, test, settings, seed=0)
    >>> sorted(curves)
    ['loss', 'test_accuracy', 'test_neg_elbo']
    """
    classes = images.classes if settings.class_weight else 0
    samples = Samples(PlainSites(images.codes.shape[1], "sigmoid"), images.grey,
                      onehot=_onehot(images.labels, classes, np.float32), whole_batches=True)
    model = vae(settings, samples.sites, classes, np.float32).initialise(np.random.default_rng(seed))
    task = _ImageTask(model, samples, settings.bits, test)
    trainer = _trainer(settings, model, samples, task, text=text, progress=progress)
    if checkpoint is not None:
        trainer.checkpoint_to(checkpoint, identity=settings.as_dict() | {
            "data": images.name, "samples": len(images.codes), "seed": seed, "classes": classes})
        if resume and Path(checkpoint).exists():
            trainer.restore(checkpoint)
    _train(settings, trainer, lambda epoch: np.random.default_rng([seed, epoch]))
    return task.rounded.parameters, {name: trainer.history[name] for name in ("loss", *task.measures)}


def _single(layer: Affine) -> Affine:
    return Affine(layer.weights.astype(np.float32), layer.bias.astype(np.float32))


def fit_images(images: Images, test: Images, settings: TrainingSettings, seed: int,
               **running) -> tuple[FloatNetwork, dict]:
    """Train a network on `images`, in single precision; returns it and its curves.

    Further arguments as of `train_images`. A UserError for another output than `sigmoid`.

    Examples
    --------
    >>> from varigate.model.data.images import digits
    >>> settings = TrainingSettings(hidden=(8,), output="sigmoid", epochs=1, batch=100)
    >>> real, curves = fit_images(*digits(), settings, seed=0)
    >>> real.mu.weights.shape
    (2, 8)
    """
    if settings.output != "sigmoid":
        raise UserError("images are trained with --output sigmoid: their pixels are Bernoulli variables")
    parameters, curves = train_images(images, test, settings, seed, **running)
    real = fold(parameters, None, activation=settings.activation, output=settings.output)
    return replace(real, encoder=tuple(map(_single, real.encoder)), mu=_single(real.mu), v=_single(real.v),
                   head=None if real.head is None else _single(real.head),
                   decoder=tuple(map(_single, real.decoder))), curves


def example_count(inputs: int) -> int:
    """The number of images to build in: what a part of the block RAM holds, and at most what the switches can choose.

    Examples
    --------
    >>> example_count(784), example_count(64)
    (32, 255)
    """
    return min(EXAMPLES, EXAMPLE_BYTES // inputs)


def integers(network: FloatNetwork, data: LabelledTable | Images, subset=slice(None), *, test: Images | None = None,
             bits: int = 8, name: str | None = None) -> Network:
    """Quantise `network` to weights of `bits` bits on the samples that it was trained on, with the data's names.

    The first 255 samples are built in; of images, the first ones of `test`, and some thousand calibrate the quantiser.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> real, = fit(iris(), TrainingSettings(epochs=5), [np.arange(150)], [0])
    >>> integers(real, iris()).class_names
    ('setosa', 'versicolor', 'virginica')
    """
    codes = data.codes[subset]
    examples, coverage = codes[:EXAMPLES], (1.0, 1.0)
    if test is not None:
        examples, coverage = test.codes[:example_count(codes.shape[1])], (COVERAGE, Z_COVERAGE)
        codes = codes[::-(-len(codes) // CALIBRATION)]
    return quantise(network, codes, bits, *coverage, name=name or name_of(data.name) or "network",
                    input_offset=data.offset, input_step=data.step, feature_names=data.feature_names,
                    class_names=data.class_names if network.head else (), unit=data.unit, noun=data.noun,
                    examples=examples)
