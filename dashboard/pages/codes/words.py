"""The words of the pages of codes: key -> (zh, en)."""

from __future__ import annotations

from dashboard.pages.page import Words

WORDS: Words = {
    "overdue": ("应转未转", "Overdue"),
    "overdue_about": (
        "期限已满、条件齐备，码还没有转。一条是一个人在一个码系统里的一次赋码。",
        "Clock ended, every condition met, and the code still stands. One is one assignment in one code system.",
    ),
    "items": ("条", "assignments"),
    "people": ("人", "people"),
    "stuck_of": ("其中超期 20 天以上 {n}", "{n} of them for more than 20 days"),
    "purged": (
        "本日的逐条赋码记录已依第 {n} 号证书销毁，只保留汇总数；依据核查、临近事项由逐条记录得出，因此未报。",
        (
            "The single assignments of this day were destroyed under certificate {n}; the sums stay. "
            "Grounds and harms were read off them and are not known any more."
        ),
    ),
    "near": ("临近就医、考试、出行", "Near a harm"),
    "near_short": ("临近", "Near"),
    "near_about": ("七天内就要就医、考试或出行的应转未转", "Overdue, with treatment, an exam or a trip within 7 days"),
    "waiting": ("期满待检", "Proof missing"),
    "waiting_about": ("期限已满，差一次阴性检测", "The clock has ended, a negative test is missing"),
    "conflict": ("多码不一致", "Systems disagree"),
    "oldest": ("最久 {n} 天", "the oldest for {n} days"),
    "blocked": ("仅一码受阻", "Blocked by one"),
    "colours": ("各系统码色", "Colours by system"),
    "colours_about": (
        "逐条赋码台账里的人；只报总数、没有逐条上报的不在其中。",
        "The people of the ledgers of assignments; those only reported as totals are not among them.",
    ),
    "ages": ("应转未转，按超期天数", "Overdue, by days over"),
    "owners": ("谁能改", "Who can mend it"),
    "owners_about": (
        "赋码单位有纠错权的归赋码单位；否则归系统纠错单位；都没有的由所在区兜底。",
        "The assigning authority where it may correct; else the system's corrector; else the district.",
    ),
    "owner": ("责任单位", "Owner"),
    "basis_assigner": ("赋码单位", "assigned it"),
    "basis_system": ("系统纠错单位", "corrects the system"),
    "basis_district": ("区兜底", "district, as fallback"),
    "basis_city": ("市兜底", "city, as fallback"),
    "first": ("先办这几条", "First of all"),
    "first_about": ("损失日期最近的在前，其后按超期长短。", "Nearest day of harm first, then the longest overdue."),
    "all": ("全部 {n} 条待办", "All {n} to be looked at"),
    "person": ("何处 · 何码", "Where · which code"),
    "why": ("问题", "What is wrong"),
    "over": ("超期", "Days over"),
    "days": ("{n} 天", "{n} d"),
    "harm": ("会误什么", "At stake"),
    "conflicts": ("一人多码：三个系统怎么不一致", "One person, three systems"),
    "conflicts_two": ("一人多码", "One person, several systems"),
    "conflicts_about": (
        "每一格是一种组合的人数；框线格为三码一致，颜色越深人越多。",
        "Each cell counts the people of one combination; outlined cells agree; the darker, the more people.",
    ),
    "repeats": (
        "台账中有 {n} 行重复（同一人、同一系统、同一天），各取最严的一行。",
        "{n} rows of the ledger say a person's code in one system once more; the strictest counts.",
    ),
    "apart": (
        "各系统分开上报，无法按人比对：有多少人多码不一致，未知，不是零。",
        "The systems come in ledgers apart, so persons cannot be compared: how many disagree is unknown, not nought.",
    ),
    "blocked_key": ("⊣ 其余系统均为绿码，仅被一个系统拦住", "⊣ kept from green by one system alone"),
    "unknown_key": ("另有 {n} 人并非每个系统都有码。", "{n} more people have no code in one of the systems."),
    "shows": ("{system}为", "{system}:"),
    "blocked_by": ("仅被这一个系统拦住", "Blocked by this system alone"),
    "origin": ("来路存疑", "Doubtful grounds"),
    "origin_about": (
        "没有来源、依据过期（或晚于赋码）、规则未生效（或与码色不符）、无权赋码、从未涉险，以及成批赋码。",
        "No source row, evidence old or later than the code, a rule not in force, no right, never exposed, batches.",
    ),
    "doubt": ("疑点", "Doubt"),
    "n": ("条数", "Count"),
    "bursts": ("成批赋码", "Batches"),
    "bursts_about": (
        "同一天、同一单位给同一类人赋码，这一类并非健康属性，且多数没有依据。",
        "One authority, one day, one attribute that is no matter of health, most without evidence.",
    ),
    "group": ("共同属性", "Shared attribute"),
    "without": ("无依据", "No evidence"),
    "rates": ("赋码与解码", "Assigning against clearing"),
    "rates_about": (
        "近 {n} 天，各单位赋出与解除的红黄码。",
        "Red and yellow codes given and lifted in the last {n} days.",
    ),
    "authority": ("赋码单位", "Authority"),
    "open": ("现有", "Open"),
    "assigned": ("赋码", "Assigned"),
    "cleared": ("解码", "Cleared"),
    "ratio": ("解/赋", "Cleared per assigned"),
    "not_stated": ("未注明", "Not stated"),
    "below": ("下辖{level}", "Inside: {level}"),
    "no_finer": ("未落到更细区域", "Known no finer"),
    "late": ("应转未转", "Overdue"),
    "stuck": ("20天以上", "Over 20 days"),
    "none": (
        "还没有收到赋码台账，无法说明任何一个码是否该转。接入“赋码台账”后这里会列出应转未转、多码不一致与来路存疑的记录。",
        (
            "No ledger of assignments has come yet: nothing can be said about any code. With one, this page lists "
            "what is overdue, where systems disagree, and which codes have doubtful grounds."
        ),
    ),
    "none_that_day": (
        "{day} 没有收到赋码台账：这一天的数未知，不是零。",
        "No ledger of assignments came for {day}: its numbers are unknown, not nought.",
    ),
    "to_last": ("看 {day}", "See {day}"),
    "nothing_open": ("没有需要处理的赋码。", "Nothing needs to be looked at."),
    "no_bursts": ("没有发现成批异常。", "No suspicious batch was found."),
    "no_owners": ("没有应转未转的码。", "No code is overdue."),
}
