"""Copies, symbols and nested viewports as a browser places them; definitions are drawn only where used."""

from __future__ import annotations

import pytest

from drawing.errors import UnreadableFile
from drawing.svg import read_svg

LINE = '<path d="M1,2L3,4"/>'
SLASH = '<path d="M0,0L10,10"/>'


# definitions


@pytest.mark.parametrize(
    "name", ["defs", "symbol", "pattern", "marker", "clipPath", "mask", "linearGradient", "filter", "metadata"]
)
def test_what_is_only_defined_is_not_drawn(lines, name: str) -> None:
    inside = f'<{name} id="it">{SLASH}<g><circle r="5"/></g></{name}>'
    for body in (inside, f"<defs>{inside}</defs>", f"<g>{inside}</g>"):
        assert lines(body + LINE) == [[[1, 2], [3, 4]]]


def test_a_drawing_that_is_clipped_masked_and_marked_is_drawn_once(lines) -> None:
    body = (
        f'<clipPath id="c"><rect width="2" height="2"/></clipPath><mask id="m">{SLASH}</mask>'
        f'<marker id="a">{SLASH}</marker><pattern id="p">{SLASH}</pattern>'
        '<g clip-path="url(#c)" mask="url(#m)" fill="url(#p)"><path d="M1,2L3,4" marker-end="url(#a)"/></g>'
    )
    assert lines(body) == [[[1, 2], [3, 4]]]


def test_elements_of_other_programs_are_not_drawn(lines) -> None:
    body = f'<i:pgf xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/"><path d="M0,0L9,9"/></i:pgf>{LINE}'
    assert lines(body) == [[[1, 2], [3, 4]]]


# copies


@pytest.mark.parametrize("href", ["href", "xlink:href"])
def test_a_copy_is_drawn_where_it_is_used(lines, href: str) -> None:
    body = f'<defs><path id="it" d="M1,2L3,4"/></defs><use {href}="#it" x="10" y="20"/><use {href}="#it"/>'
    assert lines(body) == [[[11, 22], [13, 24]], [[1, 2], [3, 4]]]


def test_transforms_of_a_copy_apply_around_its_place(lines) -> None:
    body = (
        '<defs><g id="it" transform="translate(5,0)"><path d="M0,0L1,1"/></g></defs>'
        '<g transform="scale(2)"><use href="#it" transform="translate(1,1)" x="3"/></g>'
    )
    assert lines(body) == [[[18, 2], [20, 4]]]


def test_a_copy_may_stand_before_its_original_and_be_copied_again(lines) -> None:
    body = f'<use href="#two" y="50"/><g id="one">{LINE}</g><g id="two"><use href="#one" x="10"/><use href="#one"/></g>'
    assert lines(body) == [
        [[11, 52], [13, 54]], [[1, 52], [3, 54]],
        [[1, 2], [3, 4]],
        [[11, 2], [13, 4]], [[1, 2], [3, 4]],
    ]  # fmt: skip


def test_a_copy_has_the_style_of_its_place(lines) -> None:
    body = f'<style>.gone{{display:none}}</style><g id="it">{LINE}</g><use class="gone" href="#it"/>'
    assert lines(body) == [[[1, 2], [3, 4]]]


def test_a_copy_of_something_hidden_where_it_stands_is_drawn(lines) -> None:
    assert lines(f'<g display="none"><g id="it">{LINE}</g></g><use href="#it"/>') == [[[1, 2], [3, 4]]]


@pytest.mark.parametrize("use", ['<use href="#nowhere"/>', "<use/>", '<use href=""/>'])
def test_a_copy_of_nothing_is_nothing(lines, use: str) -> None:
    assert lines(f'<g id="">{LINE}</g>{use}') == [[[1, 2], [3, 4]]]


def test_the_first_of_two_references_counts(lines) -> None:
    body = f'<defs><g id="a">{LINE}</g><g id="b">{SLASH}</g></defs><use xlink:href="#b" href="#a"/>'
    assert lines(body) == [[[1, 2], [3, 4]]]


# symbols and nested viewports


def test_a_symbol_without_a_viewbox_is_a_group(lines) -> None:
    assert lines(f'<symbol id="it">{LINE}</symbol><use href="#it" x="10"/>') == [[[11, 2], [13, 4]]]


@pytest.mark.parametrize("name", ["symbol", "svg"])
def test_a_copied_viewport_is_fitted_into_the_size_of_its_place(lines, name: str) -> None:
    body = f'<defs><{name} id="it" viewBox="0 0 10 10">{SLASH}</{name}></defs>'
    assert lines(body + '<use href="#it" x="5" y="6" width="20" height="20"/>') == [[[5, 6], [25, 26]]]
    assert lines(body + '<use href="#it" width="20" height="40"/>') == [[[0, 10], [20, 30]]]
    assert lines(body + '<use href="#it" width="50%" height="50%"/>') == [[[0, 0], [50, 50]]]
    assert lines(body + '<use href="#it"/>') == [[[0, 0], [100, 100]]]  # all of the viewport around it


def test_a_copied_viewport_may_state_its_own_size_and_aspect(lines) -> None:
    head = '<symbol id="it" width="30" height="10" viewBox="0 0 10 10"'
    assert lines(f'{head}>{SLASH}</symbol><use href="#it"/>') == [[[10, 0], [20, 10]]]
    assert lines(f'{head} preserveAspectRatio="none">{SLASH}</symbol><use href="#it"/>') == [[[0, 0], [30, 10]]]
    assert lines(f'{head} preserveAspectRatio="xMinYMin">{SLASH}</symbol><use href="#it"/>') == [[[0, 0], [10, 10]]]


def test_a_nested_viewport_without_a_viewbox_is_moved(lines) -> None:
    body = f'<svg x="10" y="20" width="5" height="5">{LINE}<rect width="1" height="1"/></svg>'
    assert lines(body) == [[[11, 22], [13, 24]], [[10, 20], [11, 20], [11, 21], [10, 21], [10, 20]]]


def test_a_nested_viewport_is_moved_and_fitted(lines) -> None:
    body = f'<svg x="10" y="20" width="50" height="50" viewBox="1 2 10 10">{LINE}<rect width="1" height="1"/></svg>'
    assert lines(body + LINE) == [
        [[10, 20], [20, 30]],
        [[5, 10], [10, 10], [10, 15], [5, 15], [5, 10]],
        [[1, 2], [3, 4]],
    ]


def test_nested_viewports_nest(lines) -> None:
    body = (
        f'<svg x="10" width="50" height="50" viewBox="0 0 5 5"><svg x="1" y="1" width="2" height="2">{LINE}</svg></svg>'
    )
    assert lines(body) == [[[30, 30], [50, 50]]]


def test_percentages_are_of_the_viewport_around_them(lines) -> None:
    whole = '<line x1="0%" y1="0%" x2="100%" y2="50%"/>'
    nested = f'<svg x="10%" width="50%" height="20" viewBox="0 0 10 4">{whole}</svg>'
    assert lines(nested + whole) == [[[10, 0], [60, 10]], [[0, 0], [100, 50]]]


def test_a_percentage_of_a_radius_is_of_the_diagonal(read) -> None:
    (line,) = read('<circle r="10%"/>', 'width="30mm" height="40mm" viewBox="0 0 30 40"').drawing.lines
    assert line[0].tolist() == pytest.approx([0.1 * 50 / 2**0.5, 0])


def test_a_nested_viewport_without_size_is_not_drawn(lines) -> None:
    assert lines(f'<svg width="0" height="5">{SLASH}</svg>{LINE}') == [[[1, 2], [3, 4]]]


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [('width="wide"', "width that is no length: 'wide'"), ('viewBox="0 0 -1 1"', "impossible viewBox")],
)
def test_a_nested_viewport_of_no_possible_size_is_told(page, attributes: str, reason: str) -> None:
    path = page(f"<svg {attributes}>{SLASH}</svg>{LINE}")
    with pytest.raises(UnreadableFile, match=r"page\.svg") as caught:
        read_svg(path)
    assert reason in str(caught.value)


def test_connectors_of_a_copied_path_are_told_too(read) -> None:
    body = '<defs><path id="it" d="M0,0L5,5L6,0" monoline:connectors="1"/></defs><use href="#it"/>'
    assert read(body).drawing.marks(0).tolist() == [False, True]
