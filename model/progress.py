"""How far a long piece of work has come, on standard error: a bar at a terminal, two lines in a log."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

__all__ = ["Progress", "counted", "track"]


class Progress:
    """The work that is under way; made by `track`."""

    def __init__(self, bar: tqdm):
        self._bar, self.figures = bar, {}

    def update(self, count: int = 1):
        """Tell that `count` more steps are done."""
        self._bar.update(count)

    def note(self, **figures: float):
        """Show figures of the last step beside the bar, and in a log at the end."""
        self.figures = figures
        self._bar.set_postfix({name: f"{value:.4f}" for name, value in figures.items()}, refresh=False)

    def rename(self, text: str):
        """Show another text before the bar."""
        self._bar.set_description(text)


@contextmanager
def track(text: str, total: int, unit: str, *, shown: bool | None = True, done: int = 0) -> Iterator[Progress]:
    """Show the progress of the work in this block: a bar at a terminal, else a line at its start and one at its end.

    A log has no carriage returns, then. After an error there is no second line: a message follows.

    Parameters
    ----------
    text : str
        what is done.
    total, done : int
        the number of steps, and of those that were done before.
    unit : str
        one step: "epoch", "sample", …
    shown : bool or None
        False: nothing is shown; None: nothing but at a terminal.

    Examples
    --------
    >>> from contextlib import redirect_stderr
    >>> with redirect_stderr(sys.stdout), track("counting", 1000, "step", shown=True) as work:
    ...     for _ in range(1000):
    ...         work.update()
    ...         work.note(loss=0.5)  # doctest: +ELLIPSIS
    counting: 0/1,000 steps …
    counting: 1,000/1,000 steps in ... s, loss 0.5000
    """
    terminal = sys.stderr is not None and sys.stderr.isatty()
    logged = bool(shown) and not terminal and done < total
    if logged:
        print(f"{text}: {done:,}/{total:,} {unit}s …", file=sys.stderr, flush=True)
    start = time.monotonic()
    with tqdm(desc=text, total=total, initial=done, unit=unit, unit_scale=total > 99_999, leave=False,
              disable=not terminal or shown is False) as bar:
        work = Progress(bar)
        yield work
    if logged:
        figures = "".join(f", {name} {value:.4f}" for name, value in work.figures.items())
        print(f"{text}: {total:,}/{total:,} {unit}s in {time.monotonic() - start:.1f} s{figures}", file=sys.stderr,
              flush=True)


def counted(items: Iterable, text: str, total: int, unit: str, *, shown: bool | None = True) -> Iterator:
    """Pass on `items`, `total` of them, and show how many have been taken; see `track`.

    Examples
    --------
    >>> sum(counted([1, 2, 3], "adding", 3, "number", shown=False))
    6
    """
    with track(text, total, unit, shown=shown) as work:
        for item in items:
            yield item
            work.update()
