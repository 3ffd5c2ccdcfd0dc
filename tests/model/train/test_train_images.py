from dataclasses import replace

import numpy as np
import pytest

from varigate.model import archive
from varigate.model.data import images
from varigate.model.data.images import Images
from varigate.model.errors import UserError
from varigate.model.train import fitting
from varigate.model.train.fitting import train_images
from varigate.model.train.recipes import TrainingSettings

QUICK = TrainingSettings(hidden=(6,), latent=3, output="sigmoid", epochs=5, batch=16, rate=0.01, class_weight=30.0)


@pytest.fixture(scope="module")
def data():
    train, test = images.load("digits")
    return tuple(Images("digits", each.codes[:count], each.labels[:count], each.shape)
                 for each, count in ((train, 200), (test, 60)))


HEADLESS = replace(QUICK, class_weight=0.0)


def run(data, settings=QUICK, seed=0, **running):
    return train_images(*data, settings, seed, **running)


def same(one, other):
    return one[1] == other[1] and all(np.array_equal(one[0][name], other[0][name]) for name in one[0])


class StopError(Exception):
    pass


def interrupt(monkeypatch, after: int):
    """Training stops within the epoch after `after` whole ones."""
    real = fitting.kl_divergence

    def measure(*arguments):
        measure.left -= 1
        if measure.left < 0:
            raise StopError
        return real(*arguments)

    measure.left = after
    monkeypatch.setattr(fitting, "kl_divergence", measure)


@pytest.mark.parametrize(("bits", "settings"), [(8, QUICK), (4, HEADLESS)])
def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(tmp_path, monkeypatch, data, bits, settings):
    settings, path = replace(settings, bits=bits), tmp_path / "run.npz"
    whole = run(data, settings)
    for after in (2, 1):
        with monkeypatch.context() as patch, pytest.raises(StopError):
            interrupt(patch, after)
            run(data, settings, checkpoint=path, resume=True)
    resumed = run(data, settings, checkpoint=path, resume=True)
    assert same(whole, resumed) and len(whole[1]["loss"]) == 5
    assert same(whole, run(data, settings, checkpoint=path, resume=True))  # nothing is left to do


def test_without_resume_a_checkpoint_is_not_looked_at(tmp_path, data):
    path = tmp_path / "run.npz"
    path.write_bytes(b"anything")
    assert same(run(data, checkpoint=path), run(data))


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(tmp_path, data):
    path = tmp_path / "run.npz"
    run(data, checkpoint=path)
    for other in ({"settings": replace(QUICK, rate=0.02)}, {"seed": 1}, {"settings": HEADLESS}):
        with pytest.raises(UserError, match="other data, settings or seed"):
            run(data, checkpoint=path, resume=True, **other)
    arrays = dict(archive.read(path))
    for name, value in (("mean.encoder.mu.bias", np.zeros(5, np.float32)),
                        ("mean.encoder.mu.bias", np.zeros(1, np.float32)), ("else", np.zeros(1))):
        archive.write(tmp_path / "bad.npz", arrays | {name: value})
        with pytest.raises(UserError, match="not a valid checkpoint"):
            run(data, checkpoint=tmp_path / "bad.npz", resume=True)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UserError, match="damaged"):
        run(data, checkpoint=path, resume=True)


def test_a_seed_decides_everything_and_all_is_in_single_precision(data):
    assert same(run(data), run(data)) and not same(run(data), run(data, seed=1))
    assert {value.dtype for value in run(data)[0].values()} == {np.dtype(np.float32)}


def test_training_lowers_the_loss_and_the_curves_tell(data):
    _, curves = run(data, replace(QUICK, epochs=40))
    assert curves["loss"][-1] < curves["loss"][0] - 5 and curves["test_neg_elbo"][-1] < curves["test_neg_elbo"][0]
    assert curves["test_accuracy"][-1] > 0.6
    parameters, curves = run(data, HEADLESS)
    assert not any(name.startswith("head") for name in parameters)
    assert curves.keys() == {"loss", "test_neg_elbo"}


def test_divergence_is_reported(data):
    with pytest.raises(UserError, match="smaller --rate"):
        run(data, replace(QUICK, rate=1e6))


def test_progress_goes_to_standard_error_and_only_when_wanted(capsys, data):
    run(data)
    assert capsys.readouterr() == ("", "")
    run(data, progress=True, text="learning")
    output, errors = capsys.readouterr()
    assert not output and "learning" in errors
