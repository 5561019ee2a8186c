"""What ``monoline sheet`` can be asked for besides drawings: captions, edition, signature, frame and marks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from plotter.furniture import Furniture

Turned = Annotated[bool, typer.Option("--turned", help="Along a spiral each drawing with its foot to the middle.")]
Growing = Annotated[bool, typer.Option("--growing", help="Drawings along a spiral grow outwards.")]
PerSheet = Annotated[int, typer.Option(metavar="N", min=1, max=100, help="Pages of a flip-book on one paper.")]
Layered = Annotated[bool, typer.Option("--layered", help="Each drawing in a layer of its own, for several pens.")]
Captions = Annotated[bool, typer.Option("--captions", help="Letter seed and temperature, or the step, below each.")]
Caption = Annotated[
    str,
    typer.Option(metavar="TEXT", help="Letter this: {name} {seed} {temperature} {step} {steps} {at} are filled in."),
]
Edition = Annotated[
    str,
    typer.Option(metavar="N/M", help="Lettered at the foot on the left: 3/25, A.P.; 1-25 is a sheet for each."),
]
TitleLine = Annotated[str, typer.Option(metavar="TEXT", help="Lettered in the middle of the foot.")]
Signature = Annotated[
    str, typer.Option(metavar="FILE or NAME", help="At the foot on the right: a drawing, or a name in script.")
]
SignatureMm = Annotated[float, typer.Option(metavar="MM", min=1, max=200, help="Height of the signature.")]
Frame = Annotated[
    float | None,
    typer.Option(metavar="MM", min=0, max=500, help="A frame so far around the drawings.", show_default=False),
]
CropMarks = Annotated[bool, typer.Option("--crop-marks", help="Marks to cut by, at the corners of the finished sheet.")]
Trim = Annotated[
    str,
    typer.Option(
        metavar="WxH", help="Size of the finished sheet, as 200x250 or A5; what is within the margins by default."
    ),
]
Registration = Annotated[
    bool, typer.Option("--registration", help="A circled cross at each side, to register a second pen or print by.")
]


def furniture_of(**asked: Any) -> Furniture:
    """What a print has besides its drawings.

    Raises:
        typer.BadParameter: a value that can't be, with the option's name.
    """
    from plotter.furniture import Furniture

    return _checked(Furniture, {"title": "title-line", "signature_mm": "signature-mm"}, asked)


def check_file(signature: str) -> str:
    """A signature; the file that it names must be there.

    Raises:
        typer.BadParameter: it is not.
    """
    from plotter.furniture import is_file

    if is_file(signature) and not Path(signature).expanduser().exists():
        raise typer.BadParameter(f"--signature: {signature} does not exist; name a drawing, or a name to be written")
    return signature


def _checked(schema: Any, named: dict[str, str], asked: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    try:
        return schema.model_validate(asked)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0])
        words = first["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(f"--{named.get(option, option).replace('_', '-')}: {words}") from None


def check_caption(text: str) -> str:
    """A text to be lettered below each drawing.

    Raises:
        typer.BadParameter: a field in it is unknown, or a brace is open.
    """
    from plotter.captions import check_template

    try:
        return check_template(text)
    except ValueError as error:
        raise typer.BadParameter(f"--caption: {error}") from None
