"""Checks of a command's options before its work begins: none without an effect."""

from varigate.model.errors import UserError

__all__ = ["refuse"]


def refuse(options, names: str, why: str):
    """Refuse the options `names` (their destinations, separated by blanks) if they were given.

    Parameters
    ----------
    options : argparse.Namespace
        from a `varigate.parsing.Parser`, which knows what was given.
    names : str
    why : str
        the rest of the sentence "--NAME has no effect …": in which case, and what to do.

    Examples
    --------
    >>> from varigate.parsing import Parser
    >>> parser = Parser("try")
    >>> _ = parser.add_argument("--fast-lane", type=int, default=1)
    >>> refuse(parser.parse_args([]), "fast_lane", "on foot; leave it out")
    >>> refuse(parser.parse_args(["--fast-lane", "1"]), "fast_lane", "on foot; leave it out")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: --fast-lane has no effect on foot; leave it out
    """
    for name in names.split():
        if name in getattr(options, "given", ()):
            raise UserError(f"--{name.replace('_', '-')} has no effect {why}")
