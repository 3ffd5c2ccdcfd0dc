import numpy as np

from varigate.model import archive
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.network import network_file, vectors
from varigate.model.network.integer import infer
from varigate.model.network.random_network import random_network


def parse(text, bits, signed):
    value = int(text, 16)
    return value - (1 << bits) if signed and value >> (bits - 1) else value


GOLDEN = [
    "33,23,0E,02 FC52,082F FFC6,0209 F6,E5 EF,4B 1705,EBE5,F161 00 32,23,0D,02",
    "46,20,2F,0E F7E2,044F FEC1,FEF3 EB,E7 CB,E4 F857,201A,FE03 01 3A,1C,28,0C",
    "3F,21,3C,19 0087,FC24 02BF,FEF1 E4,E9 59,D8 EB57,E29A,1E03 02 46,1F,3F,18",
]


def test_the_text_says_what_the_arrays_say(tmp_path, shipped):
    network = shipped.network
    npz, text = vectors.write(network, tmp_path)
    arrays = archive.read(npz)
    title, layout, *lines = text.read_text("utf-8").splitlines()
    assert title == f"# iris {network_file.digest(network).hex()}" and len(lines) == 150
    fields = [field.split(":") for field in layout.removeprefix("# ").split()]
    assert [name for name, _ in fields] == ["input", "epsilon", "mu", "v", "z", "scores", "class", "output"]
    for number, line in enumerate(lines):
        for (name, kind), values in zip(fields, line.split(" "), strict=True):
            bits = int(kind[1:].split(".")[0])
            got = [parse(each, bits, kind[0] == "s") for each in values.split(",")]
            assert got == np.atleast_1d(arrays[name][number]).tolist()


def test_the_vectors_are_the_networks(tmp_path, shipped):
    network = shipped.network
    arrays = archive.read(vectors.write(network, tmp_path)[0])
    noise = epsilon(network.epsilon_table, network.epsilon_seed, 300)
    np.testing.assert_array_equal(arrays["epsilon"].ravel(), noise)
    result = infer(network, network.examples, noise.reshape(150, 2))
    for name, key in (("mu", "mu"), ("v", "v"), ("z", "z"), ("scores", "scores"), ("class", "cls"),
                      ("output", "output")):
        np.testing.assert_array_equal(arrays[name], getattr(result, key))


def test_signed_inputs_are_signed(tmp_path):
    network = random_network(np.random.default_rng(5), signed_input=True, extreme=False)
    npz, text = vectors.write(network, tmp_path)
    arrays = archive.read(npz)
    assert arrays["input"].min() < 0
    np.testing.assert_array_equal(arrays["input"].astype(np.int8).view(np.uint8), network.examples)
    result = infer(network, network.example_codes, arrays["epsilon"])
    np.testing.assert_array_equal(arrays["output"], result.output)
    inputs = [line.split(" ")[0] for line in text.read_text("utf-8").splitlines()[2:]]
    assert inputs == [",".join(f"{byte:02X}" for byte in row) for row in network.examples]


def test_without_a_head_the_scores_are_a_dash(tmp_path):
    network = random_network(np.random.default_rng(0), classes=0, signed_input=False)
    lines = vectors.write(network, tmp_path)[1].read_text("utf-8").splitlines()
    assert len(lines) == 7 and all(line.split(" ")[5] == "-" for line in lines[2:])


def test_the_shipped_network_gives_the_golden_integers(shipped):
    """Three flowers, ε from the reset seed: these change only when the network or the semantics do."""
    lines = list(vectors.hex_lines(shipped.network, vectors.golden(shipped.network, shipped.network.examples)))
    assert lines[1] == ("# input:u8.0x4 epsilon:s16.11x2 mu:s16.8x2 v:s8.4x2 z:s8.5x2 scores:s16.11x3 class:u8.0x1 "
                        "output:u8.0x4")
    assert [lines[2], lines[52], lines[102]] == GOLDEN


