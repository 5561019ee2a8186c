"""What a network expects along a drawing, beside what it said while it drew it."""

from __future__ import annotations

import networks
import numpy as np
import pytest

from model.density import density
from model.sample import Order, Sampler


@pytest.mark.parametrize("first_dropped", [False, True])
@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_a_drawing_is_as_unlikely_as_it_was_when_it_was_drawn(kind: str, first_dropped: bool) -> None:
    """Whatever file the network has learnt from, none of the drawing's points is left out."""
    net = networks.lively_net(kind, end=-1.0)
    sampler = Sampler(networks.checkpoint_of(net, first_dropped=first_dropped))
    z = np.linspace(-1, 1, sampler.net.settings.latent) if kind == "conditional" else None
    drawn = sampler.make([Order(seed, 0.5, z=z) for seed in range(1, 60)])
    same = 0
    for sample in drawn:
        if sample.finished and sample.drawing.points > 5:
            found = density(sampler, sample.drawing, z, fit=False)
            assert len(found.nats) == sample.drawing.points
            whole = np.nansum(found.nats) + found.pen_nats.sum()
            same += abs(whole / (sample.drawing.points - 1) - sample.nats_per_point) < 1e-6
    assert same  # of the others, the pen stayed down at the last point, which no drawing can tell
