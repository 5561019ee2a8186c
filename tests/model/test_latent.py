"""Ways through latent space: curves over stops, loops without a seam, variations as likely as what they vary."""

from __future__ import annotations

import numpy as np
import pytest

from model.errors import ModelError
from model.latent import KINDS, Kind, Way, nearby
from model.noise import prior

STOPS = [prior(seed, 16) * size for seed, size in ((1, 1.0), (2, 1.6), (3, 0.7), (4, 1.1))]


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_way_passes_its_stops_at_even_places_and_a_loop_comes_back(kind: Kind, loop: bool) -> None:
    way = Way(STOPS, kind, loop=loop)
    stops = [*STOPS, STOPS[0]] if loop else STOPS
    for place, stop in zip(np.linspace(0, 1, len(stops)), stops, strict=True):
        np.testing.assert_allclose(way.at(float(place)), stop, atol=1e-9)
    assert way.places(5).tolist() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8] if loop else [0, 0.25, 0.5, 0.75, 1])


def test_each_leg_begins_or_ends_slowly_as_one_likes() -> None:
    way = Way(STOPS[:3])
    assert way.places(9, "linear").tolist() == way.places(9).tolist()
    assert way.places(9, "in").tolist() == pytest.approx([0, 1 / 32, 1 / 8, 9 / 32, 0.5, 17 / 32, 5 / 8, 25 / 32, 1])
    assert way.places(9, "out").tolist() == pytest.approx([0, 7 / 32, 3 / 8, 15 / 32, 0.5, 23 / 32, 7 / 8, 31 / 32, 1])
    both = way.places(9, "in-out")
    assert both.tolist() == pytest.approx((1 - both[::-1]).tolist())  # as slow at one end as at the other
    assert both[1] - both[0] < both[2] - both[1]
    loop = Way(STOPS[:2], loop=True).places(4, "in-out").tolist()
    assert loop == pytest.approx([0, 0.25, 0.5, 0.75])
    with pytest.raises(ModelError, match="one of linear, in, out, in-out, not 'bounce'"):
        way.places(9, "bounce")  # type: ignore[arg-type]


def turn(way: Way, at: float, to: float, step: float = 1e-4) -> float:
    """Cosine between the directions in which a way comes to a place and leaves it."""
    came, left = way.at(at) - way.at(at - step), way.at(to + step) - way.at(to)
    return float(came @ left / np.linalg.norm(came) / np.linalg.norm(left))


def test_a_spline_has_no_corner_at_a_stop_nor_at_the_seam_of_a_loop() -> None:
    for place in (1 / 3, 2 / 3):
        assert turn(Way(STOPS, "slerp"), place, place) < 0.9
        assert turn(Way(STOPS, "spline"), place, place) > 0.999
    assert turn(Way(STOPS, "slerp", loop=True), 1.0, 0.0) < 0.9
    assert turn(Way(STOPS, "spline", loop=True), 1.0, 0.0) > 0.999


def test_a_spline_is_never_longer_nor_shorter_than_the_stops_around_it() -> None:
    """As slerp: a z too long or too short is one that the decoder has never been near."""
    way, lengths = Way(STOPS, "spline"), [float(np.linalg.norm(stop)) for stop in STOPS]
    for leg in range(3):
        least, most = sorted(lengths[leg : leg + 2])
        between = [float(np.linalg.norm(way.at((leg + t) / 3))) for t in np.linspace(0, 1, 20)]
        assert least - 1e-9 <= min(between) <= max(between) <= most + 1e-9


def test_a_variation_is_as_likely_as_any_z_and_as_near_as_asked() -> None:
    z = prior(7, 4000)
    assert np.array_equal(nearby(z, 0.0, 1), z)
    assert np.array_equal(nearby(z, 0.3, 1), nearby(z, 0.3, 1))
    for spread in (0.2, 0.6, 1.0):
        found = nearby(z, spread, 1)
        assert found.std() == pytest.approx(1.0, abs=0.05)
        assert np.corrcoef(z, found)[0, 1] == pytest.approx(np.sqrt(1 - spread**2), abs=0.05)
    assert abs(np.corrcoef(nearby(z, 1.0, 7), z)[0, 1]) < 0.05  # the way of a seed is not its z
    assert abs(np.corrcoef(nearby(z, 1.0, 1), nearby(z, 1.0, 2))[0, 1]) < 0.05
    for spread in (-0.1, 1.1, float("nan")):
        with pytest.raises(ModelError, match="A spread lies between 0"):
            nearby(z, spread, 1)


def test_no_way_leads_over_one_stop_or_in_a_manner_that_nobody_knows() -> None:
    with pytest.raises(ModelError, match="two drawings"):
        Way(STOPS[:1])
    with pytest.raises(ModelError, match="lerp, slerp, spline, not 'jump'"):
        Way(STOPS, "jump")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="two steps at least, not 1"):
        Way(STOPS).places(1)
