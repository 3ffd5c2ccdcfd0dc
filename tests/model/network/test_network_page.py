"""`docs/network.md` says what the code does."""

import re
from pathlib import Path

import numpy as np

from varigate.model import archive
from varigate.model.network import network_file, vectors
from varigate.model.network.random_network import random_network

PAGE = (Path(__file__).parents[3] / "docs" / "network.md").read_text("utf-8")


def test_the_page_lists_every_array_with_its_type(tmp_path):
    network = random_network(np.random.default_rng(0), activation="sigmoid")
    network_file.save(network, tmp_path / "n.npz")
    with np.load(tmp_path / "n.npz") as file:
        stored = {re.sub(r"^((en|de)coder\.\d|mu|v|head)\.", "LAYER.", name): array.dtype.str[1:]
                  for name, array in file.items()}
    listed = {name: kind for names, kind in re.findall(r"^\| (`.*?`) \| (\w\w) \|", PAGE, re.M)
              for name in re.findall(r"`(.*?)`", names)}
    assert listed == stored


def test_the_page_shows_the_first_golden_vector(shipped):
    network = shipped.network
    lines = list(vectors.hex_lines(network, vectors.golden(network, network.examples[:1])))
    assert all(f"    {line}\n" in PAGE for line in lines[1:])


def test_the_page_names_what_is_in_meta(tmp_path):
    network_file.save(random_network(np.random.default_rng(0)), tmp_path / "n.npz")
    meta = archive.unpack_json(archive.read(tmp_path / "n.npz")["meta"])
    assert all(f"`{key}`" in PAGE for key in meta)
