"""Searches in the input space with samplers of Optuna: Parzen estimators and an evolutionary algorithm.

Optuna gets the label of an ordered parameter as an integer, and that of another parameter as a category. A proposal
that is not a candidate is replaced by the nearest candidate. For a known candidate it is told the cost again, which is
not counted as an evaluation.
"""

import warnings

import numpy as np
import optuna

__all__ = ["evolution", "parzen"]

REPEATS = 20  # known candidates in a row, after which a random unseen one is evaluated
POPULATION = 16  # Optuna's default, 50, would spend a small budget on the first generation


def distributions(space) -> dict:
    """The Optuna distribution of each parameter, by name."""
    return {
        each.name: optuna.distributions.IntDistribution(0, len(each.values) - 1)
        if each.ordered
        else optuna.distributions.CategoricalDistribution(range(len(each.values)))
        for each in space.parameters
    }


def search(evaluations, rng, sampler):
    """Evaluates the candidates nearest to the proposals of an Optuna `sampler`, again and again."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    task = evaluations.task
    names, grid = task.space.names, distributions(task.space)
    study = optuna.create_study(directions=["minimize"] * task.objectives, sampler=sampler)
    repeats = 0
    while True:
        trial = study.ask(grid)
        number = int(task.snap([trial.params[name] for name in names])[0])
        repeats = repeats + 1 if number in evaluations else 0
        study.tell(trial, np.atleast_1d(evaluations(number)).tolist())
        if repeats >= REPEATS:
            unseen = task.candidates[evaluations.any_unseen(rng)]
            study.enqueue_trial(dict(zip(names, unseen.tolist(), strict=True)))


def parzen(evaluations, rng, guide=None):
    """Searches with tree-structured Parzen estimators over all parameters together."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # `multivariate` is one in Optuna 4
        sampler = optuna.samplers.TPESampler(multivariate=True, seed=int(rng.integers(2**31)))
    search(evaluations, rng, sampler)


def evolution(evaluations, rng, guide=None):
    """Searches with NSGA-II (Deb et al., 2002); for one objective it is a genetic algorithm with elitism."""
    sampler = optuna.samplers.NSGAIISampler(population_size=POPULATION, seed=int(rng.integers(2**31)))
    search(evaluations, rng, sampler)
