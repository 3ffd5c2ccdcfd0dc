"""The capacity of a device, and the check that a design fits."""

from dataclasses import asdict, dataclass

from varigate.model.errors import UserError

__all__ = ["DEVICES", "Device", "Resources"]


@dataclass(frozen=True)
class Resources:
    """Counts of a device's primitives. `lut` includes those used as memory and shift registers, which is `lutram`.

    >>> Resources(lut=100, ff=50, carry4=8, dsp=2, ramb36=0, ramb18=1).report()
    {'lut': 100, 'ff': 50, 'carry4': 8, 'dsp': 2, 'ramb36': 0, 'ramb18': 1}
    """

    lut: int
    ff: int
    carry4: int
    dsp: int
    ramb36: int
    ramb18: int
    lutram: int = 0

    def report(self) -> dict:
        """The counts that go into a report, by name."""
        return {name: count for name, count in asdict(self).items() if name != "lutram"}


LABELS = {"lut": "LUT", "ff": "flip-flops", "carry4": "CARRY4", "dsp": "DSP48E1", "ramb36": "RAMB36",
          "ramb18": "RAMB18", "lutram": "LUT as memory"}


@dataclass(frozen=True)
class Device:
    """A device and its capacity. A RAMB36 is two RAMB18; `capacity` counts them both ways.

    >>> DEVICES["xc7a100t"].capacity.dsp
    240
    """

    name: str
    capacity: Resources

    def check_need(self, need, array):
        """Refuse, before synthesis, a `gateware.estimate.resources.Need` that exceeds the capacity.

        Raises
        ------
        UserError
            with the resource, the need, the limit and the excess.
        """
        for name in ("dsp", "ramb36", "lut"):
            wanted, limit = getattr(need, name), getattr(self.capacity, name)
            if wanted > limit:
                raise UserError(f"the network does not fit: with a {array} array it needs {wanted:,} {LABELS[name]} "
                                f"and the {self.name} has {limit:,} ({wanted - limit:,} too many); try a smaller array "
                                "or network")

    def check_fit(self, need: Resources):
        """Refuse the `need` of a mapped design that exceeds the capacity.

        Raises
        ------
        UserError
            with the resource, the need, the limit and the excess.
        """
        needs = asdict(need) | {"ramb36": need.ramb36 + (need.ramb18 + 1) // 2}
        for name, limit in asdict(self.capacity).items():
            if needs[name] > limit:
                raise UserError(f"the design does not fit: it needs {needs[name]:,} {LABELS[name]} and the {self.name} "
                                f"has {limit:,} ({needs[name] - limit:,} too many); try a smaller array or network")


DEVICES = {
    # 7 Series FPGAs Data Sheet: Overview (DS180): 15,850 slices of four LUT6, eight flip-flops and one CARRY4; 4,750 of
    # them have LUTs that can be memory.
    "xc7a100t": Device("XC7A100T", Resources(lut=63_400, ff=126_800, carry4=15_850, dsp=240, ramb36=135, ramb18=270,
                                             lutram=19_000)),
}
