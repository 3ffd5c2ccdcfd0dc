import shlex
import shutil
import sys

import pytest

from varigate.model.errors import UserError
from varigate.sim.simulators import compiler


def stand_in(tmp_path, text: str, status: int = 1) -> str:
    """A command that says its version, and prints `text` and fails when it shall compile."""
    script = tmp_path / "compile.py"
    script.write_text(f"import sys\nif '--version' in sys.argv:\n    print('fake 1.0')\nelse:\n"
                      f"    sys.stderr.write({text!r})\n    sys.exit({status})\n")
    return shlex.join([sys.executable, str(script)])


def test_the_users_compiler_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", stand_in(tmp_path, ""))
    found = compiler.find()
    assert found.command == (sys.executable, str(tmp_path / "compile.py")) and found.version == "fake 1.0"


@pytest.mark.parametrize(("present", "command"), [
    ({"g++", "clang++"}, ("g++",)), ({"c++"}, ("c++",)), (set(), compiler.ZIG),
])
def test_the_machines_compiler_and_then_ziglang(monkeypatch, present, command):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in present else None)
    monkeypatch.setattr(compiler, "_version", lambda command: "1")
    assert compiler.find().command == command


def test_no_compiler_at_all(monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(compiler.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"a C\+\+ compiler is missing.*pip install ziglang"):
        compiler.find()


@pytest.mark.parametrize(("cxx", "message"), [
    ("no-such-compiler -O9", "'no-such-compiler -O9' does not start"),
    ("g++ '", "CXX is \"g.. '\", which is not a command line"),
])
def test_a_wrong_cxx_is_named(monkeypatch, cxx, message):
    monkeypatch.setenv("CXX", cxx)
    with pytest.raises(UserError, match=message):
        compiler.find()


def test_the_first_error_of_a_compiler_that_fails(tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", stand_in(tmp_path, "in file a.cc:\na.cc:3: error: no such header\nmore\n"))
    with pytest.raises(UserError, match=r"failed: a\.cc:3: error: no such header$"):
        compiler.compile_shared(tmp_path / "a.cc", tmp_path / "a.so", [])


def test_a_compiler_that_is_broken(tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", shlex.join([sys.executable, "-c", "raise SystemExit('fatal error: no licence')"]))
    with pytest.raises(UserError, match="does not work: fatal error: no licence"):
        compiler.find()
