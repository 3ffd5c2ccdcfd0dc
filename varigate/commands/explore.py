"""Search for accelerators: in the space of our generator, and in a published one."""

from pathlib import Path

from varigate.commands import explore_commands
from varigate.commands.checks import refuse
from varigate.commands.explore_commands import FRONT, OUT
from varigate.commands.network_options import DEVICE
from varigate.explore.costs.cost_table import OBJECTIVES
from varigate.explore.joint import presets
from varigate.explore.methods import FRONT_METHODS, SEARCHES
from varigate.explore.studies.study_varigate import BUDGET
from varigate.platform.toolchains.device import DEVICES

SPACES = ("varigate", "vaesa")
SEED = 1234
ONLY_FOR = {  # command → space → options that have an effect in this space only
    "dataset": {"varigate": "workloads designs each out seed processes", "vaesa": "dataset_path"},
    "train": {"varigate": "data",
              "vaesa": "dataset_path preset dataset_size pred_model vae_model obj gamma unseen"},
    "search": {"varigate": "network device points nats best out", "vaesa": "dataset_path layer"},
}


def _count(text: str) -> int:
    value = int(text)
    if not 0 < value < 10**7:
        raise ValueError
    return value


def _seed_number(text: str) -> int:
    value = int(text)
    if not 0 <= value < 1 << 32:
        raise ValueError
    return value


def _tolerance(text: str) -> float:
    value = float(text)
    if not value >= 0:
        raise ValueError
    return value


_count.__name__, _seed_number.__name__, _tolerance.__name__ = "count", "seed", "tolerance"


def _space(command, default="varigate"):
    command.add_argument("--space", choices=SPACES, default=default, help="default: %(default)s")
    command.add_argument("--dataset-path", type=Path, metavar="FILE",
                         help="the published table, .csv or .csv.gz (default: in the folder VARIGATE_DATA)")


def _designs(command):
    """The options that say for which network, device and loss of accuracy designs are searched."""
    command.add_argument("--network", default="mnist", metavar="NAME|FILE.npz|SHAPE",
                         help="the network, or a shape like 784-256-z16-c10-sigmoid (default: %(default)s)")
    command.add_argument("--device", choices=list(DEVICES), default=DEVICE, help="default: %(default)s")
    command.add_argument("--points", type=_tolerance, default=0.3, metavar="P",
                         help="percentage points of accuracy that integers may lose against floats (default: "
                              "%(default)s)")
    command.add_argument("--nats", type=_tolerance, default=0.35, metavar="N",
                         help="nats of -ELBO that integers may lose against floats (default: %(default)s)")


def _seed(command, default=SEED):
    command.add_argument("--seed", type=_seed_number, default=default, help="default: %(default)s")


def _json(command):
    command.add_argument("--json", action="store_true", help="print only JSON on standard output")


def _cores(command):
    command.add_argument("--processes", type=_count, metavar="N", help="processes (default: one per core)")


def add_arguments(parser):
    commands = parser.add_subparsers(dest="study", required=True)

    dataset = commands.add_parser("dataset", help="evaluate random designs on random workloads, for `train`; with "
                                                  "--space vaesa: read the published table and summarise it")
    _space(dataset)
    dataset.add_argument("--workloads", type=_count, default=48, metavar="N", help="random workloads (default: "
                                                                                   "%(default)s)")
    dataset.add_argument("--designs", type=_count, default=4096, metavar="N", help="random designs (default: "
                                                                                   "%(default)s)")
    dataset.add_argument("--each", type=_count, default=256, metavar="N",
                         help="designs that are evaluated on each workload (default: %(default)s)")
    dataset.add_argument("--out", type=Path, default=OUT / "varigate-data.npz", metavar="FILE",
                         help="default: %(default)s")

    sweep = commands.add_parser("sweep", help="synthesise random designs (hours), and fit the area model to them")
    sweep.add_argument("--cores", type=_count, default=72, metavar="N",
                       help="designs of a core only (default: %(default)s)")
    sweep.add_argument("--tops", type=_count, default=10, metavar="N",
                       help="designs of a whole board (default: %(default)s)")
    sweep.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, like tcp://127.0.0.1:8786 (default: "
                                                              "all cores of this machine)")
    sweep.add_argument("--out", type=Path, default=OUT / "synthesis.csv", metavar="FILE.csv",
                       help="the table; the fit is written beside it as area.json (default: %(default)s)")

    train = commands.add_parser("train", help="train the joint model: VAE and predictors together")
    _space(train)
    train.add_argument("--preset", choices=list(presets.PRESETS), default="small",
                       help="small trains in minutes, paper has the published sizes (default: %(default)s)")
    train.add_argument("--nz", type=_count, metavar="N", help="latent variables (default: 6; vaesa 4)")
    train.add_argument("--epochs", type=_count, metavar="N",
                       help="passes over the designs (default: 150; vaesa 120; paper 2000)")
    train.add_argument("--dataset-size", type=_count, metavar="N", help="the most rows to train on (default: all)")
    train.add_argument("--pred-model", choices=list(presets.PREDICTORS),
                       help="widths of the predictors (default: small; paper orig_1)")
    train.add_argument("--vae-model", choices=list(presets.VAES),
                       help="widths of the encoder (default: small; paper model_1)")
    train.add_argument("--obj", choices=list(presets.OBJECTIVES),
                       help="the objective that is predicted in addition to latency and energy (default: edp)")
    train.add_argument("--gamma", type=_tolerance, metavar="G",
                       help="weight of the total correlation in the VAE's loss (default: 0)")
    train.add_argument("--data", type=Path, default=OUT / "varigate-data.npz", metavar="FILE",
                       help="the output of `varigate explore dataset` (default: %(default)s)")
    train.add_argument("--unseen", type=int, default=12, metavar="N",
                       help="layers of the published space that are kept from training (default: %(default)s)")
    train.add_argument("--resume", action="store_true", help="go on with an interrupted training")
    train.add_argument("--out", type=Path, metavar="FILE.npz", help=f"default: {OUT}/SPACE.npz")

    scores = commands.add_parser("scores", help="score the joint model of the published space (five splits, minutes)")
    scores.add_argument("--dataset-path", type=Path, metavar="FILE")
    _json(scores)

    search = commands.add_parser("search", help="find the best designs, and write the best one as a configuration file")
    _space(search)
    _designs(search)
    search.add_argument("--objective", choices=[*OBJECTIVES, FRONT], default="edp",
                        help="front: the best compromises of latency and energy (default: %(default)s)")
    search.add_argument("--method", choices=list(SEARCHES | FRONT_METHODS),
                        help="default: latent-bo; for --objective front: latent-front")
    search.add_argument("--budget", type=_count, default=BUDGET, metavar="N", help="evaluations (default: %(default)s)")
    search.add_argument("--model", type=Path, metavar="FILE.npz",
                        help="a joint model from `varigate explore train` (default: the shipped one; vaesa has none)")
    search.add_argument("--layer", type=int, default=0, metavar="N",
                        help="the layer of the published space (default: %(default)s)")
    search.add_argument("--best", type=_count, default=5, metavar="N", help="designs to print (default: %(default)s)")
    search.add_argument("--out", type=Path, metavar="FILE.toml", help=f"default: {OUT}/NETWORK-OBJECTIVE.toml")
    _json(search)

    validate = commands.add_parser("validate", help="synthesise a design, and compare with the predicted resources")
    _designs(validate)
    validate.add_argument("config", type=Path, metavar="FILE.toml")
    _json(validate)

    plot = commands.add_parser("plot", help="draw the latent plane, convergence, the front, and predicted against true")
    _designs(plot)
    plot.add_argument("--model", type=Path, metavar="FILE.npz",
                      help="a joint model from `varigate explore train` (default: the shipped one)")
    plot.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="default: %(default)s")

    demo = commands.add_parser("demo", help="all steps for one network: data set, training, all methods (ten minutes)")
    _designs(demo)
    demo.add_argument("--out", type=Path, default=OUT / "demo", metavar="DIR", help="default: %(default)s")

    book = commands.add_parser("book", help="write explore.md with its figures, for both spaces (an hour)")
    _designs(book)
    book.add_argument("--dataset-path", type=Path, metavar="FILE")
    book.add_argument("--work", type=Path, default=OUT / "book", metavar="DIR",
                      help="folder of intermediate results, which are reused (default: %(default)s)")
    book.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="default: %(default)s")

    for command in (dataset, train, scores, search, demo, book, plot):
        _seed(command)
    _seed(sweep, 1)
    for command in (dataset, demo, book, plot):
        _cores(command)
    for command in (demo, book, plot):
        command.add_argument("--seeds", type=_count, default=20, metavar="N",
                             help="runs of each method (default: %(default)s)")


def run(options):
    for space, names in ONLY_FOR.get(options.study, {}).items():
        if options.space != space:
            refuse(options, names, f"with --space {options.space}: it is for --space {space}; leave it out")
    explore_commands.COMMANDS[options.study](options)
