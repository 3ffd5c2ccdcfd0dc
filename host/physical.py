"""Converts between the board's integers and physical values. Without the network's file, integers stay integers."""

import sys
from dataclasses import dataclass

import numpy as np

from varigate.model.errors import UserError
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import MU, V, mean_latent
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.protocol.replies import Answer, Info

__all__ = ["Physical", "find_network"]


def find_network(info: Info, name: str | None) -> Network | None:
    """The network that the board holds: `name`, or the shipped one with the board's digest.

    If there is none, a line on standard error says so.

    Raises
    ------
    UserError
        if the board holds another network than `name`.
    """
    if name is not None:
        network = network_file.load(network_file.find(name))
        found = network_file.digest(network)
        if found != info.digest:
            raise UserError(f"the board holds network {info.digest.hex()[:12]}, but {name} is {found.hex()[:12]}: "
                            "give the file that the board was built with")
        return network
    for each in network_file.shipped():
        network = network_file.load(network_file.find(each))
        if network_file.digest(network) == info.digest:
            return network
    print(f"the board's network ({info.digest.hex()[:12]}…) is not a shipped one: numbers are raw integers; "
          "give its file with --network FILE.npz", file=sys.stderr)
    return None


@dataclass(frozen=True)
class Physical:
    """The scales of a board's numbers.

    Parameters
    ----------
    info : Info
    network : Network or None
    """

    info: Info
    network: Network | None

    def codes(self, values) -> list[int]:
        """The input bytes of physical `values`, one for each input, rounded half up. Without a network: integers.

        Raises
        ------
        UserError
            for a wrong count, NaN, infinity, or a value beyond the input's range.
        """
        info = self.info
        if len(values) != info.inputs:
            raise UserError(f"{info.inputs} values are needed, not {len(values)}")
        offset, step = np.zeros(info.inputs), np.ones(info.inputs)
        if self.network is not None:
            offset, step = self.network.input_offset, self.network.input_step
        names = (self.network.feature_names if self.network else ()) or [f"value {n + 1}" for n in range(info.inputs)]
        unit = f" {self.network.unit}" if self.network and self.network.unit else ""
        codes = []
        for name, value, zero, unity in zip(names, values, offset, step, strict=True):
            code = np.floor((value - zero) / unity + 0.5) if np.isfinite(value) else np.nan
            if not info.input.low <= code <= info.input.high:
                ends = sorted((zero + unity * info.input.low, zero + unity * info.input.high))
                raise UserError(f"{name} must be {ends[0]:g}…{ends[1]:g}{unit}, not {value:g}")
            codes.append(int(code) & 0xFF)
        return codes

    def example_codes(self, number: int) -> list[int]:
        """The network's built-in example `number`, counted from 1 as on the board, as input bytes."""
        examples = self.network.examples if self.network else ()
        if not 1 <= number <= len(examples):
            raise UserError(f"there is no example {number}: the network "
                            f"{f'has {len(examples)}' if self.network else 'is unknown'}")
        return examples[number - 1].tolist()

    def latent_codes(self, values) -> list[int]:
        """The codes of real values of z, rounded half up and saturated.

        Raises
        ------
        UserError
            for a wrong count, NaN or infinity.
        """
        if len(values) != self.info.latent or not np.isfinite(values).all():
            raise UserError(f"z must have {self.info.latent} finite numbers, not {','.join(f'{v:g}' for v in values)}")
        scaled = np.floor(np.asarray(values) * 2.0**self.info.z_frac + 0.5)
        return np.clip(scaled, -128, 127).astype(int).tolist()

    def mean_codes(self, mu) -> list[int]:
        """The codes of z at the mean μ (`model.fixedpoint.sampling.mean_latent`)."""
        return mean_latent(mu, self._z).tolist()

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the board's classes; their numbers without a network."""
        return tuple(self.network.class_names) if self.network else tuple(map(str, range(self.info.classes)))

    @property
    def _z(self):
        return Format(True, 8, self.info.z_frac)

    def describe(self, answer: Answer) -> dict:
        """The parts of `answer` in physical units, by name, for people and for JSON."""
        network = self.network
        found = {}
        if answer.cls is not None:
            found["class"] = network.class_names[answer.cls] if network else answer.cls
        if answer.scores is not None:
            scores = network.head.format.real(answer.scores) if network else answer.scores
            found["scores"] = dict(zip(self.class_names, scores.tolist(), strict=True))
        if answer.index is not None:
            found["epsilon_index"] = answer.index
        if answer.mu is not None:
            found["mean"] = MU.real(answer.mu).tolist() if network else answer.mu.tolist()
        if answer.v is not None:
            found["sigma" if network else "v"] = (2 ** V.real(answer.v)).tolist() if network else answer.v.tolist()
        if answer.z is not None:
            found["z"] = self._z.real(answer.z).tolist() if network else answer.z.tolist()
        if answer.output is not None:
            found["reconstruction"] = self._output(answer.output).tolist()
            if network and network.unit:
                found["unit"] = network.unit
        return found

    def _output(self, codes) -> np.ndarray:
        network = self.network
        if network is None:
            return codes
        if network.physical_output:
            return np.round(network.input_offset + network.input_step * codes, 9)
        return network.output.real(codes)
