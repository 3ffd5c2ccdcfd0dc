from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest

from varigate.model.protocol.text import decimals, hundredths, line, printable, separators
from varigate.sim.testbench.flowers import flowers


@pytest.mark.parametrize("frac", range(9))
def test_hundredths_round_half_away_from_zero(frac):
    for code in range(-128, 128):
        exact = (Decimal(abs(code)) / 2**frac).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert Decimal(hundredths(code, frac)) / 100 == exact


def test_the_documented_line():
    network = flowers(frac=5)
    text = line(network, 51, 1, [10, -38], [69, 31, 48, 5])
    assert text == "flower 051: versicolor z=+0.31,-1.19 -> 6.9 3.1 4.8 0.5\r\n"


def test_every_number_has_a_form():
    network = flowers(frac=0, latent=3)
    assert line(network, 7, 0, [-128, 127, 0], [0, 100, 255, 9]) == (
        "flower 007: setosa z=-128.00,+127.00,+0.00 -> 0.0 10.0 25.5 0.9\r\n")
    assert line(flowers(frac=8), 1, 2, [-1, 1], [0] * 4) == "flower 001: virginica z=-0.00,+0.00 -> 0.0 0.0 0.0 0.0\r\n"
    signed = flowers(signed_output=True)
    assert line(signed, 1, 0, [0, 0], [-128, -5, 0, 127]).endswith("-> -12.8 -0.5 0.0 12.7\r\n")


def test_codes_that_are_not_tenths_are_printed_as_they_are():
    network = flowers(tenths=False, signed_output=True)
    assert line(network, 1, 0, [0, 0], [-128, -5, 0, 127]).endswith("-> -128 -5 0 127\r\n")
    assert decimals(flowers(outputs=3)) == 0
    assert decimals(flowers(output_activation="sigmoid")) == 0


def test_images_leave_out_the_reconstruction_and_networks_without_classes_the_name():
    assert line(flowers(outputs=17), 3, 0, [0, 0], [0] * 17) == "flower 003: setosa z=+0.00,+0.00\r\n"
    network = flowers(classes=0, latent=1)
    assert line(network, 3, 0, [0], [0] * 4) == "flower 003: z=+0.00 -> 0.0 0.0 0.0 0.0\r\n"


def test_text_is_printable_ascii():
    assert printable("Blüte\n") == "Bl?te?"
    network = replace(flowers(), noun="", class_names=("é", "b", "c"))
    assert separators(network, 0)[:2] == [" ", ": ? z="]
