import numpy as np
import pytest

from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.model.protocol.operations import Op
from varigate.model.train.export import codes, export
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.sites import DATA_TYPES
from varigate.model.vae.trainer import VAETrainer
from varigate.sim.testbench.core import run_jobs
from varigate.sim.testbench.reference import Job, Reference


@pytest.mark.parametrize("seed", range(9))
def test_a_vae_of_the_library_runs_on_the_gateware_bit_for_bit(seed):
    rng = np.random.default_rng(seed)
    data_type, size, states = DATA_TYPES[seed % 3], int(rng.integers(1, 5)), int(rng.integers(2, 5))
    labels, values = rng.integers(0, states, (90, size)), rng.normal(size=(90, size)).cumsum(1)
    data = {"discrete": labels, "continuous": values, "hybrid": (labels, values)}[data_type]
    dataset = Dataset(data, data_type=data_type, local_dimension=states)
    hidden, latent = tuple(int(width) for width in rng.integers(2, 10, seed % 4)), int(rng.integers(1, 9))
    activation = str(rng.choice(["relu", "sigmoid", "taylor"]))
    model = VAEmodel(DenseEncoder(dataset.sites, hidden, latent, activation),
                     DenseDecoder(dataset.sites, hidden, latent, activation))
    VAETrainer(model, dataset).train(5, 30, rng, learning_rate=0.01, alpha=0.5 * (data_type == "hybrid"),
                                     printing_rate=0)
    network = export(model, dataset)
    jobs = [Job(op, tuple(int(code) for code in x))
            for op, x in zip([Op.RECONSTRUCT, Op.ENCODE, Op.CLASSIFY] * 3, codes(dataset, dataset.samples),
                             strict=False)]
    jobs += [Job(Op.GENERATE), Job(Op.DECODE, tuple(int(code) for code in rng.integers(-128, 128, latent)))]
    reference = Reference(network)
    answers, _ = run_jobs(FoldedVae(network, Array(4, 1)), jobs)
    assert network.latent == latent
    assert answers == [reference.answer(job) for job in jobs]
