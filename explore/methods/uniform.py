"""Searches that do not learn: in random order, and in a given order."""

__all__ = ["expected_evaluations", "in_order", "random"]


def random(evaluations, rng, guide=None):
    """Evaluates all candidates in random order."""
    for number in rng.permutation(len(evaluations.task)):
        evaluations(number)


def in_order(evaluations, rng, guide):
    """Evaluates the candidates in the order `guide`: their numbers (n,), most promising first."""
    for number in guide:
        evaluations(number)


def expected_evaluations(candidates: int, good: int) -> float:
    """The mean number of evaluations that `random` needs until it meets one of the `good` candidates.

    It is (n + 1) / (m + 1) for m good ones among n candidates: the mean of the negative hypergeometric distribution,
    plus the draw itself.

    Examples
    --------
    >>> expected_evaluations(99, 1)
    50.0
    """
    return (candidates + 1) / (good + 1)
