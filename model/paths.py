"""Paths as text: in files, where they must come back as the same bytes, and in commands that a user may paste."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

__all__ = ["from_text", "shell_word", "to_json", "to_text"]

SURROGATE = re.compile("[\ud800-\udfff]")


def to_text(path) -> str:
    """Write `path` as text that stands for the same bytes in every locale: UTF-8, its other bytes as surrogates.

    Python's own text of a path depends on the locale in which it runs.

    Examples
    --------
    >>> to_text("tables/plants.csv")
    'tables/plants.csv'
    >>> ascii(to_text(os.fsdecode(b"caf" + bytes([0xE9]))))
    "'caf\\\\udce9'"
    """
    return os.fsencode(path).decode("utf-8", "surrogateescape")


def from_text(text: str) -> Path:
    """Read what `to_text` wrote.

    Examples
    --------
    >>> name = os.fsdecode(b"caf" + bytes([0xE9]))
    >>> from_text(to_text(name)) == Path(name)
    True
    """
    try:
        return Path(os.fsdecode(text.encode("utf-8", "surrogateescape")))
    except UnicodeEncodeError:  # a lone surrogate of another kind: edited by hand, and no path of anything
        return Path(text)


def to_json(value, indent: int | None = None) -> bytes:
    """Encode `value` as JSON in UTF-8; surrogates, as in the text of a path, are escaped: UTF-8 has none.

    Examples
    --------
    >>> to_json({"csv": to_text(os.fsdecode(b"caf" + bytes([0xE9])))})
    b'{"csv": "caf\\\\udce9"}'
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def shell_word(text) -> str:
    """Quote `text`, a path or a name, as one word of a command for the user's shell.

    Signs that standard output cannot show, such as bytes that are not UTF-8, are written as $'…' of bash, zsh and ksh.

    Examples
    --------
    >>> shell_word("plain.csv"), shell_word("two words.csv")
    ('plain.csv', "'two words.csv'")
    >>> print(shell_word(os.fsdecode(b"caf" + bytes([0xE9]))))
    $'caf\\351'
    """
    text = os.fspath(text)
    if sys.platform == "win32":
        return subprocess.list2cmdline([text])
    if text.isprintable() and _fits(text):
        return shlex.quote(text)
    return f"$'{''.join(_escaped(byte) for byte in os.fsencode(text))}'"


def _fits(text: str) -> bool:
    """Whether standard output can show `text` in its encoding."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _escaped(byte: int) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in "'\\" else f"\\{byte:03o}"
