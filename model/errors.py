"""The one exception that a user is meant to see."""

__all__ = ["UserError"]


class UserError(Exception):
    """What is wrong and what to do about it, in one line. Every `__main__` prints it and exits with status 2."""
