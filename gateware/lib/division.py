"""Division of sizes, for schedules and estimates."""

__all__ = ["ceil_divide"]


def ceil_divide(a: int, b: int) -> int:
    """Divide `a` by `b` (positive), rounded up: how many groups of `b` hold `a`.

    Examples
    --------
    >>> ceil_divide(8, 4), ceil_divide(9, 4)
    (2, 3)
    """
    return -(-a // b)
