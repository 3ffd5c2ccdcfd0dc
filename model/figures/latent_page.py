"""The text of the book of latent spaces, `docs/latent.md`, from the numbers that its figures show."""

from varigate.model.figures.latent_examples import ACTIVE
from varigate.model.figures.latent_spins import SPINS

__all__ = ["SWEEP_SAMPLES", "page"]

SWEEP_SAMPLES = 30  # measurements at each point, for the sweeps

TEXT = """# The book of latent spaces

Written by `varigate latent`, all figures and numbers from fixed seeds. Data come from spin models that are
solved exactly (SciPy, `model/data/spins.py`) and measured, and from formulas; nothing is downloaded.

## A phase diagram that nobody drew

The ANNNI ring, H = −Σ σᶻσᶻ₊₁ + κ Σ σᶻσᶻ₊₂ − h Σ σˣ, of {spins} spins: the ground state at each of {points} points
(κ, h), measured 100 times along z. A dense VAE with five latents sees the measured bits and neither κ nor h. The most
active latent is the one of the lowest mean log-variance, number {map[latent]}; its mean |μ| is the map, and a split of
that map by 2-means has a normalised mutual information of **{map[nmi]:.2f}** with the known phases (ferromagnet and
paramagnet; the critical line is from perturbation theory). {map[counted]} points count; {map[excluded]} within 0.1 of
the line (crosses) are left out: so few spins have no sharp transition.

![The map](figures/latent-map.png)

![All latents](figures/latent-latents.png)

![Training](figures/latent-training.png)

## Decoders: what a product cannot say

The J1–J2 Heisenberg ring of {spins} spins, ground states for J2/J1 = 0, 0.1, … 1, 1,000 measurements each. The encoder
is the same (dense, two latents); the importance-weighted bound on log p(x) takes 512 draws for each of
{decoders[held_out]} held-out samples.

| decoder | log p(x) ≥, nats a sample | KL |
|---|---:|---:|
{rows}
| the exact distribution of the data | {decoders[exact]:.2f} | |

The autoregressive decoder is better by {gain:.2f} nats and nearly exact. It hardly needs z, as its KL divergence shows:
who wants a map takes the factorised one.

![Decoders](figures/latent-decoders.png)

## Continuous data

Damped oscillations, 24 instants with noise of 0.05, over frequency and damping. Of four latents {continuous[active]}
are active (mean log-variance below {active}), as many as there are parameters, once β = 2 makes latents dear; the
decoder's standard deviation is {continuous[noise]:.3f} on average.

![Oscillations](figures/latent-continuous.png)

## Hybrid data

Measured spins (labels) with two noisy real numbers (⟨σˣ⟩ and the energy a spin) of the same ANNNI states. The loss is
α·categorical + (1 − α)·gaussian. At α = 0, the default, labels are not learnt at all.

{hybrid}

![Hybrid data](figures/latent-hybrid.png)

## Active and passive latents

The ANNNI data again, {sweep_samples} measurements a point. TC is the minibatch-stratified estimate on 1,000 samples; it
is biased (`model.nn.losses.TC_term` says how much), so compare its values and do not believe them.

{beta}

{gamma}

![Sweeps](figures/latent-sweeps.png)

## The story, on Iris

`varigate plot iris` and `… digits` draw these figures, too.

1. Principal components: C·P = P·Λ to {components[equation]:.0e}, PᵀP = 1, and the decoder is the encoder's transpose.
   Two keep {components[kept]:.1%} of the variance; what lies beyond the plane is lost.
   ![Principal components](figures/story-iris-1-components.png)
2. A linear autoencoder finds the same plane (principal angles at most {angle:.0e} rad) in another basis.
   ![Linear autoencoder](figures/story-iris-2-linear.png)
3. Depth and the size of the latent space: hidden layers help where the latents are few. With enough latents PCA is hard
   to beat on so few samples.
   ![Depth](figures/story-iris-3-depth.png)
4. Where the plain autoencoder fails: trained on 45 flowers, its error on the others is {plain_gap:.1f} times that on
   its own (the VAE's {vae_gap:.1f} times), and a random z decodes to a point {plain_draw:.2f} from the nearest flower
   (the VAE's {vae_draw:.2f}; in standard deviations).
   ![Failure](figures/story-iris-4-failure.png)
5. Reparameterisation: the noise stays outside.
   ![Reparameterisation](figures/story-iris-5-reparameterisation.png)
6. The KL divergence as a landscape, as an area, and of each latent.
   ![KL divergence](figures/story-iris-6-divergence.png)
7. 1,000 generated flowers: means within {generation[shift]:.2f} standard deviations of the data's.
   ![Generation](figures/story-iris-7-generation.png)

## The same on digits

{digits}
"""


def _table(head, rows) -> str:
    lines = [head, ["---:"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _sweep(symbol: str, key: str, rows) -> str:
    return _table([symbol, "reconstruction", "KL", "TC", "active"],
                  [[f"{row[key]:g}", f"{row['reconstruction']:.2f}", f"{row['kl']:.2f}",
                    f"{round(row['tc'], 2) + 0.0:.2f}", f"{row['active']}"] for row in rows])


def _hybrid(numbers) -> str:
    rows = zip(numbers["alpha"], numbers["categorical"], numbers["gaussian"], strict=True)
    return _table(["α", "categorical, nats", "gaussian, nats"],
                  [[f"{alpha:g}", f"{labels:.2f}", f"{values:.2f}"] for alpha, labels, values in rows])


def _decoders(numbers) -> str:
    return "\n".join(f"| {name}, {formula} | {numbers[name]['bound']:.2f} ± {numbers[name]['error']:.2f} "
                     f"| {numbers[name]['kl']:.2f} |"
                     for name, formula in (("factorised", "Π p(x_i \\| z)"),
                                           ("autoregressive", "Π p(x_i \\| x_<i, z)")))


def page(numbers: dict, told: dict, digits: list[str]) -> str:
    """The book of latent spaces as Markdown.

    Parameters
    ----------
    numbers : the numbers of each part, `map`, `decoders`, `continuous`, `hybrid` and `sweeps`
    told : the numbers of the story on Iris, by the figure
    digits : names of the files of the story on digits
    """
    decoders, failure = numbers["decoders"], told["4-failure"]
    gaps = {name: each["held_out"] / each["seen"] for name, each in failure.items()}
    return TEXT.format(
        map=numbers["map"], decoders=decoders, rows=_decoders(decoders), spins=SPINS,
        points=numbers["map"]["counted"] + numbers["map"]["excluded"],
        gain=decoders["autoregressive"]["bound"] - decoders["factorised"]["bound"], continuous=numbers["continuous"],
        active=f"−{-ACTIVE:g}", hybrid=_hybrid(numbers["hybrid"]), sweep_samples=SWEEP_SAMPLES,
        beta=_sweep("β", "beta", numbers["sweeps"]["beta"]), gamma=_sweep("γ", "gamma", numbers["sweeps"]["gamma"]),
        components=told["1-components"], angle=max(told["2-linear"]["angles"]), plain_gap=gaps["autoencoder"],
        vae_gap=gaps["VAE"], plain_draw=failure["autoencoder"]["distance_of_draws"],
        vae_draw=failure["VAE"]["distance_of_draws"], generation=told["7-generation"],
        digits="\n\n".join(f"![{name.split('-')[-1].removesuffix('.png').capitalize()}](figures/{name})"
                           for name in digits))
