"""The VAE as a library: any encoder with any decoder, in NumPy with manual back-propagation, in float64.

The loss (D. Kingma and M. Welling, "Auto-encoding variational Bayes", 2013; β: I. Higgins et al., 2017; γ: R. Chen et
al., 2018) is

    −log p(x|z)  +  β · KL(q(z|x) ‖ N(0, 1))  +  γ · TC(z),    z = μ + e^(ℓ/2)⊙ε

in nats, a mean over the batch.
"""

from typing import NamedTuple

import numpy as np

from varigate.model.checks import real_array
from varigate.model.nn.losses import kl_standard_normal, kl_standard_normal_gradient
from varigate.model.nn.total_correlation import TC_term_and_gradient

__all__ = ["Loss", "Output", "VAEmodel"]


class Output(NamedTuple):
    """What a VAE says of a batch: mean, logvar and z (batch, latent), and cp, the parameters of the data's density.

    cp, by the type of data: `discrete`, log conditional probabilities (batch, seq_len, local_dimension); `continuous`,
    means and log-variances (batch, seq_len, 2); `hybrid`, the pair of both.
    """

    mean: np.ndarray
    logvar: np.ndarray
    z: np.ndarray
    cp: np.ndarray | tuple[np.ndarray, np.ndarray]


class Loss(NamedTuple):
    """The loss and its terms, in nats a sample; tc is 0 where γ is. total holds the `further` term, too."""

    total: float
    reconstruction: float
    kl: float
    tc: float


class VAEmodel:
    """An encoder (see `model.vae.encoders`) and a decoder (see `model.vae.decoders`) of the same sites and latents.

    `parameters`, once `initialise` has made them, are a dict of arrays `encoder.…` and `decoder.…`, updated in place
    by training. Calling the model with samples (batch, seq_len) and a generator gives `Output`.
    """

    def __init__(self, encoder, decoder):
        for name in ("sites", "latent"):
            if getattr(encoder, name) != getattr(decoder, name):
                raise ValueError(f"decoder has {name} {getattr(decoder, name)}, "
                                 f"but encoder has {getattr(encoder, name)}")
        self.encoder, self.decoder = encoder, decoder
        self.sites, self.latent = encoder.sites, encoder.latent
        self.parameters = {}

    def initialise(self, rng) -> "VAEmodel":
        """Random parameters; returns the model."""
        self.parameters = {f"{part}.{name}": value for part, network in (("encoder", self.encoder),
                                                                         ("decoder", self.decoder))
                           for name, value in network.initial(rng).items()}
        return self

    def part(self, name: str) -> dict:
        """The parameters of `encoder` or `decoder` by their own names: the same arrays."""
        if not self.parameters:
            raise ValueError("the model has no parameters yet: call initialise(rng), or train it")
        return {key.removeprefix(f"{name}."): value for key, value in self.parameters.items()
                if key.startswith(f"{name}.")}

    def encode(self, x) -> tuple[np.ndarray, np.ndarray]:
        """Samples (batch, seq_len) to mean and logvar, each (batch, latent)."""
        x = self.sites.check("x", x)
        return self.encoder.forward(self.part("encoder"), x)[:2]

    def decode(self, z, x=None):
        """z (batch, latent) to cp; an autoregressive decoder's depends on the samples x (batch, seq_len), too."""
        z, x = real_array("z", z, 2), x if x is None else self.sites.check("x", x)
        if z.shape[1] != self.latent or (x is not None and len(x) != len(z)):
            raise ValueError(f"z has shape {z.shape}; ({'batch' if x is None else len(x)}, {self.latent}) is needed")
        return self.decoder.forward(self.part("decoder"), z, x)[0]

    def __call__(self, x, rng) -> Output:
        x = self.sites.check("x", x)
        mean, logvar = self.encode(x)
        z = mean + np.exp(logvar / 2) * rng.standard_normal(mean.shape)
        return Output(mean, logvar, z, self.decode(z, x))

    def generate(self, count: int, rng) -> np.ndarray:
        """`count` samples (count, seq_len) of the model: z from the prior, x from p(x|z)."""
        return self.decoder.sample(self.part("decoder"), rng.standard_normal((count, self.latent)), rng)

    def loss(self, x, epsilon, *, beta: float = 1.0, gamma: float = 0.0, alpha: float = 0.0, n_data: int | None = None,
             further=None):
        """The `Loss` of samples x (batch, seq_len) with ε (batch, latent), and its gradients, a dict like `parameters`.

        alpha: of hybrid data, the share of the categorical loss; the Gaussian one has 1 − alpha.
        n_data: the size of the data that the batch is from, for the total correlation.
        further: a function of mean, logvar and z, each (batch, latent), that returns a number to add to the loss and
        the triple of its gradients at them: so whatever reads the latent space is trained together with the encoder.
        """
        x, epsilon = self.sites.check("x", x), real_array("epsilon", epsilon)
        if epsilon.shape != (len(x), self.latent):
            raise ValueError(f"epsilon has shape {epsilon.shape}; ({len(x)}, {self.latent}) is needed")
        encoder, decoder = self.part("encoder"), self.part("decoder")
        mean, logvar, saved_encoder = self.encoder.forward(encoder, x)
        noise = np.exp(logvar / 2) * epsilon
        z = mean + noise
        cp, saved_decoder = self.decoder.forward(decoder, z, x)
        reconstruction, d_cp = self.sites.reconstruction(cp, x, alpha)
        d_z, of_decoder = self.decoder.backward(decoder, saved_decoder, d_cp)
        kl, tc = kl_standard_normal(mean, logvar), 0.0
        d_mean, d_logvar = (beta * each for each in kl_standard_normal_gradient(mean, logvar))
        if gamma:
            tc, of_tc = TC_term_and_gradient(mean, logvar, z, n_data)
            for_mean, for_logvar, for_z = (gamma * each for each in of_tc)
            d_mean, d_logvar, d_z = d_mean + for_mean, d_logvar + for_logvar, d_z + for_z
        added = 0.0
        if further:
            added, (for_mean, for_logvar, for_z) = further(mean, logvar, z)
            d_mean, d_logvar, d_z = d_mean + for_mean, d_logvar + for_logvar, d_z + for_z
        of_encoder = self.encoder.backward(encoder, saved_encoder, d_mean + d_z, d_logvar + 0.5 * d_z * noise)
        gradients = {f"encoder.{name}": value for name, value in of_encoder.items()}
        gradients |= {f"decoder.{name}": value for name, value in of_decoder.items()}
        return Loss(reconstruction + beta * kl + gamma * tc + added, reconstruction, kl, tc), gradients
