"""Write golden vectors: input, ε, μ, v, z and output of every built-in sample, as .npz and .hex."""

from varigate.commands.network_options import add_network, add_out
from varigate.model.network import network_file, vectors


def add_arguments(parser):
    add_network(parser)
    add_out(parser)


def run(options):
    network = network_file.load(network_file.find(options.network))
    print(*vectors.write(network, options.out), sep="\n")
