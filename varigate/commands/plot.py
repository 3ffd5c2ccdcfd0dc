"""Draw the latent space, reconstructions and quantisation error of a network.

For iris and digits, also draw the steps from principal components to the VAE.
"""

from varigate.commands.network_options import add_data, add_network, add_out, add_table, given_table, trained_with_data
from varigate.model.figures import network_plots, story


def add_arguments(parser):
    add_network(parser)
    add_out(parser)
    add_data(parser)
    add_table(parser, by_order=True)


def run(options):
    made, dataset = trained_with_data(options)
    print(*network_plots.write(made, dataset, options.out), sep="\n")
    name = made.card["source"].get("name")
    if name in story.SOURCES and not given_table(options):
        print(*story.write(name, options.out, progress=True), sep="\n")
