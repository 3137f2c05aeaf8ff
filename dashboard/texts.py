"""Every word of the screens, in both languages; what the core names (areas, measures, terms) it names itself.

``TEXTS[key]`` is (zh, en); a text may hold named fields in braces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dashboard.said import Said, fill
from data.words import Lang

TEXTS: Mapping[str, tuple[str, str]] = {
    # header
    "product": ("一屏", "OneScreen"),
    "product_full": ("一屏 OneScreen", "OneScreen 一屏"),
    "simulated": ("模拟数据", "SIMULATED"),
    "simulated_about": (
        "本屏所有数字均为模拟，不是真实疫情。",
        "Every number on this screen is simulated, none is real.",
    ),
    "upto": ("数据截至 {day}", "data to {day}"),
    "version": ("第 {version} 批", "load {version}"),
    "received": ("{moment} 入库", "received {moment}"),
    "language": ("English", "中文"),
    "language_about": ("切换为英文", "Switch to Chinese"),
    "theme_light": ("浅色", "Light"),
    "theme_dark": ("深色", "Dark"),
    "share": ("复制链接", "Copy link"),
    "share_about": (
        "复制固定链接：任何人、任何时候打开都是此刻所见",
        "Copy a lasting link: it shows what you see now, to anyone, at any time",
    ),
    "shared": ("已复制", "Copied"),
    "skip": ("跳到数字", "Skip to the figures"),
    "room": ("同组页面", "Pages beside this one"),
    # export
    "export": ("导出", "Export"),
    "export_title": ("导出所见：数据、图片、链接、报告", "Take away what you see: data, picture, link, reports"),
    "export_latest": ("最新一日", "latest day"),
    "export_data": ("数据", "Data"),
    "export_table": ("列表 Excel", "The table, Excel"),
    "export_picture": ("地图图片 PNG", "Picture of the map, PNG"),
    "export_picture_about": ("连同图例与时间", "with its legend and date"),
    "export_link": ("链接", "Link"),
    "export_report": ("报告", "Reports"),
    "export_failed": ("未能完成", "failed"),
    "export_cancel": ("取消", "Cancel"),
    "export_cancelled": ("已取消", "cancelled"),
    # pages
    "pages": ("页面", "Pages"),
    "page_map": ("地图", "Map"),
    "page_before": ("上一页", "Previous"),
    "page_after": ("下一页", "Next"),
    # heading of the map
    "path": ("所在区域", "Where you are"),
    "back": ("返回上级", "Go up"),
    "map": ("{area}：{measure}地图", "{area}: map of {measure}"),
    "layer": ("图层", "Layer"),
    "layer_choose": ("选择图层", "Choose a layer"),
    "by": ("按", "by"),
    "granularity": ("粒度", "Granularity"),
    "auto": ("自动", "Auto"),
    "estimate": ("估算", "estimate"),
    "no_data_yet": ("尚无数据", "no data yet"),
    "close": ("关闭", "Close"),
    # legend
    "legend": ("图例", "Legend"),
    "units_of": ("{n} 个{level}", "{level}: {n}"),
    "below": ("{high} 以下", "under {high}"),
    "above": ("{low} 及以上", "{low} and over"),
    "between": ("{low} – {high}", "{low} – {high}"),
    "any": ("大于零", "more than zero"),
    "zero": ("零", "zero"),
    "zero_growth": ("持平", "unchanged"),
    "suppressed": ("隐去小数", "suppressed"),
    "missing": ("未报", "not reported"),
    "withheld": (
        "您的角色不能查看：{names}。其中有人数很少的数，或可由它们推出这样的数；隐去不等于零。如工作需要，请联系本单位管理员。",
        (
            "Not for your role to see: {names}. Some of these numbers of people are small, or would give small ones "
            "away; hidden is not nought. If your work needs them, ask your administrator."
        ),
    ),
    "zero_about": ("已上报，数为零", "reported, and it is nought"),
    "suppressed_about": ("数太小，为保护个人而隐去", "too small a number, hidden to protect persons"),
    "doubtful": ("部分缺数", "partly missing"),
    "doubtful_about": ("数里有一部分没有上报，只会更高", "a part of it was not reported: it can only be more"),
    "source_doubtful": ("来源迟到或有疑", "late or doubtful source"),
    "source_doubtful_about": (
        "这个数所依据的来源迟到、中断或有疑点，详见数据时效页",
        "the number rests on a source that is late, has stopped or is odd: see the page Freshness",
    ),
    "source_late": ("断报 {age}", "silent for {age}"),
    "age_days": ("{n} 天", "{n} d"),
    "age_hours": ("{n} 小时", "{n} h"),
    "zoom_in": ("放大", "Zoom in"),
    "zoom_out": ("缩小", "Zoom out"),
    "zoom_fit": ("看全", "See all"),
    "missing_about": ("没有上报或无从计算，不是零", "not reported or cannot be computed; not zero"),
    # panel
    "figures": ("关键数字", "Key figures"),
    "compared": ("较 7 日前", "vs 7 days before"),
    "no_comparison": ("7 日前无可比", "no comparison"),
    "bad": ("变差", "worse"),
    "good": ("好转", "better"),
    "neutral": ("", ""),
    "up": ("升", "up"),
    "down": ("降", "down"),
    "flat": ("持平", "unchanged"),
    "curve": ("逐日走势", "Day by day"),
    "curve_about": (
        "{measure}，{first} 至 {last}。左右方向键逐日移动。",
        "{measure}, {first} to {last}. Left and right arrows move by a day.",
    ),
    "mean": ("7 日平均", "7-day mean"),
    "daily": ("当日", "daily"),
    "children": ("下辖{level}", "Inside: {level}"),
    "children_none": ("没有更细一级", "Nothing finer below"),
    "name": ("名称", "Name"),
    "sort": ("按此列排序", "Sort by this column"),
    "rows_more": ("其余 {n} 行", "{n} more"),
    "unlocated": ("未能定位", "Could not be located"),
    "unlocated_none": (
        "当日数字均已定位到{level}。",
        "Every number of the day is located to a {level} or finer.",
    ),
    "unlocated_about": (
        "计入{area}的总数，但无法落到更细的区域。",
        "Counted in the total of {area}, but no finer place is known.",
    ),
    "unlocated_share": ("占 {share}", "{share} of all"),
    "why": ("历次入库中未能细化的行", "Rows of all loads that could not be placed finely"),
    "rows": ("{n} 行", "{n} rows"),
    "sheet": ("展开或收起数字", "Unfold or fold the figures"),
    # timeline
    "timeline": ("日期", "Day"),
    "play": ("播放", "Play"),
    "pause": ("暂停", "Pause"),
    "speed": ("速度", "Speed"),
    "speed_about": ("每秒 {n} 天", "{n} days a second"),
    "day_before": ("前一天", "The day before"),
    "day_after": ("后一天", "The day after"),
    "latest": ("最新", "Latest"),
    "known": ("按何时所知", "As known when"),
    "known_now": ("现在所知", "As known now"),
    "known_then": ("当时所知", "As known then"),
    "known_now_about": ("含此后的补报与更正", "With everything reported and corrected since"),
    "known_then_about": ("仅含该日结束前已入库的数据", "Only what had been loaded by the end of that day"),
    "known_at": ("截至 {moment} 所知", "As known on {moment}"),
    # said calmly
    "empty_city": (
        "这里还没有数据。把文件放进城市文件所指的文件夹，再运行 onescreen build。",
        "There is no data here yet. Put files where the city file says and run onescreen build.",
    ),
    "empty_layer": (
        "“{measure}”在{level}一级没有数据。",
        "There is no data for {measure} at this level: {level}.",
    ),
    "empty_day": ("{day} 没有“{measure}”的数据。", "There is no data for {measure} on {day}."),
    "coarse": (
        "{whole} 例中有 {lost} 例（{share}）只报到更粗的区域，未落在本图的{level}上。",
        "{lost} of {whole} ({share}) are reported for coarser places only and stand on no unit here ({level}).",
    ),
    "no_borders": (
        "{level}没有边界，地图画不出来；数字见右。",
        "No borders are known for this level: {level}. The figures stand beside.",
    ),
    "nothing_known": (
        "{day} 结束时还没有任何数据入库，以下按现在所知。",
        "Nothing had been loaded by the end of {day}; shown as known now.",
    ),
    "soon": ("正在计算，好了会自动显示。", "Being worked out; it will show here by itself."),
    "late": (
        "数据未送达，正在重试；画面是最后一次收到的。",
        "Data did not arrive, trying again; the picture is the last one received.",
    ),
    "offline": (
        "连接中断，画面停在 {time}；恢复后自动更新。",
        "The connection is lost; the picture is of {time} and will renew itself.",
    ),
    "store_gone": (
        "数据库暂时不可用，已显示的内容保持不变；恢复后自动更新。",
        "The database cannot be reached just now; what is shown stays, and will renew itself.",
    ),
    "store_empty": (
        "数据库暂时不可用，恢复后本页自动打开。",
        "The database cannot be reached just now; this page will open by itself.",
    ),
    "failed": ("这一步没有完成，已记入日志。", "This did not work; it was written to the log."),
    "bad_area": (
        "没有代码或名称为“{value}”的区域，改为显示{area}。",
        "There is no area {value}; showing {area} instead.",
    ),
    "bad_layer": (
        "没有名为“{value}”的图层，改为“{measure}”。",
        "There is no layer {value}; showing {measure} instead.",
    ),
    "bad_level": (
        "这里没有“{value}”这一级，改为自动。",
        "There is no level {value} here; chosen automatically.",
    ),
    "bad_per": (
        "这里还没有{people}的数据，比率仍按常住人口计算。",
        "There is no data on {people} yet: rates are told by residents.",
    ),
    "per": ("发病率按", "Incidence by"),
    "bad_day": (
        "“{value}”不是有数据的日期，改为 {day}。",
        "{value} is not a day with data; showing {day} instead.",
    ),
    "bad_other": (
        "链接中的 {key}“{value}”无法识别，已略去。",
        "{key} {value} in the link means nothing and was dropped.",
    ),
    "loading": ("正在打开…", "Opening…"),
    "noscript": ("本页需要 JavaScript。", "This page needs JavaScript."),
}


def say(key: str, lang: Lang, /, **fields: object) -> Said:
    """The text of ``key`` in the reader's language; KeyError if the catalogue has none."""
    return fill(TEXTS[key][0 if lang == "zh" else 1], **fields)


def words(keys: Iterable[str], lang: Lang) -> dict[str, str]:
    """Texts as they stand, fields unfilled, for a part that fills them in the browser."""
    return {key: TEXTS[key][0 if lang == "zh" else 1] for key in keys}
