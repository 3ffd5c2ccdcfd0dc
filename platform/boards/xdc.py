"""Constraints in the subset of XDC that Vivado, nextpnr-xilinx and nextpnr-himbaechel all read.

Both nextpnrs know `set_property` on `get_ports` and `create_clock` on one unquoted port, and pass over properties of
`current_design`; anything else (false paths, say) belongs in Vivado's script.
"""

__all__ = ["constraints"]


def constraints(pins, clocks, properties) -> str:
    """The text of an XDC file.

    Parameters
    ----------
    pins : iterable of (port, pin, attributes)
        every bit of every port; attributes such as IOSTANDARD are a dict.
    clocks : iterable of (port, frequency in Hz)
    properties : dict
        of the whole design.
    """
    lines = [f"set_property {name} {value} [current_design]" for name, value in properties.items()]
    for port, pin, attributes in pins:
        settings = " ".join(f"{name} {value}" for name, value in {"PACKAGE_PIN": pin, **attributes}.items())
        lines.append(f"set_property -dict {{{settings}}} [get_ports {{{port}}}]")
    lines += [f"create_clock -period {1e9 / frequency:.3f} [get_ports {port}]" for port, frequency in clocks]
    return "\n".join(lines) + "\n"
