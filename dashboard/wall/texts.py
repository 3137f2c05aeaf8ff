"""Every word of the wall, zh and en; what the core names (areas, measures, terms) it names itself."""

from __future__ import annotations

from collections.abc import Mapping

from data.errors import Lang

TEXTS: Mapping[str, tuple[str, str]] = {
    "simulated": ("模拟数据 SIMULATED", "SIMULATED 模拟数据"),
    "compared": ("较 7 日前", "vs 7 days before"),
    "compared_short": ("较7日前", "vs 7 d"),
    "flat": ("持平", "unchanged"),
    "no_comparison": ("无可比", "no comparison"),
    "value": ("", ""),
    "zero": ("0", "0"),
    "suppressed": ("隐去", "hidden"),
    "missing": ("未报", "no report"),
    "upto": ("截至 {day}", "to {day}"),
    "received": ("{moment} 入库", "in {moment}"),
    "received_none": ("从未送达", "never delivered"),
    "late_warn": ("迟报 {age}", "late {age}"),
    "late_error": ("断报 {age}", "silent {age}"),
    "fresh": ("按时", "on time"),
    "ended": ("已终结", "closed"),
    "days": ("{n} 天", "{n} d"),
    "hours": ("{n} 小时", "{n} h"),
    "day_n": ("第 {n} 天", "day {n}"),
    "panel_failed": ("暂时算不出，已记入日志", "cannot be computed just now; logged"),
    "not_ready": ("尚无数据", "no data yet"),
    # scenes' panels
    "key_figures": ("关键数字", "Key figures"),
    "curve": ("逐日新增", "Day by day"),
    "curve_stock": ("{measure}逐日", "{measure} day by day"),
    "recent": ("最近入库", "Latest loads"),
    "curve_peak": ("峰值 {day}", "peak {day}"),
    "ranking": ("{level}", "By {level}"),
    "growth": ("增长", "Growth"),
    "growth_rows": ("周增长最快", "Growing fastest"),
    "signals_none": ("没有持续增长的区域", "No area keeps growing"),
    "replay": ("近 {n} 日回放", "Replay of {n} days"),
    "known_now": ("现在所知", "as known now"),
    "known_then": ("当时所知", "as known then"),
    "zones_begin": ("新划封管控区", "zones begin"),
    "notices_begin": ("通告生效", "notices begin"),
    "released_today": ("今日解除", "Released today"),
    "released": ("解除", "Releases"),
    "released_before": ("昨日解除", "Released yesterday"),
    "due_today": ("今日到期", "Due today"),
    "due_by_rule": ("今日应解", "Due today"),
    "overdue_release": ("超期未解", "Overdue"),
    "over_n": ("超期 {n} 天", "{n} d over"),
    "may_go": ("今日应解", "due today"),
    "longest": ("封控最久", "In force longest"),
    "none_today": ("今日没有", "None today"),
    "zones_by": ("各{level}受控人口", "Under control by {level}"),
    "codes_now": ("三色码", "Health codes"),
    "codes_by": ("各{level}红黄码占比", "Red and yellow by {level}"),
    "codes_top": ("占比最高", "Largest shares"),
    "codes_overdue": ("应转未转", "Overdue codes"),
    "codes_all": ("合计", "In all"),
    "codes_stuck": ("三周以上", "Three weeks and more"),
    "codes_near": ("临近就医考试", "Near a harm"),
    "codes_conflicts": ("一人多码", "Systems disagree"),
    "codes_conflict": ("多码不一致", "Disagree"),
    "codes_blocked": ("仅一码受阻", "Blocked by one"),
    "codes_blocker": ("仅被{system}拦住", "by {system} alone"),
    "codes_none": ("尚未收到赋码台账", "No ledger of assignments yet"),
    "codes_unit": ("条", "codes"),
    "timeliness": ("时效", "Timeliness"),
    "simulated_short": ("SIMULATED", "SIMULATED"),
    "freshness": ("数据来源", "Sources"),
    "action": ("待处置", "Needs action"),
    "action_none": ("没有待处置事项", "Nothing needs action"),
    "event_rejects": ("{source} · 有行退回", "{source} · rows returned"),
    "sources_fresh": ("来源按时", "Sources on time"),
    "sources_late": ("来源迟报", "Sources late"),
    "loads": ("入库批次", "Loads"),
    "rows_returned": ("退回行数", "Rows returned"),
    "newest": ("数据至 {day}", "data to {day}"),
    "outflow_none": (
        "尚无迁出数据。人口流动来源接入后，此处显示流向、目的地与迁徙规模指数。",
        "No outflow data yet. Flows, destinations and the migration index will stand here once a source delivers.",
    ),
    "empty_city": ("这座城市还没有数据。", "This city has no data yet."),
    # life
    "offline": ("与服务器失去联系", "Connection to the server lost"),
    "offline_age": ("画面停留在 {age} 前", "picture is {age} old"),
    "revoked": ("此大屏链接已停用，请向管理员索取新链接。", "This wall's link was revoked; ask for a new one."),
    "bad_file": ("wall.toml 有误，沿用此前设置", "wall.toml is wrong; earlier settings stay"),
    "seconds": ("{n} 秒", "{n} s"),
    "minutes": ("{n} 分", "{n} min"),
    "noscript": ("大屏需要 JavaScript。", "The wall needs JavaScript."),
    "version": ("第 {n} 批", "load {n}"),
    "city_time": ("数据时刻", "data as of"),
    "legend_missing": ("未报", "no report"),
    "legend_zero": ("零", "zero"),
    "people": ("人", "people"),
    "zones_unit": ("个", "zones"),
    "rows_unit": ("行", "rows"),
}


def say(key: str, lang: Lang, **fields: object) -> str:
    """The text of ``key`` in the reader's language; KeyError if there is none."""
    return TEXTS[key][0 if lang == "zh" else 1].format(**fields)


def raw(keys: tuple[str, ...], lang: Lang) -> dict[str, str]:
    """Texts with their fields unfilled, for the browser."""
    return {key: TEXTS[key][0 if lang == "zh" else 1] for key in keys}
