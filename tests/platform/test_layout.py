"""`platform/` is a source root: were it a package, it would hide the standard library's `platform`."""

import platform
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_platform_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_import_platform_gives_the_standard_library():
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))
    assert platform.python_implementation() == sys.implementation.name.replace("cpython", "CPython")
