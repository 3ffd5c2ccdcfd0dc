"""Constraints in the subset of XDC that Vivado, nextpnr-xilinx and nextpnr-himbaechel all read.

Both nextpnrs know `set_property` on `get_ports` and `create_clock` on one unquoted port, and pass over properties of
`current_design`; anything else (false paths, say) belongs in Vivado's script.
"""

__all__ = ["constraints"]


def constraints(pins, clocks, properties) -> str:
    """Write the text of an XDC file.

    Parameters
    ----------
    pins : iterable of (port, pin, attributes)
        every bit of every port; attributes such as IOSTANDARD are a dict.
    clocks : iterable of (port, frequency in Hz)
    properties : dict
        of the whole design.

    Examples
    --------
    >>> print(constraints([("tx", "D4", {"IOSTANDARD": "LVCMOS33"})], [("clk", 100e6)], {"CFGBVS": "VCCO"}), end="")
    set_property CFGBVS VCCO [current_design]
    set_property -dict {PACKAGE_PIN D4 IOSTANDARD LVCMOS33} [get_ports {tx}]
    create_clock -period 10.000 [get_ports clk]
    """
    lines = [f"set_property {name} {value} [current_design]" for name, value in properties.items()]
    for port, pin, attributes in pins:
        settings = " ".join(f"{name} {value}" for name, value in {"PACKAGE_PIN": pin, **attributes}.items())
        lines.append(f"set_property -dict {{{settings}}} [get_ports {{{port}}}]")
    lines += [f"create_clock -period {1e9 / frequency:.3f} [get_ports {port}]" for port, frequency in clocks]
    return "\n".join(lines) + "\n"
