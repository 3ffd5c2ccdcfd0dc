"""What one looks at after training: maps, the course of the losses, data beside what the model makes of them."""

from varigate.model.vae import maps, representation
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.model import VAEmodel

__all__ = ["Views"]


class Views:
    """Views of `model` on `dataset`; history: a dict of lists, one number an epoch (see `VAETrainer`)."""

    def __init__(self, model: VAEmodel, dataset: Dataset, history: dict):
        self.model, self.dataset, self.history = model, dataset, history

    def compute_repr2d(self, theta_pair=(1, 0), values_other_thetas=(), return_latvar=False):
        """Maps of mean |μ|, see `model.vae.representation.compute_repr2d`."""
        return representation.compute_repr2d(self.model, self.dataset, theta_pair, values_other_thetas, return_latvar)

    def plot_repr2d(self, latvar=None, theta_pair=(1, 0), subplot=True):
        """Maps as a figure or several, see `model.vae.maps.plot_repr2d`."""
        return maps.plot_repr2d(self.model, self.dataset, latvar, theta_pair, subplot)

    def plot_training(self, num_epochs):
        """The losses of the last `num_epochs` epochs as a `matplotlib.figure.Figure`."""
        return maps.plot_training(self.history, num_epochs)

    def get_data(self) -> dict:
        """`data` and `thetas` as they were given, `mean` and `logvar` (*grid, samples, latent), and the `history`."""
        data = self.dataset
        mean, logvar = self.model.encode(data.samples)
        given = data.unpack(data.samples)
        given = tuple(map(data.on_grid, given)) if data.data_type == "hybrid" else data.on_grid(given)
        return {"data": given, "thetas": data.thetas, "mean": data.on_grid(mean),
                "logvar": data.on_grid(logvar), "history": self.history}

    def reconstruct_sample(self, input_samples, rng):
        """Samples drawn from p(x|z) with z drawn from q(z|input_samples), as the data set's type has them."""
        x = self.dataset.pack("input_samples", input_samples)
        z = self.model(x, rng).z
        return self.dataset.unpack(self.model.decoder.sample(self.model.part("decoder"), z, rng))

    def get_cp(self, input_samples):
        """cp of the samples, see `model.vae.model.Output`, at the posterior's mean z = μ."""
        x = self.dataset.pack("input_samples", input_samples)
        return self.model.decode(self.model.encode(x)[0], x)
