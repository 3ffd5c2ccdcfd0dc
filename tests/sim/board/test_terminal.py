import asyncio

import pytest

from varigate.gateware.engine.program import Array
from varigate.gateware.panel.display import patterns
from varigate.sim.board.pictures import UnconnectedPort
from varigate.sim.board.seven_segment import spell
from varigate.sim.board.tasks import running
from varigate.sim.board.terminal import BoardApp, draw_digits
from varigate.sim.board.virtual_board import Board

PATIENCE = 400  # waits


@pytest.fixture
def board(iris):
    with Board(iris, Array(8, 1)) as board:
        yield board


def with_pilot(board, act, size=(100, 30)):
    async def run():
        app = BoardApp(board, "/dev/some-port")
        async with running(board.run(UnconnectedPort())), app.run_test(size=size) as pilot:
            await act(app, pilot)
        return app.return_value
    return asyncio.run(run())


async def until(pilot, condition):
    for _ in range(PATIENCE):
        if condition():
            return
        await pilot.pause(0.05)
    raise TimeoutError


def screen(app):
    """The text on the screen."""
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


def test_keys_choose_a_flower_and_run_it(board):
    async def act(app, pilot):
        await pilot.press("0", "2", "5", "6")
        assert board.switches == 101
        await pilot.press("space")
        await until(pilot, lambda: board.transcript.count == 1 and "virGi" in spell(board.patterns))
        await until(pilot, lambda: "flower 101: virginica z=" in screen(app))
        assert "/dev/some-port" in screen(app)
        await pilot.press("6", "f")
        assert board.switches == 0x8025
        await pilot.press("q")

    assert with_pilot(board, act) == 0


def test_the_mouse_does_the_same(board):
    async def act(app, pilot):
        for number in (0, 1, 4, 5):
            await pilot.click(f"#switch-{number}")
        assert board.switches == 51
        await pilot.click("#center")
        await until(pilot, lambda: "flower 051: versicolor" in screen(app))
        await until(pilot, lambda: board.leds == 1 << 13 | 1 << 1)
        await pilot.click("#reset")
        await until(pilot, lambda: board.leds == 1 << 13)  # the class is forgotten
        await pilot.press("ctrl+c")

    assert with_pilot(board, act) == 130


def test_the_arrow_key_runs_with_a_new_epsilon_and_a_small_terminal_will_do(board):
    async def act(app, pilot):
        await pilot.press("0", "right")
        await until(pilot, lambda: board.transcript.count == 1)
        await until(pilot, lambda: spell(board.patterns)[-3] == ".")  # z or the reconstruction

    with_pilot(board, act, size=(40, 10))


def test_leds_switches_and_buttons_are_drawn_as_they_are(board):
    async def run():
        app = BoardApp(board, "/dev/some-port")
        async with app.run_test(size=(100, 30)):
            board.leds, board.switches, board.pressed = 0x8005, 0x0009, "up"
            app.show()
            drawn = [app.query_one(f"#switch-{number}").render() for number in range(16)]
            leds = [str(each.spans[0].style) for each in drawn]
            slides = [each.plain.splitlines()[1:3] for each in drawn]
            return leds, slides, [button.id for button in app.query("Button.down")]

    leds, slides, down = asyncio.run(run())
    assert [number for number in range(16) if leds[number] != leds[1]] == [0, 2, 15]
    assert [number for number in range(16) if slides[number] == ["█", "░"]] == [0, 3]
    assert slides[1] == ["░", "█"]
    assert down == ["up"]


def test_a_digit_is_drawn_of_its_segments():
    def lit(pattern):
        text = draw_digits([pattern])
        return [text.plain[span.start:span.end].strip() != "" for span in text.spans if "ff5040" in str(span.style)]

    assert draw_digits(patterns("8.")).plain.splitlines() == [" ━━━  ", "┃   ┃ ", " ━━━  ", "┃   ┃ ", " ━━━ ●"]
    assert len(lit(0)) == 0
    assert [len(lit(1 << bit)) for bit in range(8)] == [3, 1, 1, 3, 1, 1, 3, 1]
    text = draw_digits(patterns("7"))
    shown = "".join(c if any(s.start <= place < s.end and "ff5040" in str(s.style) for s in text.spans) else " "
                    for place, c in enumerate(text.plain) if c != "\n")
    assert [shown[start:start + 6].rstrip() for start in range(0, 30, 6)] == [" ━━━", "    ┃", "", "    ┃", ""]
