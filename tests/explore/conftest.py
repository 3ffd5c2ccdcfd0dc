"""Small things that the tests of explore share: a design, a fit of area that was fitted to nothing, an evaluator."""

import numpy as np
import pytest

from varigate.explore.costs.area import AreaModel, features
from varigate.explore.costs.calibration import Calibration
from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.joint.dataset import TARGETS, DesignData
from varigate.explore.joint.training import trainer
from varigate.explore.spaces.family import family
from varigate.explore.spaces.varigate import SPACE, array_of, candidates
from varigate.explore.spaces.workloads import Workload
from varigate.gateware.estimate.structure import NetworkStructure
from varigate.platform.toolchains.device import DEVICES

VALUES = {"rows": 4, "columns": 2, "drain": 1, "packed": False, "cascade": True, "bits": 8, "weights": "lut",
          "sigmoid": "table", "epsilon": "quadratic", "buffers": 2}


@pytest.fixture(scope="session")
def design():
    """A function that makes a design, values by name; it changes those that it is given."""
    return lambda **changes: VALUES | changes


@pytest.fixture(scope="session")
def calibration():
    """All weights of a core are 1/10 and of what is around it 2."""
    structure = NetworkStructure(Workload.parse("4-8-z2-c3").network()).on(array_of(VALUES), "lut")
    weights = {name: np.full(len(each), 0.1) for name, each in features(structure).items()}
    return Calibration(AreaModel(weights), {name: np.full(5, 2.0) for name in weights})


@pytest.fixture(scope="session")
def evaluator_of(calibration):
    """A function that makes an evaluator of a shape on the XC7A100T."""
    def make(workload, device=DEVICES["xc7a100t"], tolerance=None):
        networks = family(workload)
        return Evaluator(networks, device, calibration.area, calibration.around(networks.networks[8]), tolerance)

    return make


@pytest.fixture(scope="session")
def joint():
    """A joint model of `varigate`, trained for two epochs on random numbers."""
    rng = np.random.default_rng(0)
    everything = candidates((4, 6, 8), sigmoid=True)
    labels = everything[np.sort(rng.choice(len(everything), 60, replace=False))]
    workloads = [Workload.parse(text) for text in ("4-8-z2-c3", "20-12-9-z3-c0-sigmoid", "30-z4-c10-sigmoid")]
    logs = rng.normal(5, 1, (len(labels), 1, 1)) + rng.normal(0, 0.1, (len(labels), len(workloads), len(TARGETS)))
    made = trainer(DesignData(labels, workloads, logs), seed=0, epochs=2)
    made.train()
    assert made.model.space is SPACE
    return made.model


@pytest.fixture
def few(monkeypatch):
    """A search looks at every 37th design only, since the limits of each are asked for."""
    monkeypatch.setattr("varigate.explore.search.search.candidates",
                        lambda *rest, **options: candidates(*rest, **options)[::37])
