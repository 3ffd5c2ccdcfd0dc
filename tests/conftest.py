"""Fixtures that several folders of tests use."""

import pytest

from model import network_file


@pytest.fixture(scope="session")
def iris():
    """The shipped Iris network."""
    return network_file.load(network_file.find("iris"))
