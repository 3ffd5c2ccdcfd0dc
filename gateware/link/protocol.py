"""The framed protocol between the serial port and the core. `docs/protocol.md` is the specification."""

from amaranth.hdl import Module, unsigned
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import Client
from varigate.gateware.link.cobs import Octet
from varigate.gateware.link.dispatcher import Dispatcher
from varigate.gateware.link.framer import Framer
from varigate.gateware.link.requests import Requests
from varigate.gateware.link.uart import Received
from varigate.model.network.network import Network
from varigate.model.protocol.frames import Command
from varigate.model.protocol.replies import Info, reply_length

__all__ = ["Protocol"]


class Protocol(wiring.Component):
    """Connects received bytes to the core and its answers to the line: requests, replies, negative replies.

    ```
    i → Requests (Deframer, buffer) → Dispatcher ⇄ core
                                          ↓
                                   o ← Framer (check sum, COBS)
    ```

    Parameters
    ----------
    network : Network
    digest : bytes
        its SHA-256, 32 bytes (`model.network.network_file.digest`).

    Members
    -------
    i : In(stream of Received, always ready)
        from the line. Reception never stalls.
    o : Out(stream of Octet)
        whole frames; `last` marks the final byte of each.
    core : Out(Client)
    seed : Out(stream of 32 bits)
        a new seed for ε.
    epsilon_on : Out(1)
        whether `reconstruct` samples; high after reset.
    epsilon_index : In(32)
        index of the next ε, for `info`.
    error : Out(1)
        set by a bad frame (one that gets a negative reply, `busy` excepted), cleared by the next good one.
    answered, bad : Out(32)
        requests answered, and bad frames, since reset.

    Cycles
    ------
    From the closing delimiter of an operation's request to `core.job`: 4 cycles (5 for `generate`) when nothing is
    being sent. Replies come out as `Framer` says, far faster than a serial port takes them.

    Raises
    ------
    ValueError
        if `digest` has another length.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Protocol(iris, network_file.digest(iris)).longest_packet
    61
    """

    i: In(stream.Signature(Received, always_ready=True))
    o: Out(stream.Signature(Octet))
    core: Out(Client)
    seed: Out(stream.Signature(unsigned(32)))
    epsilon_on: Out(1, init=1)
    epsilon_index: In(32)
    error: Out(1)
    answered: Out(32)
    bad: Out(32)

    def __init__(self, network: Network, digest: bytes):
        if len(digest) != 32:
            raise ValueError(f"The digest of a network must have 32 bytes, not {len(digest)}")
        self.info = Info.of(network, digest)
        super().__init__()

    @property
    def longest_packet(self) -> int:
        """Bytes of the longest reply before check sum and COBS: sequence number, command, payload."""
        return 2 + max(reply_length(command, self.info) for command in Command)

    def elaborate(self, platform):
        m = Module()
        m.submodules.requests = requests = Requests(self.info.inputs, self.info.latent)
        m.submodules.dispatcher = dispatcher = Dispatcher(self.info)
        m.submodules.framer = framer = Framer(self.longest_packet)
        wiring.connect(m, wiring.flipped(self.i), requests.i)
        wiring.connect(m, requests.o, dispatcher.i)
        wiring.connect(m, requests.o_payload, dispatcher.i_payload)
        wiring.connect(m, requests.o_negative, dispatcher.i_negative)
        wiring.connect(m, dispatcher.o, framer.i)
        wiring.connect(m, framer.o, wiring.flipped(self.o))
        wiring.connect(m, dispatcher.core, wiring.flipped(self.core))
        wiring.connect(m, dispatcher.seed, wiring.flipped(self.seed))
        m.d.comb += [
            dispatcher.epsilon_index.eq(self.epsilon_index),
            dispatcher.bad.eq(requests.bad),
            self.epsilon_on.eq(dispatcher.epsilon_on),
            self.answered.eq(dispatcher.answered),
            self.bad.eq(requests.bad),
            self.error.eq(requests.error),
        ]
        return m
