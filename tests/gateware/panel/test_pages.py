from dataclasses import replace

import pytest
from amaranth.sim import Simulator

from varigate.gateware.panel.display import patterns
from varigate.gateware.panel.pages import Page, Pages
from varigate.model.protocol.text import hundredths
from varigate.sim.testbench.flowers import flowers


def shown(network, page, *, number=51, z=(0, 0), output=(), valid=1, known=1, cls=0) -> list[int]:
    """The page's patterns, the leftmost first."""
    dut, digits = Pages(network), []
    numbers = [(0, number), *((code < 0, hundredths(code, network.z.frac)) for code in z),
               *((code < 0, abs(code)) for code in output)]

    async def bench(ctx):
        for port, value in ((dut.page, page), (dut.valid, valid), (dut.known, known), (dut.cls, cls)):
            ctx.set(port, value)
        for digit in reversed(range(8)):
            ctx.set(dut.digit, digit)
            negative, value = numbers[ctx.get(dut.values.slot)]
            ctx.set(dut.values.value, {"negative": negative, "digits": [
                value // 10**place % 10 for place in range(len(dut.values.value.digits))]})
            digits.append(ctx.get(dut.pattern))

    simulator = Simulator(dut)
    simulator.add_testbench(bench)
    simulator.run()
    return digits


def test_number_and_class():
    network = flowers()
    assert shown(network, Page.CLASS, cls=1) == patterns("051.vErSi")
    assert shown(network, Page.CLASS, number=150, cls=0) == patterns("150.SEtoS")
    assert shown(network, Page.CLASS, number=7, known=0) == patterns("007.     ")
    assert shown(network, Page.CLASS, valid=0, known=0) == patterns("---     ")
    short = replace(network, class_names=("a", "", "xyz"))
    assert [shown(short, Page.CLASS, cls=cls) for cls in range(3)] == [
        patterns("051.A    "), patterns("051.     "), patterns("051.XyZ  ")]
    assert shown(flowers(classes=0), Page.CLASS, known=0) == patterns("051.     ")


@pytest.mark.parametrize(("frac", "z", "text"), [
    (5, (10, -38), " 0.31-1.19"), (8, (-1, 127), "-0.00 0.50"), (5, (127, -128), " 3.97-4.00"),
    (1, (127, -128), " 63.5-64.0"), (3, (79, 80), " 9.88 10.0"), (0, (127, -128), " 127.-128."),
    (0, (9, -99), " 9.00-99.0"),
])
def test_z(frac, z, text):
    assert shown(flowers(frac=frac), Page.Z, z=z) == patterns(text)


def test_z_of_more_or_fewer_than_two():
    assert shown(flowers(latent=1), Page.Z, z=(-32,)) == patterns("-1.00    ")
    assert shown(flowers(latent=5), Page.Z, z=(-32, 1, 2, 3, 4)) == patterns("-1.00 0.03")


@pytest.mark.parametrize(("shape", "output", "text"), [
    ({}, (69, 31, 48, 15), "6.93.14.81.5"), ({}, (0, 9, 100, 255), "0.00.910.25."),
    ({"tenths": False}, (0, 255, 1, 2), " 000 255"),
    ({"tenths": False, "signed_output": True}, (-128, 7, 1, 2), "-128 007"),
    ({"signed_output": True}, (-128, 7, 1, 2), "-12.8 00.7"),
    ({"outputs": 1, "inputs": 1}, (69,), "6.9      "), ({"outputs": 1}, (69,), " 069    "),
    ({"outputs": 17}, (0,) * 17, "        "),
])
def test_output(shape, output, text):
    assert shown(flowers(**shape), Page.OUTPUT, output=output) == patterns(text)


def test_output_of_many_latents():
    assert shown(flowers(latent=9), Page.OUTPUT, z=range(9), output=(69, 31, 48, 15)) == patterns("6.93.14.81.5")
