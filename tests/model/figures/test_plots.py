from dataclasses import replace

import numpy as np
from matplotlib.image import imread

from varigate.model.data.tables import LabelledTable
from varigate.model.figures import latent_plots, network_plots
from varigate.model.train.fitting import fit, integers
from varigate.model.train.recipes import TrainingSettings
from varigate.model.train.trained import Trained


def test_the_figures_are_drawn(tmp_path, shipped, flowers):
    paths = network_plots.write(shipped, flowers, tmp_path / "new")
    assert [path.name for path in paths] == ["iris.latent.png", "iris.reconstructions.png", "iris.error.png"]
    for path in paths:
        image = imread(path)
        assert min(image.shape[:2]) > 400 and image[..., :3].std() > 0.05


def test_misclassified_samples_are_marked_and_counted(shipped, flowers):
    figure = latent_plots.latent_space(shipped, flowers)
    wrong = round((1 - shipped.card["accuracy_integer"]) * 150)
    assert any(f"misclassified ({wrong} of 150)" in text.get_text() for text in figure.axes[0].get_legend().texts)


def test_one_and_three_latent_variables_many_features_and_no_head(tmp_path):
    rng = np.random.default_rng(0)
    data = LabelledTable("many", rng.integers(0, 256, (40, 15)).astype(float), np.arange(40) % 2,
                   tuple(f"f{index}" for index in range(15)), ("a", "b"), np.zeros(15), np.ones(15))
    for latent in (1, 3):
        real, = fit(data, TrainingSettings(latent=latent, epochs=5), [np.arange(40)], [0])
        assert len(network_plots.write(Trained(integers(real, data), real, {}), data, tmp_path)) == 3
    headless = replace(real, head=None)
    network = replace(integers(real, data), head=None, class_names=())
    assert len(network_plots.write(Trained(network, headless, {}), data, tmp_path)) == 3
