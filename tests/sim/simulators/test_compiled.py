"""The compiled simulator against Amaranth's, cycle for cycle, and what only it can do."""

import re

import numpy as np
import pytest
from amaranth.hdl import Assert, Cat, Const, Module, Signal, Value, signed
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.gateware.lib.pipeline import SkidBuffer
from varigate.gateware.link.uart import UartReceiver, UartTransmitter
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.streams import transact as transact_in_pysim


class Zoo(wiring.Component):
    """What ports may be: wide, signed, a struct, constant, an alias, combinational; a memory that is not full."""

    wide_in: In(100)
    wide: Out(100)
    pair: In(data.StructLayout({"a": 3, "b": signed(4)}))
    total: Out(signed(6))
    same: Out(signed(6))
    constant: Out(5)
    through: Out(7)
    unused: In(2)
    idle: In(1, init=1)
    heard: Out(1)
    word: Out(8)

    def elaborate(self, platform):
        m = Module()
        m.submodules.rom = rom = memory.Memory(shape=8, depth=5, init=[11, 22, 33, 44, 55])
        read = rom.read_port()
        m.d.sync += [self.wide.eq(~self.wide_in), self.total.eq(self.pair.a + self.pair.b)]
        m.d.comb += [self.same.eq(self.total), self.constant.eq(21), self.through.eq(self.pair.as_value() ^ 1),
                     self.heard.eq(self.idle), read.addr.eq(self.pair.a), self.word.eq(read.data)]
        return m


class Loop(wiring.Component):
    """A UART that speaks to itself and to a pin."""

    i: In(stream.Signature(8))
    o: Out(8)
    tx: Out(1)
    rx: In(1, init=1)

    def elaborate(self, platform):
        m = Module()
        m.submodules.send, m.submodules.receive = send, receive = UartTransmitter(800, 100), UartReceiver(800, 100)
        wiring.connect(m, wiring.flipped(self.i), send.i)
        m.d.comb += [self.tx.eq(send.tx), receive.rx.eq(send.tx & self.rx), self.o.eq(receive.o.p.data)]
        return m


class Wide(wiring.Component):
    """Turns 70 bits round, one item at a time."""

    i: In(stream.Signature(70))
    o: Out(stream.Signature(70))

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.i.ready.eq(~self.o.valid | self.o.ready)
        with m.If(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += [self.o.valid.eq(1), self.o.payload.eq(self.i.payload[::-1])]
        return m


class Fickle(wiring.Component):
    """Breaks the rule of streams: an item that waits changes."""

    o: Out(stream.Signature(4))

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.valid.eq(1)
        m.d.sync += self.o.payload.eq(self.o.payload + 1)
        return m


class Strict(wiring.Component):
    """Asserts that its input is low."""

    i: In(1)

    def elaborate(self, platform):
        m = Module()
        seen = Signal()
        m.d.sync += [seen.eq(self.i), Assert(~seen)]
        return m


def ports(component, flow) -> dict:
    """{name: value} of the ports of one direction, as the compiled simulator names them."""
    return {"__".join(map(str, path)): Value.cast(value)
            for path, member, value in component.signature.flatten(component)
            if member.flow == flow and not isinstance(Value.cast(value), Const)}


def in_pysim(component, stimulus: dict, cycles: int) -> dict:
    """Applies `stimulus` {input: a value for each cycle}; the outputs as they were at each edge."""
    inputs, outputs = ports(component, In), ports(component, Out)
    seen = {name: [] for name in outputs}

    async def testbench(ctx):
        for cycle in range(cycles):
            for name, values in stimulus.items():
                ctx.set(inputs[name], values[cycle])
            for name, value in outputs.items():
                seen[name].append(ctx.get(Cat(value)))
            await ctx.tick()

    simulator = Simulator(component)
    simulator.add_clock(1e-8)
    simulator.add_testbench(testbench)
    simulator.run()
    return seen


def random_stimulus(component, cycles: int, seed: int) -> dict:
    """Values that hold for some cycles, so that states are reached that noise would not reach."""
    rng = np.random.default_rng(seed)
    stimulus = {}
    for name, value in ports(component, In).items():
        numbers = [int.from_bytes(rng.bytes(16), "little") % (1 << len(value)) for _ in range(cycles)]
        hold = rng.random(cycles) < rng.choice([0.1, 0.5, 0.9])
        for cycle in range(1, cycles):
            if hold[cycle]:
                numbers[cycle] = numbers[cycle - 1]
        stimulus[name] = numbers
    return stimulus


def core(network):
    return FoldedVae(network, Array(8, 1))


@pytest.mark.parametrize("make", [Zoo, lambda: SkidBuffer(40), Loop, core], ids=["zoo", "skid buffer", "uart", "core"])
def test_the_same_waveforms_as_amaranths_simulator(make, iris):
    def new():
        return make(iris) if make is core else make()

    cycles = 1500
    component = new()
    stimulus = random_stimulus(component, cycles, seed=4)
    expected = in_pysim(component, stimulus, cycles)
    with Simulation(new()) as simulation:
        narrow = [name for name in expected if simulation.ports[name].width <= 63]
        wide = [name for name in stimulus if simulation.ports[name].width > 63]
        if not wide:
            lists = {name: (np.arange(cycles), values) for name, values in stimulus.items()}
            for name, (times, values) in simulation.play(cycles, lists, narrow).items():
                assert len(times) == 1 or np.diff(values).all(), "only changes are recorded"
                assert np.repeat(values, np.diff(times, append=cycles)).tolist() == expected[name], name
        else:
            for cycle in range(cycles):
                for name, values in stimulus.items():
                    simulation.set(name, values[cycle])
                assert {name: simulation.get(name) for name in expected} == {
                    name: values[cycle] for name, values in expected.items()}, cycle
                simulation.step()


def test_inputs_begin_as_amaranth_has_them_and_outputs_are_settled():
    with Simulation(Zoo()) as simulation:
        assert simulation.get("idle") == simulation.get("heard") == 1
        simulation.set("idle", 0)
        assert simulation.get("heard") == 0
        simulation.step(3)
        assert simulation.cycle == 3 and simulation.get("wide") == (1 << 100) - 1


def test_a_reset_and_two_that_know_nothing_of_each_other():
    with Simulation(Zoo()) as one, Simulation(Zoo()) as other:
        one.set("wide_in", 1 << 99)
        one.step()
        assert one.get("wide") == (1 << 99) - 1 and other.get("wide") == 0 == other.cycle
        one.reset(2)
        assert one.get("wide") == 0 and one.get("rst") == 0 and one.cycle == 3


@pytest.mark.parametrize("stall", [0.0, 0.4])
def test_streams_take_and_give_what_they_do_in_amaranths_simulator(stall):
    items = np.random.default_rng(1).integers(0, 1 << 40, 500)
    with Simulation(SkidBuffer(40)) as simulation:
        words, cycles = simulation.transact({"i": items}, {"o": len(items)}, stall=stall, seed=3)
        assert words["o"].dtype == np.uint64
        assert words["o"].tolist() == items.tolist()
        assert transact_in_pysim(SkidBuffer(40), items.tolist(), len(items), stall=stall) == items.tolist()
        delay = cycles["o"] - cycles["i"]
        if stall:
            assert delay.min() == 1 < delay.max() and simulation.cycle > 700
        else:  # one item a clock, a cycle later
            assert (delay == 1).all() and simulation.cycle == len(items) + 1
        again, _ = simulation.transact({"i": items[:3]}, {"o": 3})
        assert again["o"].tolist() == items[:3].tolist()


def test_stalls_follow_from_the_seed():
    cycles = []
    for seed in (5, 5, 6):
        with Simulation(SkidBuffer(40)) as simulation:
            cycles.append(simulation.transact({"i": range(50)}, {"o": 50}, stall=0.5, seed=seed)[1]["o"].tolist())
    assert cycles[0] == cycles[1] != cycles[2]


def test_payloads_wider_than_64_bits():
    chunks = np.random.default_rng(2).integers(0, 1 << 32, (40, 3), dtype=np.uint32)
    chunks[:, 2] &= 63
    with Simulation(Wide()) as simulation:
        words, _ = simulation.transact({"i": chunks}, {"o": 40}, stall=0.2)
        for word, turned in zip(chunks.tolist(), words["o"].tolist(), strict=True):
            number, result = (sum(chunk << 32 * i for i, chunk in enumerate(part)) for part in (word, turned))
            assert f"{result:070b}" == f"{number:070b}"[::-1]
        with pytest.raises(ValueError, match="does not fit its 70 bits"):
            simulation.transact({"i": np.array([[0, 0, 64]])})
        with pytest.raises(ValueError, match=re.escape("must have shape (n, 3), not (4,)")):
            simulation.transact({"i": np.arange(4)})


def test_a_deadlock_says_how_far_it_got():
    with Simulation(SkidBuffer(40)) as simulation:
        with pytest.raises(TimeoutError, match=r"no end after 100 cycles: i 3 of 3, o 3 of 4"):
            simulation.transact({"i": [1, 2, 3]}, {"o": 4}, deadline=100)
        assert simulation.transact({"i": [4]}, {"o": 1})[0]["o"].tolist() == [4]


def test_an_item_that_does_not_hold_is_an_error():
    with Simulation(Fickle()) as simulation:
        with pytest.raises(AssertionError, match="stream o: a stalled item did not hold in cycle"):
            simulation.transact({}, {"o": 50}, stall=0.5)


def test_the_designs_own_assertions_are_heard():
    with Simulation(Strict()) as simulation:
        simulation.step(5)
        simulation.set("i", 1)
        with pytest.raises(AssertionError, match="an assertion of the design failed in cycle"):
            simulation.step(5)


@pytest.mark.parametrize(("call", "message"), [
    (lambda s: s.set("no_such", 1), "no port 'no_such'; it has clear, clk"),
    (lambda s: s.get("no_such"), "no port"),
    (lambda s: s.set("i__ready", 1), "i__ready is not an input"),
    (lambda s: s.set("clk", 1), "clk is not an input that can be driven"),
    (lambda s: s.set("clear", 2), "clear has 1 bits: 2 does not fit"),
    (lambda s: s.set("i__payload", -1), "-1 does not fit"),
    (lambda s: s.step(-1), "must not be negative: -1"),
    (lambda s: s.play(-1), "must not be negative: -1"),
    (lambda s: s.play(5, {"clear": ([1, 0], [1, 0])}), "the times of clear are negative, or fall"),
    (lambda s: s.play(5, {"clear": ([0, 1], [1, 2])}), "clear has 1 bits"),
    (lambda s: s.play(5, {"clear": ([0, 1], [1])}), re.escape("(2,) times and (1,) values")),
    (lambda s: s.play(5, outputs=["no_such"]), "no port"),
    (lambda s: s.transact({"i": [1 << 40]}), "a word of stream i does not fit its 40 bits"),
    (lambda s: s.transact({"i": [-1]}), "does not fit"),
    (lambda s: s.transact({"i": [0.5]}), "must be integers, not float64"),
    (lambda s: s.transact({"o": [1]}), "o__payload is not an input"),
    (lambda s: s.transact({}, {"i": 1}), "i__ready is not an input"),
    (lambda s: s.transact({"i": [1]}, stall=1.0), "less than 1"),
])
def test_what_is_refused(call, message):
    with Simulation(SkidBuffer(40)) as simulation:
        with pytest.raises(ValueError, match=message):
            call(simulation)
        assert simulation.cycle == 0


def test_a_closed_simulation_says_so():
    simulation = Simulation(SkidBuffer(40))
    simulation.close()
    simulation.close()
    with pytest.raises(ValueError, match="the simulation is closed"):
        simulation.step()
