"""Varigate: a small variational autoencoder from training to hardware."""

from pathlib import Path

_FOLDERS = Path(__file__).resolve().parents[1]
if (_FOLDERS / "pyproject.toml").is_file():  # a checkout: model, gateware, … lie beside this folder, not inside it
    __path__.append(str(_FOLDERS))
