"""The board drawn in a terminal: LEDs, display, switches, buttons and the serial line's text, live."""

from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Grid, Horizontal, Vertical
from textual.widgets import Button, Footer, RichLog, Static

from varigate.sim.board.virtual_board import RESET, SWITCHES, Board

__all__ = ["BoardApp", "draw_digits"]

RATE = 25  # frames a second
LIT, DARK = "#ff5040", "#3a1c1a"
LINES = (  # of a digit: each place's segment, or a blank
    " aaa  ",
    "f   b ",
    " ggg  ",
    "e   c ",
    " ddd .",
)
STROKES = dict(zip("abcdefg.", "━┃┃━┃┃━●", strict=True))  # by the bits of a pattern
KEYS = "0123456789abcdef"  # of the switches
LABELS = {"center": "●", "up": "▲", "down": "▼", "left": "◀", "right": "▶", RESET: "RST"}
PLACES = ("", "up", "", "left", "center", "right", "", "down", "", "", "", "", "", RESET, "")  # five rows of three
COLOURS = {"board": "#7ee787", "host": "#79c0ff"}


def draw_digits(patterns) -> Text:
    """The digits as text: five lines, six characters per digit."""
    text = Text(no_wrap=True)
    for number, line in enumerate(LINES):
        for pattern in patterns:
            for place in line:
                lit = place != " " and pattern >> list(STROKES).index(place) & 1
                text.append(STROKES.get(place, " "), LIT if lit else DARK)
        text.append("\n" if number < len(LINES) - 1 else "")
    return text


class Switch(Static):
    """A slide switch with the LED above it; a click toggles the switch."""

    def __init__(self, number: int):
        super().__init__(id=f"switch-{number}", classes="switch")
        self.number = number

    def show(self, lit: bool, on: bool):
        led = Text("●", "#50ff70" if lit else "#1f3d26")
        slide = ("█", "░") if on else ("░", "█")
        self.update(Text("\n").join([
            led, *(Text(each, "#e0e0e0" if each == "█" else "#606060") for each in slide),
            Text(KEYS[self.number], "bold"), Text(f"{self.number}", "#808080")]))

    def on_click(self):
        self.app.action_toggle(self.number)


class BoardApp(App):
    """The board, drawn in the terminal.

    Parameters
    ----------
    board : Board
        a board that runs in the same event loop.
    port : str
        the name of its serial port.
    """

    CSS_PATH = "terminal.tcss"
    TITLE = "Varigate"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [
        *(Binding(key, f"toggle({number})", show=False) for number, key in enumerate(KEYS)),
        Binding("space,enter", "press('center')", "run", key_display="space"),
        Binding("right", "press('right')", "run with a new ε"),
        *(Binding(name, f"press('{name}')", show=False) for name in ("up", "down", "left")),
        Binding("r", f"press('{RESET}')", "reset"),
        Binding("q,ctrl+q", "end(0)", "quit", key_display="q"),
        Binding("ctrl+c", "end(130)", show=False, priority=True),
    ]

    def __init__(self, board: Board, port: str):
        super().__init__()
        self._board, self._port = board, port
        self._shown, self._entries = None, 0
        self._digits = Static(id="display")
        self._line = RichLog(id="line", wrap=True, max_lines=1000)
        self._slides = [Switch(number) for number in range(SWITCHES)]
        self._presses = {name: Button(label, id=name, compact=True) for name, label in LABELS.items()}

    def compose(self) -> ComposeResult:
        self._line.border_title = "serial line"
        for widget in (self._line, *self._presses.values()):
            widget.can_focus = False  # keys belong to the board
        with Vertical(id="board"):
            yield Static(Text.assemble(("Varigate ", "bold"), f"{self._board.name} on a virtual Nexys4 DDR\n",
                                       ("varigate host --port ", "#909090"), (self._port, "bold #79c0ff"),
                                       (" info", "#909090")))
            with Horizontal(id="upper"):
                yield self._digits
                yield Grid(*[self._presses.get(name) or Static() for name in PLACES], id="buttons")
            yield Horizontal(*reversed(self._slides), id="switches")
        yield self._line
        yield Footer()

    def on_mount(self):
        self.set_interval(1 / RATE, self.show)
        self.show()

    def show(self):
        """Draws the changes since the last call."""
        board = self._board
        for entry in board.transcript.since(self._entries):
            style = COLOURS[entry.sender] if entry.kind == "text" else "#808080"
            self._line.write(Text(f"{entry.sender:<6}{entry.text}", style))
        self._entries = board.transcript.count
        patterns = board.patterns
        state = board.leds, board.switches, board.pressed, *patterns
        if state == self._shown:
            return
        self._shown = state
        self._digits.update(draw_digits(patterns))
        for switch in self._slides:
            switch.show(board.leds >> switch.number & 1, board.switches >> switch.number & 1)
        for name, button in self._presses.items():
            button.set_class(board.pressed == name, "down")

    def on_button_pressed(self, event: Button.Pressed):
        self.action_press(event.button.id)

    def action_toggle(self, number: int):
        self._board.switch(number, not self._board.switches >> number & 1)

    def action_press(self, name: str):
        self._board.press(name)

    def action_end(self, status: int):
        self.exit(status)
