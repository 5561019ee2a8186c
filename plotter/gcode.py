"""G-code by the profiles of vpype-gcode: its own, two of monoline with a pen that lifts, and a person's."""

from __future__ import annotations

import io
import shlex
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drawing.geometry import Polyline
from plotter.errors import SheetError
from plotter.papers import Paper
from plotter.pipeline import to_document, vpype_turn

PROFILE = "gcodemm"
"""What is taken where nobody names one."""
NO_LIFT = ("gcode", "gcodemm", "gcode_relative")
"""Profiles that tell travel from drawing by G0 and G1 alone."""
_PROFILES = Path(__file__).with_name("gcode.toml")


@dataclass(frozen=True)
class Gcode:
    """A sheet as G-code, or whatever the profile writes."""

    text: str
    remarks: tuple[str, ...]
    """What a person has to know, in the profile's words or ours."""


def gcode_profiles() -> dict[str, str]:
    """The profiles by name, and what each says of itself; those of the person's own ``~/.vpype.toml`` too."""
    with vpype_turn() as (vpype, _, _):
        profiles = _load(vpype)
        return {name: " ".join(str(profile.get("info", "")).split()) for name, profile in sorted(profiles.items())}


def write_gcode(
    layers: Sequence[Sequence[Polyline]],
    sheet: Paper,
    profile: str = "",
    *,
    values: Mapping[str, str] | None = None,
    name: str = "",
) -> Gcode:
    """Lines in mm from the top left of a sheet as a profile writes them.

    Args:
        profile: see ``gcode_profiles``; ``gcodemm`` if empty.
        values: of what the profile leaves open, as ``servo_down``.
        name: what the file will be called, for profiles that write it down.

    Raises:
        SheetError: there is no such profile, or what it asks for is nowhere, in its words.
    """
    import click

    profile = profile or PROFILE
    said = io.StringIO()
    written = _Named(name)
    with vpype_turn() as (vpype, cli, logged):
        profiles = _load(vpype)
        if profile not in profiles:
            raise SheetError(
                f"There is no G-code profile {profile!r}; the profiles are: {', '.join(sorted(profiles))}."
            )
        document = to_document(vpype, layers, (sheet.width_mm, sheet.height_mm))
        try:
            with redirect_stderr(said), redirect_stdout(written):  # a file of its own it would leave open
                told = " ".join(f"-d {shlex.quote(key)} {shlex.quote(text)}" for key, text in (values or {}).items())
                cli.execute(f"gwrite -p {shlex.quote(profile)} {told} -", document)
        except click.ClickException as error:
            raise SheetError(f"vpype refuses {profile}: {' '.join(error.format_message().split())}") from None
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a template of a person may raise anything
            words = " ".join(str(error).split()) or type(error).__name__
            raise SheetError(f"The profile {profile} can't be written with: {words}.") from None
        joined = "layer_join" in profiles[profile] or "layer_start" in profiles[profile]
    remarks = [*(" ".join(line.split()) for line in said.getvalue().splitlines() if line.strip()), *logged]
    if profile in NO_LIFT:
        remarks.append(f"{profile} moves with G0 and draws with G1, and lifts no pen; pen-servo and pen-z do")
    if len(layers) > 1 and not joined:
        remarks.append(f"{profile} has nothing between layers, so no pen is changed; pen-servo and pen-z wait there")
    return Gcode(written.getvalue(), tuple(remarks))


class _Named(io.StringIO):
    """A text that profiles may ask for its name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


def _load(vpype: Any) -> dict[str, Any]:
    """All profiles; a person's own hold against ours of the same name."""
    import vpype_gcode.gwrite  # pyright: ignore[reportMissingTypeStubs, reportUnusedImport]  # noqa: F401

    manager = vpype.config_manager
    if "pen-z" not in manager.config.get("gwrite", {}):
        manager.load_config_file(str(_PROFILES))
    return {name: each for name, each in manager.config["gwrite"].items() if isinstance(each, dict)}
