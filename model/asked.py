"""What is asked of a training: settings that make no difference to it are refused, or left as they are by default.

A preset tells more than some networks made of it have a use for, as the heads of attention where a recurrent
body is asked for instead. That is passed over; what a person sets outright is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from configs.errors import ConfigError, OptionError
from configs.load import load, presets
from model.settings import DROPS, NetSettings, TrainSettings

USUAL = TrainSettings()


def asked(
    source: str | Path, overrides: Sequence[str] = (), *, start: NetSettings | None = None, resumed: bool = False
) -> TrainSettings:
    """Settings from a preset or a file, and from the command line.

    Args:
        source, overrides: as of configs.load.
        start: the network to begin with, whose shape counts.
        resumed: the source is what a run that goes on has kept.

    Raises:
        ConfigError, OptionError: see configs.load; or a setting on the command line, or in a file of one's own, that
            is not as it is by default and makes no difference here.
    """
    settings = load(TrainSettings, source, overrides)
    own = not resumed and start is None and source not in presets()
    idle = unused(settings if start is None else begun_with(settings, start))
    for name, value in _outright(load(TrainSettings, source if own else None, overrides)):
        part, field = name.split(".")
        fault = ""
        if start is not None and part == "net" and field not in DROPS:
            if value != getattr(start, field):
                fault = "the shape is that of the weights to begin with; leave it out, or train without them"
        elif name in idle and value != getattr(getattr(USUAL, part), field):
            what, instead = idle[name]
            fault = f"it makes no difference to {what}; leave it out" + (f", or set {instead}" if start is None else "")
        if fault:
            words = [f"--set {each}" for each in overrides if each.partition("=")[0].strip() in (part, name)]
            raise (OptionError if words else ConfigError)(f"{words[-1] if words else source}: {name}: {fault}.")
    return settings


def _outright(settings: TrainSettings) -> Iterator[tuple[str, Any]]:
    """Names and values of what was set, and not left as it is by default."""
    for part in ("net", "fit"):
        table = getattr(settings, part)
        yield from ((f"{part}.{field}", getattr(table, field)) for field in sorted(table.model_fields_set))


def unused(settings: TrainSettings) -> dict[str, tuple[str, str]]:
    """Settings that make no difference to this training: to what they don't, and with what they would."""
    net, fit = settings.net, settings.fit
    recurrent, encodes = net.body == "rnn", net.kind == "conditional"
    rules = (
        (recurrent, "a recurrent network", "net.body=transformer", "net.layers net.heads fit.optimiser"),
        (not recurrent, "a transformer", "net.body=rnn", "net.cell net.squash_latent net.hyper net.hyper_embedding"),
        (recurrent and net.cell != "hyper", "a plain LSTM" if net.cell == "lstm" else "an LSTM with layer norm",
         "net.cell=hyper", "net.hyper net.hyper_embedding"),
        (not encodes, "a network without an encoder", "net.kind=conditional",
         "net.encoder net.encoder_cell net.latent net.squash_latent fit.kl_weight fit.kl_start fit.kl_decay "
         "fit.kl_floor fit.prior_share"),
        (not encodes and not recurrent, "a transformer without an encoder", "net.kind=conditional",
         "net.recurrent_dropout net.weight_drop"),
        (fit.schedule != "exponential", f"a {fit.schedule} learning rate", "fit.schedule=exponential",
         "fit.rate_decay fit.lowest_rate"),
    )  # fmt: skip
    return {name: (what, instead) for holds, what, instead, names in rules if holds for name in names.split()}


def plain(settings: TrainSettings) -> TrainSettings:
    """The same training, told with what makes no difference as it is by default."""
    for name in unused(settings):
        part, field = name.split(".")
        table = getattr(settings, part).model_copy(update={field: getattr(getattr(USUAL, part), field)})
        settings = settings.model_copy(update={part: table})
    return settings


def begun_with(settings: TrainSettings, start: NetSettings) -> TrainSettings:
    """Settings of a training that begins with a network: its shape, but what is dropped as is asked; its rate."""
    fit = settings.fit
    net = start.model_copy(update={name: getattr(settings.net, name) for name in DROPS})
    rate = {"learning_rate": fit.learning_rate * fit.fine_share, "fine_share": 1.0}
    return settings.model_copy(update={"net": net, "fit": fit.model_copy(update=rate)})
