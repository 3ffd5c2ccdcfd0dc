import re

import pytest

from varigate.gateware.engine.program import Array
from varigate.gateware.top import Top
from varigate.platform.boards.top import VGA
from varigate.sim.testbench.flowers import flowers

# Typed by hand from the Nexys4 DDR reference manual, the lowest bit first.
GROUPS = {"r": "A3 B4 C5 A4", "g": "C6 A5 B6 A6", "b": "B7 C7 D7 D8"}
PINS = {"hs": "B11", "vs": "B12"}
PORT = re.compile(r"set_property -dict \{PACKAGE_PIN (\w+) IOSTANDARD LVCMOS33\} \[get_ports \{(vga\S+?)\}\]")


@pytest.mark.parametrize("side", [2, 5])
def test_the_screen_has_its_pins_for_networks_of_images_alone(board, side):
    network = flowers(inputs=side * side, outputs=side * side, hidden=())
    files = board.prepare(board.wrap(Top(network, bytes(32), array=Array(8, 1))), "top").files
    expected = {f"vga_0__{colour}__io[{bit}]": pin for colour, group in GROUPS.items()
                for bit, pin in enumerate(group.split())}
    expected |= {f"vga_0__{name}__io": pin for name, pin in PINS.items()}
    found = {name: pin for pin, name in PORT.findall(files["top.xdc"])}
    assert found == (expected if side == 5 else {})
    assert len(found) in (0, 14) and len(VGA) == 5
