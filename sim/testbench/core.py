"""Runs jobs through the core in the Amaranth simulator."""

from varigate.gateware.core.vae import FoldedVae
from varigate.sim.testbench.reference import Job
from varigate.sim.testbench.streams import get, put, run

__all__ = ["run_jobs"]


def run_jobs(core: FoldedVae, jobs: list[Job], *, seeds: dict[int, int] | None = None, epsilon_on: bool = True,
             pause: int = 0, stall: float = 0.0, seed: int = 0, deadline: int | None = None):
    """Runs `jobs` through `core`, one after the other.

    Parameters
    ----------
    seeds : {index of a job: 32-bit seed}
        ε is seeded before that job.
    pause : int
        clocks before the first job.
    stall : float
        probability for each side to pause in a clock.

    Returns
    -------
    answers : list of lists of (Part, int)
        one list for each job.
    marks : list of dicts
        the clock cycle of each job's acceptance (`job`), of its last input's (`input`), and of each part's last
        number (by `Part`).
    """
    seeds = seeds or {}
    answers, marks = [], [{} for _ in jobs]
    client = core.client
    now = 0

    async def clock(ctx):
        nonlocal now
        async for _ in ctx.tick():
            now += 1

    async def requests(ctx):
        ctx.set(core.epsilon_on, epsilon_on)
        for _ in range(pause):
            await ctx.tick()
        for index, job in enumerate(jobs):
            if index in seeds:
                while len(answers) < index:
                    await ctx.tick()
                await put(ctx, core.seed, [seeds[index]])
            await put(ctx, client.job, [job.op], stall=stall, seed=seed + index)
            marks[index]["job"] = now

    async def inputs(ctx):
        codes = [(index, code & 0xFF) for index, job in enumerate(jobs) for code in job.codes]
        for place, (index, code) in enumerate(codes):
            await put(ctx, client.data, [code], stall=stall, seed=seed + 7 * place + 1)
            marks[index]["input"] = now

    async def results(ctx):
        for index in range(len(jobs)):
            answer, last = [], False
            while not last:
                item, = await get(ctx, client.result, 1, stall=stall, seed=seed + 2 + len(answer) + 31 * index)
                answer.append((item.part, item.value))
                marks[index][item.part] = now
                last = item.last
            answers.append(answer)

    run(core, requests, inputs, results, processes=(clock,),
        deadline=deadline or 2000 * (len(jobs) + 1))
    return answers, marks
