"""The serial port from outside: every request, its answer from the golden vectors or from the integers."""

import cocotb
from pins import BUSY, EPSILON_ON, INFO, NETWORK, Pins, golden_answer, hex_vectors, npz_vectors, packed

from varigate.model.protocol.frames import REPLY, Command, Frame
from varigate.model.protocol.operations import Op
from varigate.model.protocol.replies import Answer, Info
from varigate.sim.testbench.reference import Reference


@cocotb.test()
async def info(dut):
    pins = await Pins(dut).start()
    assert Info.unpack(await pins.ask(Command.INFO)) == INFO


@cocotb.test()
async def classify_all_flowers(dut):
    pins, golden = await Pins(dut).start(), npz_vectors()
    for x, mu, scores, cls in zip(*(golden[name] for name in ("input", "mu", "scores", "class")), strict=True):
        payload = await pins.ask(Command.CLASSIFY, bytes(x.tolist()))
        assert payload == packed(Command.CLASSIFY, Answer(mu=mu, scores=scores, cls=int(cls)))
        assert pins.leds() & ~BUSY == EPSILON_ON | 1 << int(cls)


@cocotb.test()
async def reconstruct_all_flowers(dut):
    """From reset on, so that every flower gets the ε of its line."""
    pins, rows = await Pins(dut).start(), hex_vectors()
    assert len(rows) == 150
    for place, row in enumerate(rows):
        payload = await pins.ask(Command.RECONSTRUCT, bytes(row["input"]))
        assert payload == packed(Command.RECONSTRUCT, golden_answer(row, NETWORK.latent * place))


@cocotb.test()
async def encode_takes_no_epsilon(dut):
    pins, rows = await Pins(dut).start(), hex_vectors()
    for row in rows[::15]:
        payload = await pins.ask(Command.ENCODE, bytes(row["input"]))
        assert payload == packed(Command.ENCODE, Answer(mu=row["mu"], v=row["v"]))
    payload = await pins.ask(Command.RECONSTRUCT, bytes(rows[0]["input"]))
    assert payload == packed(Command.RECONSTRUCT, golden_answer(rows[0], 0))


@cocotb.test()
async def decode_of_a_given_z(dut):
    pins, reference = await Pins(dut).start(), Reference(NETWORK)
    for z in ((0, 0), (-128, 127), (127, -128), (31, -7)):
        payload = await pins.ask(Command.DECODE, bytes(code & 0xFF for code in z))
        assert payload == packed(Command.DECODE, reference.run(Op.DECODE, z))


@cocotb.test()
async def epsilon_off_on_and_seeded(dut):
    pins, reference = await Pins(dut).start(), Reference(NETWORK)
    x = hex_vectors()[100]["input"]

    async def reconstructs():
        payload = await pins.ask(Command.RECONSTRUCT, bytes(x))
        assert payload == packed(Command.RECONSTRUCT, reference.run(Op.RECONSTRUCT, x))

    await reconstructs()
    await reconstructs()
    assert await pins.ask(Command.EPSILON, b"\0") == b""
    reference.epsilon_on = False
    await reconstructs()
    assert not pins.leds() & EPSILON_ON
    assert await pins.ask(Command.EPSILON, b"\1") == b""
    reference.epsilon_on = True
    await reconstructs()
    assert pins.leds() & EPSILON_ON
    for seed in (77, 0, 0xFFFFFFFF):
        assert await pins.ask(Command.SEED, seed.to_bytes(4, "little")) == b""
        reference.seed(seed)
        await reconstructs()
        await reconstructs()
    now = Info.unpack(await pins.ask(Command.INFO))
    assert (now.epsilon_index, now.answered, now.bad) == (reference.index, 15, 0)


@cocotb.test()
async def generate_many(dut):
    pins, reference = await Pins(dut).start(), Reference(NETWORK)
    for count in (1, 20):
        seq, wire = pins.request(Command.GENERATE, bytes([count]))
        await pins.send(wire)
        for place in range(count):
            payload = bytes([place]) + packed(Command.GENERATE, reference.run(Op.GENERATE))
            assert await pins.reply() == Frame(seq, Command.GENERATE | REPLY, payload)
    await pins.silence(200)


@cocotb.test()
async def the_next_request_while_the_reply_is_running(dut):
    """Bytes without gaps both ways: one request is being answered, the next one is on the line or waits."""
    pins, rows = await Pins(dut).start(), hex_vectors()[:40]
    wanted = []
    for place, row in enumerate(rows):
        seq, wire = pins.request(Command.RECONSTRUCT, bytes(row["input"]))
        wanted.append(Frame(seq, Command.RECONSTRUCT | REPLY,
                            packed(Command.RECONSTRUCT, golden_answer(row, NETWORK.latent * place))))
        await pins.send(wire)
        if place:
            assert await pins.reply() == wanted[place - 1]
    assert await pins.reply() == wanted[-1]


@cocotb.test()
async def frames_that_share_a_delimiter(dut):
    """Three requests in a row, whose replies are shorter than they are: none is refused."""
    pins = await Pins(dut).start()
    requests = [pins.request(Command.EPSILON, bytes([on])) for on in (0, 1, 0)]
    await pins.send(b"".join(wire[:-1] for _, wire in requests) + b"\0")
    for seq, _ in requests:
        assert await pins.reply() == Frame(seq, Command.EPSILON | REPLY)
    assert not pins.leds() & EPSILON_ON
