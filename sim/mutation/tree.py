"""The source tree that mutants are made in: its files, and which files of tests depend on which of them."""

import ast
import hashlib
import shutil
import tempfile
from collections import deque
from functools import cached_property
from pathlib import Path

from varigate.model.errors import UserError

__all__ = ["PACKAGE", "SourceTree"]

PACKAGE = "varigate"  # all folders are imported as parts of it
TESTS = "tests"
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info", "venv")


class SourceTree:
    """A source tree. It is read once.

    Parameters
    ----------
    root : Path
        the folder of pyproject.toml and tests/.
    patterns : list of str
        of the files of tests that may be run.

    Raises
    ------
    UserError
        if there are no tests.
    """

    def __init__(self, root: Path, patterns=("tests/**/test_*.py",)):
        self.root = root
        self._tests = {path.relative_to(root).as_posix() for pattern in patterns for path in root.glob(pattern)}
        if not self._tests:
            raise UserError(f"no tests match {' '.join(patterns)} in {root}: mutants need the source tree, not an "
                            "installed package")

    def copy(self, folder: Path) -> Path:
        """Copies all that tests need into a new folder inside `folder`, which is returned."""
        return Path(shutil.copytree(self.root, folder / "tree", ignore=LEFT_OUT))

    @cached_property
    def sources(self) -> dict[str, bytes]:
        """The content of every Python file of the tree, by its path from the root."""
        with tempfile.TemporaryDirectory(prefix="varigate-mutants-") as folder:
            copy = self.copy(Path(folder))
            return {path.relative_to(copy).as_posix(): path.read_bytes() for path in sorted(copy.rglob("*.py"))}

    def digest(self, tests) -> str:
        """SHA-256 of all sources but the files of tests, and of those of them in `tests`."""
        digests = [hashlib.sha256(text).digest() for path, text in self.sources.items()
                   if path in tests or not Path(path).name.startswith("test_")]
        return hashlib.sha256(b"".join(digests)).hexdigest()

    @cached_property
    def _imports(self) -> dict[str, set[str]]:
        """The files that each file imports; files of tests also depend on the conftest.py of their folders."""
        places = {}
        for path in self.sources:
            parts = Path(path).with_suffix("").parts
            parts = parts if parts[0] in (PACKAGE, TESTS) else (PACKAGE, *parts)
            places[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        imports = {}
        for path, text in self.sources.items():
            names = set()
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            imports[path] = {places[name] for name in names if name in places}
            if path.startswith(f"{TESTS}/"):
                nearby = {(parent / "conftest.py").as_posix() for parent in Path(path).parents}
                imports[path] |= nearby & self.sources.keys() - {path}
        return imports

    def tests_of(self, file: str) -> dict[str, int]:
        """The files of tests that import `file`, directly or not, with the length of the chain of imports."""
        found, queue = {}, deque([(file, 0)])
        seen = {file}
        while queue:
            path, distance = queue.popleft()
            if path in self._tests:
                found[path] = distance
            for other, imported in self._imports.items():
                if path in imported and other not in seen:
                    seen.add(other)
                    queue.append((other, distance + 1))
        return found
