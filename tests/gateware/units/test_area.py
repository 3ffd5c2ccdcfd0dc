"""What the sources of ε take of an XC7A100T, as Yosys maps them; acceptance: ≤ 350 LUT, ≤ 2 DSP, ≤ 2 RAMB36."""

import pytest
from amaranth.back import rtlil

from varigate.gateware.units.gaussian import EpsilonSource
from varigate.model.fixedpoint.epsilon import epsilon_table
from varigate.platform.toolchains.yosys import synthesise


@pytest.mark.parametrize(("kind", "dsp", "blocks"), [("quadratic", 2, 1), ("linear", 1, 2)])
def test_epsilon_is_small(tmp_path, kind, dsp, blocks):
    """The whole source: LFSR, its seeding, inverse CDF, and the 32-bit index of the next sample."""
    (tmp_path / "top.il").write_text(rtlil.convert(EpsilonSource(epsilon_table(kind), 1), emit_src=False))
    resources = synthesise(tmp_path).resources
    assert resources.lut <= 350
    assert resources.dsp == dsp
    assert (resources.ramb36, resources.ramb18) == (blocks, 0)
