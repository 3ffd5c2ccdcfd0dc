"""Searches that learn nothing: at random, and in an order that was fixed before."""

__all__ = ["expected_evaluations", "in_order", "random"]


def random(evaluations, rng, guide=None):
    """All candidates in random order, none twice."""
    for number in rng.permutation(len(evaluations.task)):
        evaluations(number)


def in_order(evaluations, rng, guide):
    """The candidates in the order `guide`: their numbers (n,), from the most promising on."""
    for number in guide:
        evaluations(number)


def expected_evaluations(candidates: int, good: int) -> float:
    """How many draws without replacement `random` needs on average until one of the `good` candidates is drawn.

    (n + 1) / (m + 1): m good ones cut the order of the others into m + 1 gaps that are equally long on average
    (the expectation of the negative hypergeometric distribution, and the draw itself).
    """
    return (candidates + 1) / (good + 1)
