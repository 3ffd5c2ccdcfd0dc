"""The VAE: any encoder with any decoder, and a class head where it is wanted, with manual back-propagation.

The loss (D. Kingma and M. Welling, "Auto-encoding variational Bayes", 2013; β: I. Higgins et al., 2017; γ: R. Chen et
al., 2018) is

    −log p(x|z)  +  β · KL(q(z|x) ‖ N(0, 1))  +  γ · TC(z)  +  class_weight · cross-entropy(W·z + b, class),
    z = μ + e^(ℓ/2)⊙ε

in nats, a mean over the batch. An encoder that gives means alone makes it a plain autoencoder: z = μ, without KL.
"""

import copy
from typing import NamedTuple

import numpy as np

from varigate.model.checks import real_array
from varigate.model.nn.layers import Dense
from varigate.model.nn.losses import cross_entropy, kl_divergence, kl_divergence_gradient
from varigate.model.nn.total_correlation import TC_term_and_gradient

__all__ = ["Loss", "Output", "VAEmodel"]


class Output(NamedTuple):
    """The outputs of a VAE for a batch: mean, logvar and z (batch, latent), and cp, the parameters of p(x|z).

    cp, by the type of data: `discrete`, log conditional probabilities (batch, seq_len, local_dimension); `continuous`,
    means and log-variances (batch, seq_len, 2); `hybrid`, the pair of both; `plain`, see `model.vae.plain_sites`.
    """

    mean: np.ndarray
    logvar: np.ndarray
    z: np.ndarray
    cp: np.ndarray | tuple[np.ndarray, np.ndarray]


class Loss(NamedTuple):
    """The loss and its terms, in nats a sample; total holds the `further` term, too.

    tc is 0 where γ is, kl where z is not sampled, and cross_entropy, of the classes, where there is no head.
    """

    total: float
    reconstruction: float
    kl: float
    tc: float
    cross_entropy: float


class VAEmodel:
    """A variational autoencoder: an encoder and a decoder of the same data, and a class head where it is wanted.

    Calling the model with samples (batch, seq_len) and a random generator returns the named tuple (mean, logvar, z,
    cp): mean, log-variance and sample of the latents, each (batch, latent), and the parameters of p(x|z). cp is, by the
    type of data: `discrete`, log-probabilities (batch, seq_len, local_dimension); `continuous`, means and
    log-variances (batch, seq_len, 2); `hybrid`, the pair of both.

    `initialise` with a list of generators makes as many networks of one shape side by side: parameters and all arrays
    have a leading axis then, as far as encoder, decoder and sites take one (the dense ones of `PlainSites`).

    Parameters
    ----------
    encoder : DenseEncoder, ConvolutionalEncoder or alike
        see `model.vae.encoders` for what one of your own has to have.
    decoder : DenseDecoder, AutoregressiveDecoder or alike
        of the same `sites` and `latent` as the encoder; see `model.vae.decoders`.
    classes : int
        outputs of a linear class head on z; 0 for no head.
    dtype : float64 or float32
        of parameters and noise.

    Members
    -------
    parameters : dict of arrays
        `encoder.…`, `decoder.…` and, with classes, `head.…`: empty before `initialise`, updated in place by training.
    sites, latent, sampled
        the data, the number of latents, and whether z is drawn (False for a plain autoencoder), as the encoder has
        them.

    Raises
    ------
    ValueError
        where encoder and decoder differ in sites or latents; from the methods, for arrays of the wrong shape and values
        that are not finite or no labels.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Dataset, DenseDecoder, DenseEncoder, VAEmodel
    >>> rng = np.random.default_rng(0)
    >>> data = Dataset(rng.integers(0, 2, (100, 6)))
    >>> model = VAEmodel(DenseEncoder(data.sites), DenseDecoder(data.sites)).initialise(rng)
    >>> mean, logvar, z, cp = model(data.samples, rng)
    >>> z.shape, cp.shape
    ((100, 2), (100, 6, 2))
    >>> model.generate(3, rng).shape
    (3, 6)
    """

    def __init__(self, encoder, decoder, classes: int = 0, dtype=np.float64):
        for name in ("sites", "latent"):
            if getattr(encoder, name) != getattr(decoder, name):
                raise ValueError(f"decoder has {name} {getattr(decoder, name)}, "
                                 f"but encoder has {getattr(encoder, name)}")
        self.encoder, self.decoder, self.dtype = encoder, decoder, np.dtype(dtype)
        self.sites, self.latent, self.sampled = encoder.sites, encoder.latent, getattr(encoder, "sampled", True)
        self.head = Dense("head", self.latent, classes) if classes else None
        self.parameters = {}

    def _drawn(self, rng) -> dict:
        drawn = {f"{part}.{name}": value for part, network in (("encoder", self.encoder), ("decoder", self.decoder))
                 for name, value in network.initial(rng).items()}
        return drawn | (self.head.initial(rng) if self.head else {})

    def initialise(self, rng) -> "VAEmodel":
        """Draw new random parameters with the generator `rng`; returns the model."""
        if isinstance(rng, (list, tuple)):
            drawn = [self._drawn(each) for each in rng]
            drawn = {name: np.stack([each[name] for each in drawn]) for name in drawn[0]}
        else:
            drawn = self._drawn(rng)
        self.parameters = {name: value.astype(self.dtype) for name, value in drawn.items()}
        return self

    def having(self, parameters: dict) -> "VAEmodel":
        """A copy of the model that has the arrays of `parameters`; encoder, decoder and head are shared."""
        model = copy.copy(self)
        model.parameters = parameters
        return model

    def part(self, name: str) -> dict:
        """The parameters of the part `name`, "encoder" or "decoder", by their own names: no copies."""
        if not self.parameters:
            raise ValueError("the model has no parameters yet: call initialise(rng), or train it")
        return {key.removeprefix(f"{name}."): value for key, value in self.parameters.items()
                if key.startswith(f"{name}.")}

    def noise(self, rng, count: int):
        """Draw ε (count, latent) for `count` samples; None where z is not sampled."""
        if not self.sampled:
            return None
        if isinstance(rng, (list, tuple)):
            return np.stack([self.noise(each, count) for each in rng])
        return rng.standard_normal((count, self.latent), self.dtype)

    def encode(self, x) -> tuple[np.ndarray, np.ndarray | None]:
        """Encode x (batch, seq_len): mean and logvar, each (batch, latent); logvar is None where z is not sampled."""
        x = self.sites.check("x", x)
        return self.encoder.forward(self.part("encoder"), x)[:2]

    def decode(self, z, x=None):
        """Decode z (batch, latent) to cp; an autoregressive decoder reads the samples x (batch, seq_len), too."""
        z, x = real_array("z", z, 2, self.dtype), x if x is None else self.sites.check("x", x)
        if z.shape[1] != self.latent or (x is not None and len(x) != len(z)):
            raise ValueError(f"z has shape {z.shape}; ({'batch' if x is None else len(x)}, {self.latent}) is needed")
        return self.decoder.forward(self.part("decoder"), z, x)[0]

    def class_scores(self, z) -> np.ndarray:
        """The head's scores (batch, classes) of z (batch, latent): log-probabilities up to a constant of each row."""
        return self.head.forward(self.parameters, z)[0]

    def __call__(self, x, rng) -> Output:
        x = self.sites.check("x", x)
        mean, logvar = self.encode(x)
        z = mean + np.exp(logvar / 2) * self.noise(rng, len(x)) if self.sampled else mean
        return Output(mean, logvar, z, self.decode(z, x))

    def generate(self, count: int, rng) -> np.ndarray:
        """Draw `count` new samples (count, seq_len): z from the prior N(0, 1), then x from p(x|z)."""
        return self.decoder.sample(self.part("decoder"), rng.standard_normal((count, self.latent)), rng)

    def _batch(self, x, epsilon):
        """x and ε, checked; ε is None where z is not sampled."""
        x = self.sites.check("x", x)
        if not self.sampled:
            return x, None
        epsilon, shape = real_array("epsilon", epsilon, dtype=self.dtype), (*x.shape[:-1], self.latent)
        if epsilon.shape != shape:
            raise ValueError(f"epsilon has shape {epsilon.shape}; {shape} is needed")
        return x, epsilon

    def loss(self, x, epsilon=None, *, targets=None, onehot=None, beta: float = 1.0, gamma: float = 0.0,
             alpha: float = 0.0, class_weight: float = 1.0, n_data: int | None = None, further=None):
        """The loss of a batch, and its gradients by manual back-propagation.

        Parameters
        ----------
        x : array (batch, seq_len)
        epsilon : array (batch, latent)
            the noise of the reparameterisation, as `noise` draws it; ignored where z is not sampled.
        targets : array like x, optional
            samples that are to be reconstructed, where they are not x itself.
        onehot : array (batch, classes), optional
            the classes, for a model with a head.
        beta, gamma, class_weight : float
            weights of KL divergence, total correlation and cross-entropy.
        alpha : float
            for hybrid data, the share of the categorical loss; the Gaussian one has 1 − alpha.
        n_data : int, optional
            the size of the data that the batch is from, for the total correlation; None: the batch is the data.
        further : function, optional
            of mean, logvar and z, each (batch, latent): returns a number to add to the loss and the triple of its
            gradients at them, so that whatever reads the latent space is trained together with the encoder.

        Returns
        -------
        Loss
            total, reconstruction, kl, tc, cross_entropy: nats a sample, means over the batch.
        dict of arrays
            the gradients of the total, by the names of `parameters`.
        """
        x, epsilon = self._batch(x, epsilon)
        encoder, decoder, count = self.part("encoder"), self.part("decoder"), x.shape[-2]
        mean, logvar, saved_encoder = self.encoder.forward(encoder, x)
        noise = np.exp(logvar / 2) * epsilon if self.sampled else 0.0
        z = mean + noise
        cp, saved_decoder = self.decoder.forward(decoder, z, x)
        reconstruction, d_cp = self.sites.reconstruction(cp, x if targets is None else targets, alpha)
        d_z, of_decoder = self.decoder.backward(decoder, saved_decoder, d_cp)
        kl, tc, entropy, added, d_mean, d_logvar, of_head = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, {}
        if self.head:
            each, wrong = cross_entropy(self.class_scores(z), onehot)
            entropy = each.mean(-1)
            d_z = d_z + self.head.backward(self.parameters, z, class_weight / count * wrong, of_head)
        if self.sampled:
            kl = kl_divergence(mean, logvar).mean(-1)
            d_mean, d_logvar = (beta * each / count for each in kl_divergence_gradient(mean, logvar))
        if gamma:
            tc, of_tc = TC_term_and_gradient(mean, logvar, z, n_data)
            for_mean, for_logvar, for_z = (gamma * each for each in of_tc)
            d_mean, d_logvar, d_z = d_mean + for_mean, d_logvar + for_logvar, d_z + for_z
        if further:
            added, (for_mean, for_logvar, for_z) = further(mean, logvar, z)
            d_mean, d_logvar, d_z = d_mean + for_mean, d_logvar + for_logvar, d_z + for_z
        of_encoder = self.encoder.backward(encoder, saved_encoder, d_mean + d_z,
                                           d_logvar + 0.5 * d_z * noise if self.sampled else None)
        gradients = {f"encoder.{name}": value for name, value in of_encoder.items()}
        gradients |= {f"decoder.{name}": value for name, value in of_decoder.items()} | of_head
        total = reconstruction + beta * kl + gamma * tc + class_weight * entropy + added
        return Loss(total, reconstruction, kl, tc, entropy), gradients
