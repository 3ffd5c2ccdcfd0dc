"""The one exception that a user is meant to see."""

__all__ = ["UserError"]


class UserError(Exception):
    """An error that the user can mend: one line says what is wrong and what to do about it.

    The command line prints that line and exits with status 2; a program may catch it.

    Examples
    --------
    >>> from varigate import UserError, load
    >>> try:
    ...     load("mine.npz")
    ... except UserError as error:
    ...     print(error)
    there is no file mine.npz
    """
