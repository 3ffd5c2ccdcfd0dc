import pytest

from varigate.model.errors import UserError
from varigate.parsing import Parser, run_command


def raises(error):
    def run():
        raise error
    return run


@pytest.mark.parametrize(("run", "status", "errors"), [
    (lambda: None, 0, ""), (lambda: 1, 1, ""),
    (raises(UserError("what is wrong")), 2, "name: what is wrong\n"),
    (raises(FileNotFoundError(2, "No such file", "x")), 2, "name: [Errno 2] No such file: 'x'\n"),
    (raises(KeyboardInterrupt()), 130, "name: interrupted\n"),
])
def test_the_status_and_the_line(capsys, run, status, errors):
    assert run_command("name", run) == status
    assert capsys.readouterr() == ("", errors)


def test_other_errors_keep_their_trace():
    with pytest.raises(ZeroDivisionError):
        run_command("name", raises(ZeroDivisionError()))


def test_arguments_are_passed_on():
    assert run_command("name", lambda a, b: a - b, 5, 2) == 3


@pytest.mark.parametrize("arguments", [[], ["fly"], ["walk", "--far", "x"], ["walk", "--near"]])
def test_what_cannot_be_parsed_is_one_line(arguments, capsys):
    parser = Parser(prog="python -m legs")
    walk = parser.add_subparsers(dest="command", required=True).add_parser("walk")
    walk.add_argument("--far", type=int)
    with pytest.raises(UserError, match=r"^[^\n]+ \(python -m legs.* --help shows the options\)$"):
        parser.parse_args(arguments)
    assert capsys.readouterr() == ("", "")
