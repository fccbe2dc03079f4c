"""Draws docs/alert.svg, the picture in the README: `python docs/picture.py`.

The demo call goes through the program; what the terminal shows of it is exported, without the lines that come and go.
"""

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from livewatch.assembly import Kit
from livewatch.cli.replay import demo_sample
from livewatch.events import Alert, Hypothesis
from livewatch.settings import load
from livewatch.sinks.terminal import alert_panel
from livewatch.sinks.wording import clock

HERE = Path(__file__).parent


def main() -> None:
    """Run the demo into a recording console up to the ask for remote access and write the picture."""
    console = Console(record=True, width=88, force_terminal=True, color_system="truecolor", file=io.StringIO())
    kit = Kit(load({"engine.name": "moonshine"}).settings, live=True)
    title, path = demo_sample()
    console.print(Text(f"livewatch demo: {title}", "bold"))
    for event in kit.watch(kit.open(path)):
        if isinstance(event, Hypothesis) and event.final:
            console.print(Text(f"{clock(event.words[0].start)}  {event.text}"))
        if isinstance(event, Alert) and any(match.category == "control" for match in event.evidence):
            console.print(alert_panel(event, console.width))
            break
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "alert.svg"
        console.save_svg(str(drawn), title="livewatch")
        svg = drawn.read_text("utf-8")
    # rich names a font on a server; nothing of livewatch points to one.
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "monospace")
    (HERE / "alert.svg").write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
