"""Sweeps of synthesis through Dask: on all cores of this machine, or on the workers of a cluster."""

import sys
from contextlib import contextmanager

import dask
from distributed import Client, LocalCluster, as_completed
from tqdm import tqdm

from varigate.explore.costs.synthesis import Point, measure
from varigate.model.errors import UserError

__all__ = ["RETRIES", "cluster", "sweep"]

RETRIES = 3  # of a point whose worker died; then the point is a failed one
PATIENCE = "10s"  # for a scheduler to answer
PAGE = "127.0.0.1:0"  # of the scheduler: on any free port, as another cluster may have Dask's own


@contextmanager
def cluster(scheduler: str | None = None, workers: int | None = None):
    """A Dask client of the scheduler at the address, or of processes on this machine, one a core by default.

    Raises
    ------
    UserError
        when nobody answers at the address.
    """
    with dask.config.set({"distributed.scheduler.allowed-failures": RETRIES}):
        if scheduler is None:
            with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
                              dashboard_address=PAGE) as local, Client(local) as client:
                yield client
            return
        try:
            client = Client(scheduler, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise UserError(f"no Dask scheduler answers at {scheduler!r} ({error}); start one by `dask scheduler`, and "
                            "workers by `dask worker`") from error
        with client:
            yield client


def _outcome(future) -> dict:
    """The counts, or the text of what went wrong: one failed point is no reason to lose the others."""
    try:
        return future.result()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}


def sweep(points: list[Point], client, progress: bool = False, work=measure) -> list[dict]:
    """What synthesis (`work` of a point) makes of each point, in their order: the counts, or {"error": text}.

    A point whose worker dies is given to another one, up to `RETRIES` times.
    """
    futures = [client.submit(work, point, pure=False) for point in points]
    places = {future.key: place for place, future in enumerate(futures)}
    outcomes = [None] * len(points)
    for future in tqdm(as_completed(futures), "synthesis", len(futures), file=sys.stderr, disable=not progress):
        outcomes[places[future.key]] = _outcome(future)
        future.release()  # or what a worker has made were made again when it dies
    return outcomes
