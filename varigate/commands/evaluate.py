"""Measure the quality of a network on its test data, integers against floats."""

from varigate.commands.network_options import add_data, add_network, add_table, print_figures, trained_with_data
from varigate.model.data.images import Images
from varigate.model.train import cards, trained
from varigate.model.train.evaluate import cross_validate
from varigate.parsing import print_json


def add_arguments(parser):
    parser.add_argument("--json", action="store_true", help="print only JSON on standard output")
    add_network(parser)
    add_data(parser)
    add_table(parser, by_order=True)


def run(options):
    made, dataset = trained_with_data(options)
    seen = not isinstance(dataset, Images)  # the network was trained on all samples of its table
    figures = cross_validate(dataset, cards.settings_of(made.card), progress=True) if seen else {}
    figures |= trained.measure(made.network, made.real, dataset)
    if options.json:
        print_json({"network": made.network.name} | figures, indent=2)
    else:
        print(made.network.name)
        print_figures(figures)
