"""Searches of Optuna's samplers in the input space, by ask and tell: Parzen estimators and an evolutionary algorithm.

An ordered parameter is an integer to them, the label; one without order is a category. A proposal that is no candidate
is snapped to the nearest one; one that is known already is told its cost again, free of charge.
"""

import warnings

import numpy as np
import optuna

__all__ = ["evolution", "parzen"]

REPEATS = 20  # free repeats in a row after which the next design is an unseen one, at random
POPULATION = 16  # Optuna's default, 50, would spend a small budget on the first generation


def distributions(space) -> dict:
    """What Optuna draws from for each parameter."""
    return {
        each.name: optuna.distributions.IntDistribution(0, len(each.values) - 1)
        if each.ordered
        else optuna.distributions.CategoricalDistribution(range(len(each.values)))
        for each in space.parameters
    }


def search(evaluations, rng, sampler):
    """Ask the sampler, snap, evaluate and tell, for ever."""
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
    """Tree-structured Parzen estimators over all parameters together."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # `multivariate` is one in Optuna 4
        sampler = optuna.samplers.TPESampler(multivariate=True, seed=int(rng.integers(2**31)))
    search(evaluations, rng, sampler)


def evolution(evaluations, rng, guide=None):
    """NSGA-II (Deb et al., 2002); with one objective it is a genetic algorithm with elitism."""
    sampler = optuna.samplers.NSGAIISampler(population_size=POPULATION, seed=int(rng.integers(2**31)))
    search(evaluations, rng, sampler)
