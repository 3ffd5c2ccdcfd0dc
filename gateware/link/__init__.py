"""The serial link: UART, framing, and the protocol between the line and the core."""
