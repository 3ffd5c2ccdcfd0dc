"""A network whose card was edited by hand: one line that names the card, whatever the command."""

import json
import shutil

import pytest

from varigate.model.network import network_file
from varigate.model.train import cards


@pytest.fixture
def network(machine):
    """Iris as a user's own network, t.npz; a function that changes its card."""
    shipped = network_file.find("iris")
    own = machine.work / "t.npz"
    for source, target in zip((shipped, *cards.beside(shipped)), (own, *cards.beside(own)), strict=True):
        shutil.copy(source, target)

    def change(**entries):
        card = json.loads(cards.beside(own)[1].read_text("utf-8"))
        cards.beside(own)[1].write_text(json.dumps(card | entries), "utf-8")

    return change


@pytest.mark.parametrize(("command", "entries"), [
    ("evaluate t.npz", {"source": None}), ("plot t.npz", {"source": {"csv": 5}}), ("regress t.npz", {"source": 5}),
    ("board t.npz", {"settings": []})])
def test_a_damaged_card_is_one_line(machine, network, command, entries):
    network(**entries)
    line = machine.refuse(*command.split())
    assert "t.json is damaged: " in line and line.endswith("or train the network again")


def test_a_build_that_trains_again_names_the_entry(machine, network):
    network(settings={"hidden": [8], "latent": "x"})
    done = machine.run("build", "nexys4ddr", "--network", "t.npz", "--retrain")
    last = done.stderr.decode().splitlines()[-1]
    assert done.returncode == 2 and b"Traceback" not in done.stderr
    assert last.startswith("varigate build: t.json is damaged: settings.latent is 'x'; a whole number")
