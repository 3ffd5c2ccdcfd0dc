"""The page docs/api.md, made of the docstrings: `python -m varigate.interface_page > docs/api.md` writes it."""

import inspect
import re
import textwrap

import varigate

__all__ = ["GROUPS", "page"]

HEAD = """# The public interface

This page is written by `python -m varigate.interface_page > docs/api.md`, from the docstrings.

Each name is imported by `from varigate import NAME`. Everything else in the package is internal and changes without
notice. Arrays are NumPy's, and whatever NumPy turns into one is accepted; logarithms are natural, losses are in nats.
Errors that a user can mend are `UserError`; wrong arguments of the Python functions are `ValueError`, and name the
argument.
"""
GROUPS = {
    "Quantised networks and their hardware": ("load", "save", "infer", "Network", "build", "UserError"),
    "Variational autoencoders": (
        "Dataset", "DenseEncoder", "ConvolutionalEncoder", "DenseDecoder", "AutoregressiveDecoder", "VAEmodel",
        "VAETrainer", "Adam", "AdaBelief", "SGD", "export"),
    "Results of a trained model": ("compute_repr2d", "plot_repr2d", "plot_training", "importance_weighted_bound"),
    "Terms of the loss": ("log_normal_pdf", "kl_standard_normal", "gaussian_negloglik",
                          "categorical_reconstruction_loss", "bernoulli_negloglik", "TC_term"),
}
HEADING = re.compile(r"^(\w+)\n-+$", re.MULTILINE)
INSIDE = re.compile(r"`(?=(?:model|gateware|platform|sim|host|explore)\.\w)")  # before a module's short name


def _escaped(text: str) -> str:
    """`text` with no character that Markdown takes for emphasis or a tag, but for what is in back-ticks."""
    parts = text.split("`")
    return "`".join(part if index % 2 else re.sub(r"([*_<])", r"\\\1", part) for index, part in enumerate(parts))


def _prose(text: str) -> str:
    """Paragraphs as Markdown; indented ones are formulas or tables, and stay as they are."""
    paragraphs = [part for part in text.strip("\n").split("\n\n") if part.strip()]
    return "\n\n".join(part if part.startswith("    ") else _escaped(part) for part in paragraphs)


def _items(text: str) -> str:
    """A list of Markdown from lines `name : type`, each with an indented explanation."""
    found = []
    for entry in re.split(r"\n(?=\S)", text.strip()):
        term, _, explained = entry.partition("\n")
        name, colon, kind = term.partition(" : ")
        told = " ".join(textwrap.dedent(explained).split())
        found.append(f"- `{name}`" + f" ({_escaped(kind)})" * bool(colon) + f": {_escaped(told)}" * bool(told))
    return "\n".join(found)


def _examples(text: str) -> str:
    """Paragraphs of `>>>` in a fence of Python, others as prose."""
    return "\n\n".join(f"```python\n{part}\n```" if part.startswith(">>>") else _prose(part)
                       for part in text.strip().split("\n\n"))


def markdown(docstring: str) -> str:
    """A docstring with numpydoc's sections as Markdown; names in back-ticks such as `model.vae` become full ones.

    Examples
    --------
    >>> lines = ["Adds two numbers.", "", "Parameters", "----------", "a, b : array (n,)", "    in centimetres."]
    >>> print(markdown("\\n".join(lines)))
    Adds two numbers.
    <BLANKLINE>
    **Parameters**
    <BLANKLINE>
    - `a, b` (array (n,)): in centimetres.
    """
    head, *rest = HEADING.split(INSIDE.sub("`varigate.", docstring))
    sections = zip(rest[::2], rest[1::2], strict=True)
    return "\n\n".join([_prose(head), *(f"**{title}**\n\n{(_examples if title == 'Examples' else _items)(text)}"
                                       for title, text in sections)])


def _called(name: str, found) -> str:
    """A fence of Python with the call of `found`, types by their last names."""
    exception = inspect.isclass(found) and issubclass(found, Exception)
    signature = "(message)" if exception else re.sub(r"<class '([^']*)'>", r"\1", str(inspect.signature(found)))
    signature = re.sub(r"-> '(\w+)'", r"-> \1", re.sub(r"[a-z_][a-z_0-9]*[.](?=[A-Za-z_])", "", signature))
    return f"```python\n{name}{signature}\n```"


def _methods(name: str, kind: type) -> list[str]:
    """The documented public methods of a class of ours, those of its base classes first."""
    classes = [each for each in reversed(kind.__mro__) if each.__module__.startswith("varigate.")]
    methods = {key: value for each in classes for key, value in vars(each).items()
               if inspect.isfunction(value) and value.__doc__ and not key.startswith("_")}
    parts = []
    for key, method in methods.items():
        parts += [f"#### `{name}.{key}`", _called(key, method).replace("(self, ", "(").replace("(self)", "()"),
                  markdown(inspect.getdoc(method))]
    return parts


def _entry(name: str) -> str:
    """One name: its call, its docstring, and for a class its methods."""
    found = getattr(varigate, name)
    parts = [f"### `{name}`", _called(name, found), markdown(inspect.getdoc(found))]
    if inspect.isclass(found):
        parts += _methods(name, found)
    return "\n\n".join(parts) + "\n"


def page() -> str:
    """The whole page, Markdown."""
    contents = "\n".join(f"- {title}: {', '.join(f'[`{name}`](#{name.lower()})' for name in names)}"
                         for title, names in GROUPS.items())
    sections = [f"## {title}\n\n" + "\n".join(map(_entry, names)) for title, names in GROUPS.items()]
    return "\n".join([HEAD, f"{contents}\n", *sections])


if __name__ == "__main__":
    print(page(), end="")
