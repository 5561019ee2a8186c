"""A recipe comes back as it was, and one that can't be read is told in a line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from drawing.errors import DrawingError
from drawing.recipe import FORMAT, Endpoint, Recipe

numbers = st.floats(allow_nan=False, allow_infinity=False)
latents = st.lists(numbers, max_size=4)
names = st.text(max_size=8).filter(lambda text: text.isprintable())
endpoints = st.builds(Endpoint, seed=st.none() | st.integers(), z=st.none() | latents, drawing=st.none() | names)
recipes = st.builds(
    Recipe,
    kind=st.sampled_from(("artist", "sample", "complete", "reconstruct", "interpolate", "arithmetic", "vary")),
    seed=st.integers(),
    index=st.none() | st.integers(),
    checkpoint=st.none() | names,
    temperature=st.none() | st.floats(0, 10),
    pen_temperature=st.none() | st.floats(0, 10),
    max_points=st.none() | st.integers(1),
    z=st.none() | latents,
    endpoints=st.lists(endpoints, max_size=3).map(tuple),
    path=st.sampled_from((None, "lerp", "slerp", "spline")),
    at=st.none() | st.floats(0, 1),
    beginning=st.none() | st.lists(st.tuples(numbers, numbers, st.integers(0, 1)), max_size=3).map(tuple),
    settings=st.dictionaries(names, numbers | st.integers() | names | st.booleans(), max_size=3),
    versions=st.dictionaries(names, names, max_size=3),
)


@given(recipes)
def test_any_recipe_comes_back_as_it_was(recipe: Recipe) -> None:
    text = recipe.to_json()
    assert "\n" not in text
    back = Recipe.from_json(text)
    assert back == recipe
    assert {name: type(value) for name, value in back.settings.items()} == {
        name: type(value) for name, value in recipe.settings.items()
    }


def test_what_is_not_known_is_left_out_of_the_text() -> None:
    fields = json.loads(Recipe(kind="sample", seed=3, temperature=0.5).to_json())
    assert fields == {
        "format": FORMAT, "kind": "sample", "seed": 3, "temperature": 0.5,
        "endpoints": [], "settings": {}, "versions": {},
    }  # fmt: skip


def test_the_first_format_can_be_read_for_ever() -> None:
    """Sketches of the first monoline are on people's disks; this text must never stop being read."""
    first = (
        '{"format":1,"kind":"interpolate","seed":11,"index":4,"checkpoint":"ab12","temperature":0.3,'
        '"pen_temperature":0.2,"max_points":250,"z":[0.5,-1.0],"endpoints":[{"seed":1},{"drawing":"a.npz#test/12"},'
        '{"z":[1.0]}],"path":"slerp","at":0.25,"beginning":[[1.0,2.0,0],[3.0,0.0,1]],"settings":{"rows":3},'
        '"versions":{"monoline":"0.1.0"}}'
    )
    recipe = Recipe.from_json(first)
    assert recipe.endpoints[1] == Endpoint(drawing="a.npz#test/12")
    assert recipe.beginning == ((1.0, 2.0, 0), (3.0, 0.0, 1))
    assert recipe.path == "slerp"
    assert json.loads(recipe.to_json()) == json.loads(first)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON with a format number"),
        ("{", "not JSON with a format number"),
        ("[]", "not JSON with a format number"),
        ("7", "not JSON with a format number"),
        ('"format"', "not JSON with a format number"),
        ('{"kind":"sample","seed":1}', "not JSON with a format number"),
        ('{"format":"1"}', "not JSON with a format number"),
        ('{"format":true}', "not JSON with a format number"),
        ('{"format":1.0}', "not JSON with a format number"),
        ("[" * 100_000, "not JSON with a format number"),
        ('{"format":' + "9" * 5000 + "}", "not JSON with a format number"),
        ('{"format":2,"kind":"sample","seed":1}', "has format 2, this monoline knows up to 1; update monoline"),
        ('{"format":0,"kind":"sample","seed":1}', "has format 0, which no monoline has written"),
        ('{"format":-3}', "has format -3, which no monoline has written"),
        ('{"format":1,"kind":"sample"}', "The recipe's seed: field required."),
        ('{"format":1,"kind":"guess","seed":1}', "The recipe's kind: input should be"),
        ('{"format":1,"kind":"sample","seed":"x"}', "The recipe's seed: input should be a valid integer"),
        ('{"format":1,"kind":"sample","seed":1,"colour":2}', "The recipe's colour: extra inputs are not permitted."),
        ('{"format":1,"kind":"sample","seed":1,"temperature":-1}', "The recipe's temperature: input should be greater"),
        ('{"format":1,"kind":"sample","seed":1,"endpoints":[{"seed":1},{"sed":2}]}', "The recipe's endpoints.1.sed"),
    ],
    ids=lambda text: text[:40],
)
def test_a_recipe_that_can_not_be_read_is_told_in_a_line(text: str, reason: str) -> None:
    with pytest.raises(DrawingError) as caught:
        Recipe.from_json(text)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_recipe_is_frozen_and_checked() -> None:
    recipe = Recipe(kind="sample", seed=1)
    with pytest.raises(ValidationError):
        recipe.seed = 2  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        Recipe(kind="sample", seed=1, temperature=-0.1)
    with pytest.raises(ValidationError, match="Extra inputs"):
        Recipe(kind="sample", seed=1, temprature=0.1)  # pyright: ignore[reportCallIssue]
