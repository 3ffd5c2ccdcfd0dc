import dataclasses
import json

import numpy as np
import pytest

from varigate.__main__ import main
from varigate.host.physical import Physical
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import MU
from varigate.model.network import integer, network_file
from varigate.model.protocol.replies import Info

FLOWER = ["5.1", "3.5", "1.4", "0.2"]


def test_classify_prints_class_scores_mean_and_reconstruction_in_centimetres(talk, flowers):
    status, out, err = talk("classify", *FLOWER)
    expected = integer.infer(flowers, np.array([[51, 35, 14, 2]]))
    assert (status, err) == (0, "")
    assert flowers.class_names[expected.cls[0]] in out.splitlines()[0]
    assert "versicolor" in out
    assert " ".join(f"{0.1 * code:.4g}" for code in expected.output[0]) + " cm" in out


def test_classify_as_json(talk, flowers):
    found = json.loads(talk("--json", "classify", *FLOWER)[1])
    expected = integer.infer(flowers, np.array([[51, 35, 14, 2]]))
    assert found["class"] == flowers.class_names[expected.cls[0]]
    assert found["mean"] == MU.real(expected.mu[0]).tolist()
    assert list(found["scores"].values()) == flowers.head.format.real(expected.scores[0]).tolist()
    np.testing.assert_allclose(found["reconstruction"], 0.1 * expected.output[0], atol=1e-12)
    assert found["unit"] == "cm"


@pytest.mark.parametrize(("arguments", "keys"), [
    (["encode", *FLOWER], {"mean", "sigma"}),
    (["reconstruct", *FLOWER], {"class", "scores", "epsilon_index", "mean", "sigma", "z", "reconstruction", "unit"}),
    (["generate", "--z", "-1.25,0.5"], {"reconstruction", "unit"}),
    (["seed", "0xFF"], {"seed"}), (["epsilon", "off"], {"epsilon"}),
])
def test_the_parts_of_each_answer(talk, arguments, keys):
    status, out, _ = talk("--json", *arguments)
    assert status == 0
    assert set(json.loads(out)) == keys
    assert talk(*arguments)[0] == 0


def test_generate_several(talk):
    assert [found["epsilon_index"] for found in json.loads(talk("--json", "generate", "3")[1])] == [0, 2, 4]
    assert talk("generate")[1].count("reconstruction") == 1


def test_generate_from_a_given_z_saturates_and_rounds(talk, flowers):
    found = json.loads(talk("--json", "generate", "--z", "-1000,0.3")[1])
    z = flowers.z.quantise([-1000, 0.3])
    np.testing.assert_allclose(found["reconstruction"], 0.1 * integer.decode(flowers, z)[1], atol=1e-12)


def test_values_become_the_nearest_codes_half_up(flowers):
    physical = Physical(Info.of(flowers, bytes(32)), flowers)
    assert physical.codes([5.1, 3.5, 1.4, 0.2]) == [51, 35, 14, 2]
    assert physical.codes([0.04, 0.05, 25.54, 0.249]) == [0, 1, 255, 2]
    assert physical.codes([-0.049, 0, 0, 0]) == [0] * 4
    assert physical.latent_codes([0.5 * flowers.z.step, -0.5 * flowers.z.step]) == [1, 0]


def test_signed_inputs_are_sent_in_twos_complement(flowers):
    signed = dataclasses.replace(flowers, input=Format(True, 8, 0))
    assert Physical(Info.of(signed, bytes(32)), signed).codes([-12.8, -0.1, 0, 12.7]) == [128, 255, 0, 127]


def test_encode_gives_mean_and_deviation(talk, flowers):
    found = json.loads(talk("--json", "encode", *FLOWER)[1])
    mu, v = integer.encode(flowers, np.array([51, 35, 14, 2]))
    assert found["mean"] == MU.real(mu).tolist()
    assert found["sigma"] == [2 ** (code / 16) for code in v.tolist()]


def test_info(talk, flowers):
    found = json.loads(talk("--json", "info")[1])
    assert (found["network"], found["digest"]) == ("flowers", network_file.digest(flowers).hex())
    assert found["epsilon"] == "on"


def test_json_may_stand_behind_the_command(talk):
    for arguments in (["info"], ["classify", *FLOWER], ["generate", "2"], ["seed", "7"]):
        assert talk(*arguments, "--json") == talk("--json", *arguments)


def test_an_unknown_network_gives_integers_and_one_line(talk, flowers):
    other = dataclasses.replace(flowers, epsilon_seed=flowers.epsilon_seed ^ 1)
    status, out, err = talk("--json", "classify", "51", "35", "14", "2", network=other)
    expected = integer.infer(other, np.array([[51, 35, 14, 2]]))
    found = json.loads(out)
    assert status == 0
    assert err.count("\n") == 1
    assert "raw integers" in err
    assert found["class"] == expected.cls[0]
    assert found["mean"] == expected.mu[0].tolist()
    assert found["reconstruction"] == expected.output[0].tolist()


def test_a_named_network_is_checked(talk, flowers, tmp_path):
    other = dataclasses.replace(flowers, epsilon_seed=flowers.epsilon_seed ^ 1)
    path = tmp_path / "folder.d"
    path.mkdir()
    network_file.save(other, path / "other.npz")
    assert talk("--network", str(path / "other.npz"), "info", network=other)[0] == 0
    status, _, err = talk("--network", str(path / "other.npz"), "info")
    assert status == 2
    assert "another" in err or "the board holds" in err


@pytest.mark.parametrize("arguments", [
    ["classify", "5.1", "3.5", "1.4", "nan"], ["classify", "5.1", "3.5", "1.4", "inf"],
    ["classify", "5.1", "3.5", "1.4", "-0.2"], ["classify", "5.1", "3.5", "1.4", "25.6"],
    ["classify", "5.1", "3.5", "1.4"], ["classify", "long", "3.5", "1.4", "1"], ["generate", "0"], ["generate", "x"],
    ["generate", "--z", "1"], ["generate", "--z", "1,nan"], ["generate", "--z", "1,x"], ["generate", "2", "--z", "1,2"],
    ["seed", "-1"], ["seed", "4294967296"], ["epsilon", "maybe"], ["dance"], [], ["--timeout", "0", "info"],
    ["--timeout", "x", "info"], ["--baud", "0", "info"], ["--baud", "2147483648", "info"],
    ["--network", "orchids", "info"], ["classify", *FLOWER, "--label", "kind"], ["classify", *FLOWER, "--out", "x.csv"],
])
def test_bad_input_is_one_line_and_status_2(talk, arguments):
    status, out, err = talk(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("varigate host: ")
    assert err.count("\n") == 1


def test_a_value_out_of_range_is_quoted_with_its_range(talk):
    assert "petal width must be 0…25.5 cm, not 25.6" in talk("classify", "5.1", "3.5", "1.4", "25.6")[2]


def test_no_answer_and_something_else_are_one_line(talk):
    for mishap, word in ((lambda *_: b"", "nothing answered"), (lambda *_: b"OK\r\n", "does not speak")):
        status, out, err = talk("info", mishaps=[mishap] * 3)
        assert (status, out) == (2, "")
        assert word in err
        assert err.count("\n") == 1


def test_an_absent_port(capsys, tmp_path):
    assert main(["host", "--port", str(tmp_path / "none"), "info"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_port_that_is_a_directory_is_one_sentence(capsys, tmp_path):
    assert main(["host", "--port", str(tmp_path), "info"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"varigate host: {tmp_path} is not a serial port but a folder;") and said.count("\n") == 1


def test_an_interruption_is_one_line_and_closes_the_port(fake_board, network, capsys, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    board = fake_board(network)
    board.write = interrupt
    monkeypatch.setattr("varigate.commands.host.open_port", lambda name, baud: board)
    assert main(["host", "--port", "P", "info"]) == 130
    assert board.closed and capsys.readouterr().err == "varigate host: interrupted\n"
