"""``onescreen demo``: the simulated city, its ledgers written and then loaded like real ones."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands import events, loading, playing, serving
from dashboard.commands.terminal import LangWord, bar, out


class Scale(StrEnum):
    """Sizes of the demo city."""

    town = "town"
    city = "city"
    megacity = "megacity"
    province = "province"


def command(
    scale: Annotated[Scale, typer.Option(help="town | city | megacity | province")] = Scale.town,
    seed: Annotated[int, typer.Option(help="随机种子 / seed")] = 1,
    home: Annotated[Path | None, typer.Option("--home", help="数据目录 / the home folder")] = None,
    serves: Annotated[bool, typer.Option("--serve", help="随后打开页面 / serve the pages afterwards")] = False,
    host: Annotated[str | None, typer.Option(help="监听地址 / address")] = None,
    port: Annotated[int | None, typer.Option(help="端口 / port")] = None,
    lang: LangWord = "zh",
) -> None:
    """模拟城市：生成台账并照常装入 / The simulated city: ledgers are written, then loaded like real ones."""
    home = home or Path(tempfile.gettempdir()) / f"onescreen-demo-{scale.value}-{seed}"
    file = home / "city" / ("province.toml" if scale is Scale.province else "city.toml")
    if not file.exists():
        out.print(f"… 模拟 / simulating {scale.value} (seed {seed})")
        _shown(lambda step: _simulate(scale, seed, file.parent, step))
    out.print("… 装入 / loading")
    loading.build(file, home, None, lang)
    events.begin_demo(home, seed)
    playing.play(home, seed)
    out.print(f"→ onescreen wall new --name 大厅 --home {home}")
    out.print("  大屏链接，默认隐去小数 / the link of a wall; small numbers are hidden on it")
    if serves:
        serving.serve(home, host, port, demo=True)
    else:
        out.print(f"→ onescreen serve --home {home}")


def _simulate(scale: Scale, seed: int, folder: Path, step: Callable[[str, float], None]) -> None:
    from data.demo import simulate
    from data.demo.province import simulate_province

    if scale.value == "province":
        simulate_province(seed, folder, step)
    else:
        simulate(scale.value, seed, folder, step)


def _shown(work: Callable[[Callable[[str, float], None]], Any]) -> None:
    with bar() as shown:
        task = shown.add_task("", total=100)
        work(lambda name, share: shown.update(task, description=name[:40], completed=round(100 * share)))
