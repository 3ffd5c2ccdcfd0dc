"""JSON from a file that anybody may have edited: whatever is wrong with it is a `ValueError`."""

import json
import math

__all__ = ["parse"]


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not a finite number")
    return value


def parse(content: bytes):
    """Parse JSON in UTF-8, with or without a byte order mark.

    Raises
    ------
    ValueError
        that says what is wrong; also for NaN and infinities, and for what is nested too deeply.

    Examples
    --------
    >>> parse(b'{"a": [1, 2]}')
    {'a': [1, 2]}
    >>> parse(b'[NaN]')
    Traceback (most recent call last):
    ...
    ValueError: NaN is not a finite number
    """
    try:
        return json.loads(content.decode("utf-8-sig"), parse_float=_finite, parse_constant=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not in UTF-8 ({error.reason} at byte {error.start})") from error
