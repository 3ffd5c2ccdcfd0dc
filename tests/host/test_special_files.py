"""--out and --save of the host: links are followed, FIFOs are written to, what cannot be written is refused early."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

TABLE = "sepal length,sepal width,petal length,petal width\n5.1,3.5,1.4,0.2\n6.2,2.9,4.3,1.3\n"


@pytest.fixture
def table(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    return str(tmp_path / "t.csv")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_table_goes_through_links_and_fifos(talk, table, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to("far/out.csv")
    os.mkfifo(tmp_path / "fifo")
    assert talk("classify", table, "--out", str(tmp_path / "link"))[0] == 0
    text = (tmp_path / "far" / "out.csv").read_text()
    assert (tmp_path / "link").is_symlink() and len(text.splitlines()) == 3
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit((tmp_path / "fifo").read_text)
        assert talk("classify", table, "--out", str(tmp_path / "fifo"))[0] == 0
        assert found.result() == text
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


@pytest.mark.parametrize("option", ["--out", "--save"])
def test_what_cannot_be_written_is_refused_before_the_board_is_asked(talk, table, tmp_path, option):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.png").mkdir()
    source = [table] if option == "--out" else ["--example", "1"]
    for name, why in (("file/x.png", "Not a directory|cannot find"), ("folder.png", "Is a directory")):
        status, out, err = talk("classify", *source, option, str(tmp_path / name))
        assert (status, out, len(err.splitlines())) == (2, "", 1)
        assert f"cannot write {tmp_path / name}: " in err and any(each in err for each in why.split("|"))
        assert not talk.boards[-1].requests
