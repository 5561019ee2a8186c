"""Presets for training: each loads, and those that bear a known name say what that name stands for."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from configs.load import load
from model.checkpoint import MOST_POINTS
from model.losses import annealed
from model.schedule import learning_rate
from model.settings import DataSettings, FitSettings, TrainSettings, train_presets


def test_presets_that_train_are_told_from_the_artists() -> None:
    assert {"paper", "magenta", "small", "artist", "quickdraw"} <= set(train_presets())
    assert "demo" not in train_presets()
    for name in train_presets():
        assert load(TrainSettings, name).fit.steps >= 1000


def test_the_papers_preset_is_the_papers_network() -> None:
    asked = load(TrainSettings, "paper")
    net, fit, data = asked.net, asked.fit, asked.data
    assert (net.kind, net.cell, net.decoder, net.encoder_cell, net.encoder) == (
        "conditional", "hyper", 2048, "layer_norm", 512)  # fmt: skip
    assert (net.latent, net.mixtures, net.recurrent_dropout) == (128, 20, pytest.approx(1 - 0.9))
    assert (fit.batch, fit.clip, fit.kl_floor, fit.kl_decay, fit.kl_weight) == (100, 1.0, 0.2, 0.99999, 1.0)
    assert (data.scale_jitter, data.mirror, data.reverse, data.rotate_degrees) == (0.1, 0, 0, 0)
    for step in (0, 1000, 200_000):
        assert learning_rate(fit, step, step / fit.steps) == 1e-4
    assert annealed(0, fit.kl_weight, fit.kl_start, fit.kl_decay) == pytest.approx(0.01)


def test_magentas_preset_is_magentas_defaults() -> None:
    asked = load(TrainSettings, "magenta")
    net, fit, data = asked.net, asked.fit, asked.data
    assert (net.kind, net.cell, net.decoder, net.encoder_cell, net.encoder) == (
        "conditional", "lstm", 512, "lstm", 256)  # fmt: skip
    assert (net.latent, net.mixtures, net.recurrent_dropout, net.dropout) == (128, 20, pytest.approx(1 - 0.9), 0)
    assert (fit.batch, fit.clip, fit.clip_kind, fit.kl_floor) == (100, 1.0, "value", 0.2)
    assert (fit.validate_every, fit.prior_share, fit.average) == (500, 0, 0)
    assert (data.scale_jitter, data.drop_points, data.max_points) == (0.15, 0.1, 250)
    # 0.001 to 0.00001 by 0.9999 a step; the weight of the KL from 0.01 to 0.5 by 0.99995
    for step in (0, 1, 5000, 300_000):
        assert learning_rate(fit, step, 0.5) == pytest.approx((1e-3 - 1e-5) * 0.9999**step + 1e-5)
        weight = annealed(step, fit.kl_weight, fit.kl_start, fit.kl_decay)
        assert weight == pytest.approx(0.5 - (0.5 - 0.01) * 0.99995**step)


def test_no_training_has_drawings_that_its_checkpoint_could_not_tell_of() -> None:
    assert DataSettings(max_points=MOST_POINTS).max_points == MOST_POINTS
    with pytest.raises(ValidationError, match="max_points"):
        DataSettings(max_points=MOST_POINTS + 1)


def test_every_schedule_warms_up() -> None:
    for schedule in ("cosine", "exponential", "constant"):
        fit = FitSettings.model_validate({"schedule": schedule, "warm_up": 4, "learning_rate": 0.4, "rate_decay": 1})
        assert [learning_rate(fit, step, 0.0) for step in range(5)] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4])
    fit = FitSettings(warm_up=0, learning_rate=0.4)
    assert learning_rate(fit, 9, 0.5) == pytest.approx(0.4 * (0.005 + 0.995 / 2))
    assert learning_rate(fit, 9, 1.0) == learning_rate(fit, 9, 1.3) == pytest.approx(0.4 * 0.005)
