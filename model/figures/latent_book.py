"""The book of latent spaces, `docs/latent.md`: its figures and tables are made by `write`."""

from pathlib import Path

from varigate.model.figures import latent_examples, latent_spins, story
from varigate.model.figures.latent_page import SWEEP_SAMPLES, page
from varigate.model.figures.plots import save_figure
from varigate.model.files import check_writable, write_bytes
from varigate.model.progress import counted

__all__ = ["write"]


def write(folder="docs", *, progress: bool = False) -> Path:
    """Write the book: `latent.md` in `folder`, its pictures in `folder`/figures; returns the path of the page.

    The page is written last. It takes some minutes: many models are trained.
    """
    folder, numbers = Path(folder), {}
    for name in ("latent.md", "figures/latent-map.png"):
        check_writable(folder / name)
    parts = {"map": latent_spins.phase_map, "decoders": latent_spins.decoders,
             "continuous": latent_examples.continuous, "hybrid": latent_examples.hybrid,
             "sweeps": lambda: latent_examples.sweeps(latent_spins.phase_data(SWEEP_SAMPLES))}
    for name, make in counted(parts.items(), "latent spaces", len(parts), "figure", shown=progress):
        figures, numbers[name] = make()
        for key, figure in figures.items():
            save_figure(figure, folder / "figures" / f"latent-{key}.png")
    told, digits = (story.write(name, folder / "figures", progress=progress) for name in ("iris", "digits"))
    text = page(numbers, dict(zip(story.FIGURES, told.values(), strict=True)), [path.name for path in digits])
    write_bytes(folder / "latent.md", text.encode())
    return folder / "latent.md"
