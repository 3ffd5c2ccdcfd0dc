"""Synthesises many designs in parallel with Dask, on this machine or on the workers of a cluster."""

from contextlib import contextmanager

import dask
from distributed import Client, LocalCluster, as_completed

from varigate.explore.costs.synthesis import Point, measure
from varigate.explore.costs.workers import deaf_children
from varigate.model.errors import UserError
from varigate.model.progress import counted

__all__ = ["RETRIES", "cluster", "sweep"]

RETRIES = 3  # times that a point whose worker died is tried again, before it counts as failed
PATIENCE = "10s"  # that a scheduler has to answer
PAGE = "127.0.0.1:0"  # of the scheduler: on any free port, as another cluster may have Dask's own


@contextmanager
def cluster(scheduler: str | None = None, workers: int | None = None):
    """A Dask client of the scheduler at the address, or of `workers` processes here (default: one per core).

    Raises
    ------
    UserError
        if no scheduler answers at the address.
    """
    with dask.config.set({"distributed.scheduler.allowed-failures": RETRIES}):
        if scheduler is None:
            with deaf_children():
                local = LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
                                     dashboard_address=PAGE)
            with local, Client(local) as client:
                yield client
            return
        try:
            client = Client(scheduler, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise UserError(f"no Dask scheduler answers at {scheduler!r} ({error}); start one with `dask scheduler`, "
                            "and workers with `dask worker`") from error
        with client:
            yield client


def _outcome(future) -> dict:
    """The counts, or {"error": text}: a failed point must not end the sweep."""
    try:
        return future.result()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}


def sweep(points: list[Point], client, progress: bool = False, work=measure) -> list[dict]:
    """Synthesises points on the workers of a Dask `client`.

    A point whose worker dies is tried again up to `RETRIES` times.

    Parameters
    ----------
    points : list of Point
    client : distributed.Client
    progress : bool
        a bar on standard error.
    work : callable
        point → counts; the synthesis, unless a test gives something faster.

    Returns
    -------
    list of dict
        for each point, in their order: its counts, or {"error": text}.
    """
    futures = [client.submit(work, point, pure=False) for point in points]
    places = {future.key: place for place, future in enumerate(futures)}
    outcomes = [None] * len(points)
    for future in counted(as_completed(futures), "synthesis", len(futures), "point", shown=progress):
        outcomes[places[future.key]] = _outcome(future)
        future.release()  # else Dask would compute it again if its worker died
    return outcomes
