"""The closed vocabularies: what each word is called, drawn as and sorted by.

One record a term, read by selectors, legends, headings, rejects and reports alike; in sections by subject.
Colours are hexadecimal sRGB; ``glyph`` tells the term apart where colour cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.words import Lang


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a closed vocabulary. ``also`` are spellings that senders use for it."""

    id: str
    zh: str
    en: str
    colour: str = ""
    glyph: str = ""
    also: tuple[str, ...] = ()

    def name(self, lang: Lang) -> str:
        """The word in the reader's language."""
        return self.zh if lang == "zh" else self.en


Vocabulary = Mapping[str, Term]


def _vocabulary(*terms: Term) -> Vocabulary:
    return {term.id: term for term in terms}


def spelling(vocabulary: Vocabulary) -> dict[str, str]:
    """Every accepted spelling (id, zh, en, also; lower case) -> term id."""
    return {word.lower(): term.id for term in vocabulary.values() for word in (term.id, term.zh, term.en, *term.also)}


# --- where, and in which state --------------------------------------------------------------------

#: Levels of the area tree, from the root down. A city uses the ones it has; a province and a country stand above it.
LEVELS = _vocabulary(
    Term("country", "全国", "Country"),
    Term("province", "全省", "Province"),
    Term("city", "全市", "City"),
    Term("district", "区县", "District", also=("county", "area", "区", "县")),
    Term("street", "街道/乡镇", "Street", also=("town", "township", "街道", "乡镇", "镇")),
    Term("responsibility_grid", "责任网格", "Responsibility grid"),
    Term("community", "居村", "Community", also=("village", "neighbourhood", "社区", "居委会", "村")),
    Term("cell", "单元网格", "Cell"),
)

#: The same words where areas of a level stand side by side: a province has 4 市, and is not 4 times 全市.
TIERS = {
    **LEVELS, **_vocabulary(Term("province", "省", "Province"), Term("city", "市", "City")),
}  # fmt: skip

#: The four states of a number. They are never drawn or written alike.
STATES = _vocabulary(
    Term("value", "数值", "value"),
    Term("zero", "零", "zero"),
    Term("suppressed", "隐去小数", "suppressed"),
    Term("missing", "未报", "missing"),
)

#: By which people a rate is told.
DENOMINATORS = _vocabulary(
    Term("registered", "常住人口", "residents"),
    Term("present", "在地人口", "people present"),
)

ANSWERS = _vocabulary(
    Term("yes", "是", "Yes", also=("1", "true", "y", "有", "√")),
    Term("no", "否", "No", also=("0", "false", "n", "无", "×")),
)

# --- findings and persons -------------------------------------------------------------------------

FINDINGS = _vocabulary(
    Term("case", "确诊病例", "Case", also=("确诊", "confirmed", "confirm", "cases")),
    Term("asymptomatic", "无症状感染者", "Asymptomatic", also=("无症状", "wzz")),
    Term("reclassified", "无症状转确诊", "Re-classified", also=("转归", "转确诊", "zhuangui")),
)

#: What a nucleic acid test found.
RESULTS = _vocabulary(
    Term("negative", "阴性", "Negative", also=("阴", "-", "(-)", "neg")),
    Term("positive", "阳性", "Positive", also=("阳", "+", "(+)", "pos")),
)

#: Where somebody is isolated.
ISOLATIONS = _vocabulary(
    Term("central", "集中隔离", "Central isolation", also=("集中", "集中医学观察", "centralised")),
    Term("home", "居家隔离", "Home isolation", also=("居家", "居家医学观察", "居家健康监测")),
)

#: Why somebody's code is what it is. A rule pack says what follows from each.
IDENTITIES = _vocabulary(
    Term("case", "感染者", "Infected person", also=("确诊病例", "无症状感染者", "阳性")),
    Term("close_contact", "密切接触者", "Close contact", also=("密接",)),
    Term("secondary_contact", "次密切接触者", "Secondary contact", also=("次密接", "密接的密接")),
    Term("entrant", "入境人员", "Entrant from abroad", also=("入境",)),
    Term("risk_area", "中高风险地区关联人员", "Linked to a risk area", also=("中高风险地区", "风险地区")),
    Term("stayer", "特殊区域驻留人员", "Stayer in a special area", also=("驻留人员", "时空伴随")),
    Term("stay_home", "足不出户人员", "Confined to home", also=("足不出户", "封闭区居民")),
    Term("stay_in", "足不出院人员", "Confined to the compound", also=("足不出院", "封控区居民")),
    Term("registered", "户籍居民", "Registered resident", also=("户籍",)),
)

#: How near a contact was: the identities of the same names.
CONTACTS = {name: IDENTITIES[name] for name in ("close_contact", "secondary_contact")}

#: What somebody stands to lose while a code is wrong, most pressing first.
HARMS = _vocabulary(
    Term("treatment", "就医", "Treatment", "", "✚", ("血透", "透析", "dialysis", "medical")),
    Term("exam", "考试", "Exam", "", "✎", ("高考", "中考")),
    Term("travel", "出行", "Travel", "", "➜", ("航班", "火车")),
    Term("work", "上班", "Work", "", "⚒", ("返岗",)),
)

# --- health codes ---------------------------------------------------------------------------------

#: Health-code colours keep their cultural colour; the glyph carries them for everyone else.
CODES = _vocabulary(
    Term("green", "绿码", "Green", "#3f9b6d", "●", ("绿", "绿色")),
    Term("yellow", "黄码", "Yellow", "#d9a93a", "▲", ("黄", "黄色")),
    Term("red", "红码", "Red", "#c2453d", "■", ("红", "红色")),
)

#: What may be wrong with an assignment, so that somebody must act; the order is that of the bits of a ticket.
EXCEPTIONS = _vocabulary(
    Term("overdue", "应转未转", "Overdue", "", "◷"),
    Term("waiting", "期满待检", "Clock ended, proof missing", "", "◔"),
    Term("conflict", "多码不一致", "Systems disagree", "", "≠"),
    Term("single_block", "仅一码受阻", "Blocked by one system", "", "⊣"),
    Term("no_evidence", "无来源记录", "No source row", "", "∅"),
    Term("stale_evidence", "依据过期", "Evidence too old", "", "↺"),
    Term("rule_not_in_force", "规则未生效", "Rule not in force", "", "§"),
    Term("no_right", "无权赋码", "No right to assign", "", "⊘"),
    Term("burst", "成批异常", "Suspicious batch", "", "⁂"),
    Term("never_exposed", "从未涉险", "Never in a risk area", "", "○"),
)

#: How long after its time a code still stands: id -> days over, from the first on.
OVERDUE = _vocabulary(
    Term("running", "期限内", "Running"),
    Term("waiting", "期满待检", "Proof missing"),
    Term("due", "今日到期", "Due today"),
    Term("week", "超期1–7天", "1-7 days over"),
    Term("weeks", "超期8–20天", "8-20 days over"),
    Term("stuck", "超期20天以上", "More than 20 days over"),
)

#: Whom an order takes in.
SCOPES = _vocabulary(
    Term("registration", "户籍", "By registration", also=("户籍地", "hukou")),
    Term("area", "现居区域", "By place of stay", also=("区域", "present", "现居")),
    Term("time", "时段到访", "By visit in a time", also=("到访", "visit")),
)

#: Where a rule keeps somebody while it lasts, strictest first.
CONFINED = _vocabulary(
    Term("central", "集中隔离", "Central isolation", also=("集中",)),
    Term("home", "居家", "At home", also=("居家隔离", "足不出户")),
    Term("compound", "足不出院", "In the compound", also=("人不出院",)),
)

# --- zones ----------------------------------------------------------------------------------------

#: Zones by strictness, strictest first. 防范 is the rest of the district, hence derived.
ZONES = _vocabulary(
    Term("lockdown", "封控区", "Lockdown", "#8c4a86", "■", ("封控", "封闭", "seal")),
    Term("control", "管控区", "Control", "#c08a3e", "▲", ("管控",)),
    Term("precaution", "防范区", "Precaution", "#5f87a8", "●", ("防范",)),
)

RISKS = _vocabulary(
    Term("high", "高风险区", "High risk", "#b8433a", "▲", ("高", "高风险")),
    Term("middle", "中风险区", "Medium risk", "#d99a3d", "◆", ("中", "中风险", "medium", "mid")),
    Term("low", "低风险区", "Low risk", "#5f9ea0", "●", ("低", "低风险")),
)

#: How a zone stands to its rule's clock; those from ``due`` on as in OVERDUE.
ZONE_CLOCKS = _vocabulary(
    Term("running", "计时中", "Clock running", "", "◔"),
    Term("due", "今日可解除", "May be released today", "", "◑"),
    Term("week", "超期1–7天", "1-7 days over", "", "◕"),
    Term("weeks", "超期8–20天", "8-20 days over", "", "●"),
    Term("stuck", "超期20天以上", "More than 20 days over", "", "■"),
    Term("unknown", "数据不全，无法判定", "Cannot be told: days without a report", "", "?"),
    Term("unruled", "无规则计时", "No rule gives it a clock", "", "–"),
    Term("released", "当日解除", "Released that day", "", "○"),
    Term("moved", "当日降级或并入他区", "Eased that day, or merged into another", "", "➜"),
)

#: How large a zone may be, smallest first.
UNITS = _vocabulary(
    Term("building", "单元/楼栋", "Building", also=("楼栋", "单元")),
    Term("compound", "居住小区（村）", "Compound", also=("小区", "自然村")),
    Term("community", "居村", "Community", also=("社区",)),
    Term("street", "街道/乡镇", "Street", also=("街道",)),
    Term("district", "区县", "District", also=("区", "县")),
)

# --- risk -----------------------------------------------------------------------------------------

#: Grades of the risk score, highest first; what each means stands in grid/risk/grades.py.
GRADES = _vocabulary(
    Term("severe", "极高", "Severe", "#8e2f4f", "■"),
    Term("high", "高", "High", "#b8433a", "▲"),
    Term("raised", "较高", "Raised", "#d99a3d", "◆"),
    Term("watch", "关注", "Watch", "#8a9a5b", "◐"),
    Term("calm", "低", "Low", "#5f9ea0", "●"),
    Term("unknown", "无法评定", "Cannot be graded", "#8a8a8a", "?"),
)

#: The parts that a risk score is the sum of.
RISK_PARTS = _vocabulary(
    Term("incidence", "本地发病", "Incidence here", "#b8433a", "■"),
    Term("neighbours", "周边发病", "Incidence around", "#d99a3d", "▲"),
    Term("growth", "增长", "Growth", "#8c4a86", "◆"),
    Term("contacts", "密接", "Contacts", "#5f87a8", "●"),
    Term("importation", "外来输入", "Importation", "#6b6fb0", "➜"),
    Term("exposed", "暴露人口", "People exposed", "#5f9ea0", "◐"),
)

# --- travel ---------------------------------------------------------------------------------------

#: How people travel, as far as a table of flows tells.
MODES = _vocabulary(
    Term("all", "合计", "All", also=("全部", "不分方式")),
    Term("rail", "铁路", "Rail", also=("火车", "高铁")),
    Term("road", "公路", "Road", also=("汽车", "客运")),
    Term("air", "民航", "Air", also=("飞机", "航空")),
    Term("water", "水路", "Water", also=("轮船", "轮渡")),
    Term("other", "其他", "Other"),
)

#: Which way a migration index looks.
DIRECTIONS = _vocabulary(
    Term("out", "迁出", "Out", also=("流出", "move_out")),
    Term("in", "迁入", "In", also=("流入", "move_in")),
)

#: How the entry of a key person stands against the three-hour rule.
PUSHES = _vocabulary(
    Term("in_time", "3小时内推送", "Pushed in time", "#5f9ea0", "●"),
    Term("pending", "未满3小时", "Not due yet", "#8a8a8a", "◷"),
    Term("late", "逾时推送", "Pushed late", "#d99a3d", "▲"),
    Term("unpushed", "逾时未推", "Overdue, not pushed", "#b8433a", "■"),
)

# --- sources, nets and forms ----------------------------------------------------------------------

#: What may be wrong with a source, most pressing first; grid/freshness finds them, data/faults.py says them.
FAULTS = _vocabulary(
    Term("stopped", "中断", "Stopped", "#b8433a", "■"),
    Term("late", "迟到未到", "Late", "#d99a3d", "▲"),
    Term("zero_filled", "整日填零", "Filled with zeros", "#b8433a", "⓪"),
    Term("copied_day", "照抄前一日", "Copied from the day before", "#8c4a86", "⧉"),
    Term("duplicate_file", "重复送达", "Delivered twice", "#8c4a86", "⧈"),
    Term("shifted_rows", "行错位", "Rows shifted by one", "#8c4a86", "⇅"),
    Term("jump", "骤增", "Jump", "#b8433a", "⇑"),
    Term("revision", "大幅更正", "Large revision", "#c08a3e", "↺"),
    Term("incomplete", "部分缺报", "Incomplete", "#c08a3e", "◔"),
    Term("missing_day", "缺日", "Missing days", "#c08a3e", "∅"),
    Term("schema_drift", "列有变动", "Columns changed", "#5f87a8", "≠"),
    Term("delayed", "送达偏晚", "Delayed", "#5f87a8", "◷"),
)

#: How a source stands for an area.
FEEDS = _vocabulary(
    Term("fresh", "正常", "On time", "#5f9ea0", "●"),
    Term("doubtful", "有疑点", "Doubtful", "#c08a3e", "◆"),
    Term("held", "扣留待定", "Held back", "#8c4a86", "◧"),
    Term("warn", "迟到", "Late", "#d99a3d", "▲"),
    Term("error", "中断", "Stopped", "#b8433a", "■"),
    Term("none", "无此来源", "Not of this source", "#8a8a8a", "–"),
)

#: The seven nets by which a city gathers who came, who is where and who is ill; situation is what is made of them.
NETS = _vocabulary(
    Term("arrivals", "来市登记", "Arrival registration", glyph="①"),
    Term("compounds", "小区登记", "Compound registration", glyph="②"),
    Term("enterprises", "企业登记", "Enterprise registration", glyph="③"),
    Term("calls", "智能外呼", "Outbound calls", glyph="④"),
    Term("fever", "发热门诊", "Fever clinics", glyph="⑤"),
    Term("screening", "摸排统计", "Screening", glyph="⑥"),
    Term("situation", "态势分析", "Situation", glyph="⑦"),
)

#: How a net's data comes.
WAYS = _vocabulary(
    Term("wired", "已接通", "Wired", "#5f9ea0", "●"),
    Term("file", "靠文件", "By file", "#c08a3e", "◧"),
    Term("silent", "有来源未送达", "Never came", "#d99a3d", "▲"),
    Term("none", "无来源", "No source", "#b8433a", "■"),
)

#: How an automatic call ended.
CALLS = _vocabulary(
    Term("reached", "接通", "Reached", also=("已接通", "正常", "answered")),
    Term("missed", "未接通", "Not reached", also=("无人接听", "拒接", "unanswered")),
    Term("flagged", "需跟进", "To be followed up", also=("异常", "转人工", "follow_up")),
)

#: How often a form is filled in.
FREQUENCIES = _vocabulary(
    Term("twice_daily", "每日两次", "Twice a day", also=("一日两次", "早晚", "每班", "2/day")),
    Term("daily", "每日", "Daily", also=("每天", "日报", "一日一次", "day")),
    Term("weekly", "每周", "Weekly", also=("周报", "每星期", "week")),
    Term("monthly", "每月", "Monthly", also=("月报", "month")),
    Term("quarterly", "每季", "Quarterly", also=("季报", "每季度", "quarter")),
    Term("yearly", "每年", "Yearly", also=("年报", "year")),
    Term("as_needed", "按需", "As needed", also=("随时", "一事一报", "不定期", "每人一次", "once")),
)

#: What a form is about: the same word asks for something else of an enterprise than of a person.
SUBJECTS = _vocabulary(
    Term("person", "人员", "Person", also=("个人", "居民", "人")),
    Term("enterprise", "企业", "Enterprise", also=("单位", "公司", "商户", "法人")),
    Term("place", "场所", "Place", also=("小区", "楼栋", "地点")),
    Term("thing", "物资", "Supplies", also=("物品", "车辆")),
)

# --- events ---------------------------------------------------------------------------------------

#: What kinds of events there are; where each is solved and by when stands in data/events/classes.py.
EVENTS = _vocabulary(
    Term("risk_signal", "风险信号", "Risk signal", "#b8433a", "▲"),
    Term("code_overdue", "应转码未转", "Code overdue", "#d9a93a", "◷"),
    Term("zone_overdue", "应解封未解", "Zone overdue", "#8c4a86", "■"),
    Term("gate_hit", "门禁命中", "Gate hit", "#c2453d", "◧"),
    Term("parking_hit", "停车命中", "Parking hit", "#c08a3e", "◨"),
    Term("home_alarm", "居家隔离告警", "Home-isolation alarm", "#b8433a", "⌂"),
    Term("arrival", "重点人员抵达", "Key person entered", "#5f87a8", "➜"),
    Term("fever", "发热就诊", "Fever", "#d99a3d", "✚"),
    Term("hotline", "热线诉求", "Hotline", "#6b6fb0", "☎"),
    Term("stale_source", "来源中断", "Source stopped", "#8a8a8a", "∅"),
    Term("citizen", "市民上报", "Told by a citizen", "#5f9ea0", "○"),
    Term("grid_worker", "网格员上报", "Told by a grid worker", "#3f9b6d", "●"),
)

#: How far an event is.
STATES_OF_EVENTS = _vocabulary(
    Term("open", "待签收", "Open", "#b8433a", "○"),
    Term("accepted", "已签收", "Accepted", "#d99a3d", "◔"),
    Term("acting", "处置中", "Being acted on", "#5f87a8", "◑"),
    Term("fed_back", "已反馈", "Fed back", "#6b6fb0", "◕"),
    Term("closed", "已办结", "Closed", "#5f9ea0", "●"),
)

#: What happens to an event.
CHANGES_OF_EVENTS = _vocabulary(
    Term("opened", "立案", "Opened", "", "○"),
    Term("accepted", "签收", "Accepted", "", "◔"),
    Term("acting", "到场处置", "Acted on", "", "◑"),
    Term("fed_back", "反馈", "Fed back", "", "◕"),
    Term("closed", "办结", "Closed", "", "●"),
    Term("reopened", "重新立案", "Reopened", "", "↺"),
    Term("handed_over", "转交", "Handed over", "", "➜"),
    Term("escalated", "超时升级", "Escalated", "", "⇑"),
    Term("commented", "留言", "Commented", "", "✎"),
)

#: What an event has a deadline for.
DEADLINES_OF_EVENTS = _vocabulary(
    Term("accept", "签收", "accept"),
    Term("act", "到场", "act"),
    Term("close", "办结", "close"),
)

#: Where the loop of an event is broken: what does not come though its time is over.
BREAKS = _vocabulary(
    Term("unanswered", "无人签收", "Not taken on", "#b8433a", "■"),
    Term("undone", "签收未处置", "Taken on, nothing done", "#c0653e", "▲"),
    Term("silent", "处置未反馈", "Done, not reported back", "#d99a3d", "◆"),
    Term("unclosed", "反馈未办结", "Reported, not closed", "#c08a3e", "◐"),
    Term("returned", "退回后无人签收", "Reopened, not taken on again", "#8c4a86", "↺"),
)

# --- who may do what ------------------------------------------------------------------------------

#: What somebody may do beyond seeing the numbers of their area that are not small.
RIGHTS = _vocabulary(
    Term("tickets", "查看逐条赋码记录", "see single assignments"),
    Term("small_numbers", "查看小数", "see small numbers"),
    Term("export", "导出文件", "take files out"),
    Term("report", "生成报告", "make reports"),
    Term("deliveries", "查看全部来源和入库批次", "see every source and load"),
    Term("decide", "放行或退回扣留的数据", "let held deliveries pass, or return them"),
    Term("users", "管理用户和大屏", "keep users and walls"),
    Term("audit", "查阅审计日志", "read the log"),
    Term("sense", "上报事件", "report events"),
    Term("events", "查看事件", "see events"),
    Term("act", "处置事件", "act on events"),
)

#: Who somebody is to the product; what each may do stands in data/access/roles.py.
ROLES = _vocabulary(
    Term("wall", "大屏", "Wall"),
    Term("official", "干部", "Official"),
    Term("reporter", "信息员", "Reporter"),
    Term("analyst", "分析员", "Analyst"),
    Term("administrator", "管理员", "Administrator"),
    Term("auditor", "审计员", "Auditor"),
)

#: What the log tells of.
ACTIONS = _vocabulary(
    Term("ticket", "查看一条赋码", "Saw one assignment"),
    Term("tickets", "查看赋码清单", "Saw assignments"),
    Term("arrivals", "查看重点人员名单", "Saw who entered"),
    Term("small_numbers", "查看含小数的页面", "Saw small numbers"),
    Term("export", "导出文件", "Took a file out"),
    Term("report", "生成报告", "Made a report"),
    Term("report_file", "取走报告", "Fetched a report"),
    Term("ask", "命令查询", "Asked by command"),
    Term("log_read", "查阅日志", "Read the log"),
    Term("sign_in", "登录", "Signed in"),
    Term("sign_in_failed", "登录失败", "Sign-in failed"),
    Term("sign_out", "退出", "Signed out"),
    Term("locked", "账号锁定", "Account locked"),
    Term("user_added", "新增用户", "User added"),
    Term("user_changed", "变更用户", "User changed"),
    Term("user_disabled", "停用用户", "User disabled"),
    Term("user_enabled", "启用用户", "User enabled"),
    Term("user_unlocked", "解锁用户", "User unlocked"),
    Term("password_changed", "修改密码", "Password changed"),
    Term("password_reset", "重置密码", "Password reset"),
    Term("token_made", "新建令牌", "Token made"),
    Term("token_revoked", "停用令牌", "Token revoked"),
    Term("wall_made", "新建大屏链接", "Wall link made"),
    Term("wall_revoked", "停用大屏链接", "Wall link revoked"),
    Term("event", "查看涉人事件", "Saw an event about a person"),
    Term("event_changed", "处置事件", "Changed an event"),
    Term("events_reported", "上报事件", "Reported events"),
    Term("load", "入库", "Loaded"),
    Term("held_accepted", "放行扣留的数据", "Held delivery let pass"),
    Term("held_refused", "退回扣留的数据", "Held delivery returned"),
    Term("held_undone", "收回对扣留数据的处理", "Decision on a held delivery taken back"),
    Term("rules", "规则变更", "Rules changed"),
    Term("city", "城市文件变更", "City file changed"),
    Term("settings", "设置变更", "Settings changed"),
    Term("store_replaced", "数据库被替换", "Store replaced"),
    Term("backup", "备份", "Backup"),
    Term("restore", "恢复", "Restore"),
    Term("purge", "销毁", "Purge"),
    Term("purge_done", "销毁完成", "Purge done"),
)
