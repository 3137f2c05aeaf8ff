"""核酸检测: tests taken, positive tests, their rate."""

from __future__ import annotations

from dashboard.reports.blocks import by_area
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Paragraph, Section


def make(context: Context) -> Section:
    """Tests of the day, in all and by area."""
    title = context.say(SECTION.zh, SECTION.en)
    if not context.has("tests_taken"):
        told = context.unreported("核酸采样、检测与阳性人次", "Nucleic acid tests", "tests_taken")
        return Section("tested", title, (told,))
    return Section("tested", title, tuple(_told(context)))


def _told(context: Context) -> list[Block]:
    taken, found = context.measure("tests_taken"), context.measure("tests_positive")
    said = context.line(
        "完成核酸检测{n:人次}，{c}。",
        "{n:test was taken|tests were taken}, {c}.",
        n=taken,
        c=context.change("tests_taken", "人次"),
    )
    if found.value == 0:
        rest = context.line("无检出阳性。", " None was positive.")
    else:
        rest = context.line(
            "检出阳性{n:人次}，阳性率{rate}。",
            " {n:was|were} positive, a rate of {rate}.",
            n=found,
            rate=context.measure("positive_rate"),
        )
    blocks: list[Block] = [Paragraph((*said, *rest))]
    if context.below:
        measures = [
            ("tests_taken", context.say("检测人次", "Tests taken")),
            ("tests_positive", context.say("阳性人次", "Positive")),
        ]
        blocks.append(
            by_area(context, "tests", context.say(f"{context.apart}核酸检测", "Tests by area"), measures, total=True)
        )
    blocks.append(
        context.remark(
            "采样管数、混检比例、出结果时长：未报。", "Pooled samples and hours until results: not reported."
        )
    )
    return blocks


SECTION = Maker("tested", "核酸检测", "Testing", make)
