import random
from itertools import chain, groupby

import pytest

from varigate.gateware.core.arbiter import CoreArbiter, MessageArbiter
from varigate.model.protocol.operations import Op, Part
from varigate.sim.testbench.streams import get, put, run

INPUTS, RESULTS = 3, 4


def share(clients: int, jobs: int, stall: float, seed: int = 0):
    """Each client has `jobs` jobs; returns what the core saw, job by job, and what each client got."""
    dut = CoreArbiter(clients)
    seen, got = [], [[] for _ in range(clients)]

    async def core(ctx):
        while True:
            op, = await get(ctx, dut.core.job, 1, stall=stall, seed=len(seen))
            values = await get(ctx, dut.core.data, INPUTS, stall=stall, seed=len(seen) + 1)
            seen.append((op, values))
            await put(ctx, dut.core.result, [
                {"part": Part.MU, "value": -values[0] - index, "last": index == RESULTS - 1}
                for index in range(RESULTS)], stall=stall, seed=len(seen) + 2)

    def client(index):
        port = dut.clients[index]

        async def ask(ctx):
            await put(ctx, port.job, [Op(index % 3)] * jobs, stall=stall, seed=seed + index)

        async def feed(ctx):
            values = [16 * job + index for job in range(jobs) for _ in range(INPUTS)]
            await put(ctx, port.data, values, stall=stall, seed=seed + index + 10)

        async def listen(ctx):
            results = await get(ctx, port.result, jobs * RESULTS, stall=stall, seed=seed + index + 20)
            got[index] = [result.value for result in results]

        return ask, feed, listen

    run(dut, *(bench for index in range(clients) for bench in client(index)), processes=[core], deadline=50_000)
    return seen, got


@pytest.mark.parametrize("clients", [1, 2, 3])
@pytest.mark.parametrize("stall", [0.0, 0.4])
def test_each_client_gets_its_own_answers(clients, stall):
    jobs = 12
    seen, got = share(clients, jobs, stall)
    assert len(seen) == clients * jobs
    for index in range(clients):
        own = [values for op, values in seen if values[0] % 16 == index]
        assert own == [[16 * job + index] * INPUTS for job in range(jobs)]
        assert got[index] == [-16 * job - index - each for job in range(jobs) for each in range(RESULTS)]
    assert all(op == Op(values[0] % 16 % 3) for op, values in seen)


def test_clients_that_always_want_take_turns():
    seen, _ = share(3, 10, 0.0)
    order = [values[0] % 16 for _, values in seen]
    assert all(sorted(order[i:i + 3]) == [0, 1, 2] for i in range(0, 30, 3))


def test_a_grant_holds_until_the_last_result_is_taken():
    dut = CoreArbiter(2)

    async def bench(ctx):
        ctx.set(dut.core.job.ready, 1)
        ctx.set(dut.clients[0].job.valid, 1)  # goes on asking: its second job has to wait its turn
        assert not ctx.get(dut.core.job.valid)
        await ctx.tick()
        assert ctx.get(dut.core.job.valid) and ctx.get(dut.busy)
        await ctx.tick()
        ctx.set(dut.clients[1].job.valid, 1)
        ctx.set(dut.clients[1].job.payload, Op.DECODE)
        ctx.set(dut.clients[1].data.valid, 1)
        ctx.set(dut.core.data.ready, 1)
        ctx.set(dut.core.result.valid, 1)
        ctx.set(dut.core.result.payload, {"part": Part.CLASS, "value": 1, "last": 1})
        for _ in range(5):  # the last element is offered, but not taken
            assert ctx.get(dut.clients[0].result.valid) and not ctx.get(dut.clients[1].result.valid)
            assert not ctx.get(dut.core.job.valid) and not ctx.get(dut.clients[1].data.ready)
            assert not ctx.get(dut.core.data.valid)
            await ctx.tick()
        ctx.set(dut.clients[0].result.ready, 1)
        await ctx.tick()
        assert not ctx.get(dut.busy) and not ctx.get(dut.core.result.ready)
        await ctx.tick()
        assert ctx.get(dut.core.job.valid) and ctx.get(dut.core.job.payload) == Op.DECODE

    run(dut, bench)


def merge(messages, stall, seed=0):
    """Sends each input's messages (bytes) at once; returns the bytes that come out."""
    dut, sent = MessageArbiter(len(messages)), bytearray()

    def sender(index):
        async def bench(ctx):
            items = [{"data": byte, "last": position == len(message) - 1}
                     for message in messages[index] for position, byte in enumerate(message)]
            await put(ctx, dut.i[index], items, stall=stall, seed=seed + index)
        return bench

    async def receiver(ctx):
        count = sum(len(message) for each in messages for message in each)
        sent.extend(await get(ctx, dut.o, count, stall=stall, seed=seed + 9))

    run(dut, receiver, *map(sender, range(len(messages))), deadline=20_000)
    return bytes(sent)


@pytest.mark.parametrize("inputs", [1, 2, 3])
@pytest.mark.parametrize("stall", [0.0, 0.5])
def test_messages_stay_whole_and_in_order(inputs, stall):
    rng = random.Random(inputs)
    messages = [[bytes([16 * index + number] * rng.randrange(1, 9)) for number in range(10)]
                for index in range(inputs)]
    received = [bytes(group) for _, group in groupby(merge(messages, stall))]
    assert sorted(received) == sorted(chain.from_iterable(messages))
    for index in range(inputs):
        assert [each for each in received if each[0] // 16 == index] == messages[index]


def test_message_inputs_that_always_want_take_turns():
    received = merge([[b"aa"] * 6, [b"b"] * 6], 0.0)
    assert received in (b"aab" * 6, b"baa" * 6)
