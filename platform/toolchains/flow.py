"""The steps of a build: their effect on the build directory, and their display for the user."""

import sys
import time
import warnings
from contextlib import contextmanager
from pathlib import Path

from amaranth.hdl import UnusedElaboratable

from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.network.variants import find_bits, variant
from varigate.model.train import card_file
from varigate.platform.toolchains import vivado
from varigate.platform.toolchains.configuration import Configuration
from varigate.platform.toolchains.device import DEVICES
from varigate.platform.toolchains.programmer import LOADER
from varigate.platform.toolchains.yosys import synthesise

__all__ = ["BITSTREAM_HINT", "Steps", "check_tools", "find_file", "find_network", "map_design", "quiet_refusal",
           "retrain", "target", "write_design"]

BITSTREAM_HINT = ("it needs Vivado (from AMD, free of charge for this device; top.tcl runs it "
                  "on any machine) or openXC7 (github.com/openXC7/toolchain-nix)")


class Steps:
    """Numbers the steps of a flow, and shows on standard error when each one starts and how long it took.

    Parameters
    ----------
    total : int
    """

    def __init__(self, total: int):
        self._total, self._number = total, 0

    @contextmanager
    def __call__(self, text: str):
        self._number += 1
        print(f"[{self._number}/{self._total}] {text} … ", end="", file=sys.stderr, flush=True)
        start = time.monotonic()
        try:
            yield
        except BaseException:
            print("failed", file=sys.stderr)
            raise
        print(f"{time.monotonic() - start:.1f} s", file=sys.stderr)


def find_file(name: str, settings: Configuration) -> Path:
    """Find the file of the network called `name`, with weights of as many bits as the settings say.

    A `UserError` where there is none says how to train one.

    >>> find_file("iris", Configuration()).name, find_file("iris", Configuration(bits=4)).name
    ('iris.npz', 'iris-w4.npz')
    """
    path = network_file.find(name)
    if settings.bits is None:
        return path
    try:
        return find_bits(path, settings.bits)
    except UserError as error:
        from varigate.model.train import cards  # here: scikit-learn takes its time, and only a hint needs it

        raise UserError(f"{error}; {cards.bits_hint(path, settings.bits)}") from error


def find_network(name: str, settings: Configuration | None = None):
    """Load the network called `name`, or in the file of that name, with its card: a dict, empty if there is none.

    Its bits and units are those of the settings. A card that was written for other numbers than the network's (another
    digest, since it has other units) counts as none; a damaged one is a `UserError`.

    >>> network, card = find_network("iris")
    >>> network.name, sorted(card)[:3]
    ('iris', ['accuracy_float', 'accuracy_integer', 'class_agreement'])
    """
    settings = settings or Configuration()
    path = find_file(name, settings)
    network = variant(network_file.load(path), sigmoid=settings.sigmoid, epsilon=settings.epsilon)
    place = path.with_suffix(".json")
    try:
        card = card_file.read(place)
    except FileNotFoundError:
        return network, {}
    if not isinstance(card, dict) or card.get("digest") != network_file.digest(network).hex():
        return network, {}
    card_file.check(card, place)
    return network, card


def retrain(name: str, root: Path) -> str:
    """Train the network `name` (shipped, or a FILE.npz with its card) anew, as its card says; return the path of the
    file.

    It is ROOT/retrained/NAME.npz; the network's own file stays as it is.
    """
    from varigate.model.train import trained  # here: scikit-learn takes its time, and most builds do not train

    path = root / "retrained" / f"{network_file.load(network_file.find(name)).name}.npz"
    trained.check_place(path)
    made = trained.again(name, progress=sys.stderr.isatty())  # in a log, `Steps` says it
    trained.save(made, path)
    return str(path)


def check_tools(toolchain):
    """Refuse to load a board if something for it is missing; called before anything is built.

    Raises
    ------
    UserError
        if no toolchain makes a bitstream, or the loader is missing.
    """
    if toolchain is None:
        raise UserError(f"there is no bitstream to load: {BITSTREAM_HINT}")
    LOADER.require()


def target(board, network, root: Path) -> Path:
    """The build directory ROOT/BOARD-NETWORK, by the network's own name, which is fit for one (`model.network.names`).

    >>> from varigate.platform.boards.nexys4ddr import Nexys4DDR
    >>> str(target(Nexys4DDR, find_network("iris")[0], Path("build")))
    'build/nexys4ddr-iris'
    """
    return root / f"{board.name}-{network.name}"


@contextmanager
def quiet_refusal():
    """Keep a refused or interrupted design quiet: Amaranth warns of parts that were never elaborated.

    >>> with quiet_refusal():
    ...     print("a design is made here")
    a design is made here
    """
    try:
        yield
    except (UserError, KeyboardInterrupt):
        warnings.simplefilter("ignore", UnusedElaboratable)
        raise


def write_design(board, top, directory: Path):
    """Write `top` on `board` as RTLIL, with its constraints and Vivado's script: top.il, top.xdc, top.tcl."""
    with quiet_refusal():
        plan = board.prepare(board.wrap(top), "top")
    for name, text in plan.files.items():
        (directory / name).write_text(text, encoding="utf-8")
    (directory / "top.tcl").write_text(vivado.script(board), encoding="utf-8")


def map_design(board, directory: Path):
    """Synthesise `directory`/top.il to a mapped and checked netlist.

    Raises
    ------
    UserError
        if it does not fit the board's device.
    """
    mapped = synthesise(directory)
    DEVICES[board.device].check_fit(mapped.resources)
    return mapped
