"""The forms that the offices of the demo city hand out: who asks for what, of whom, how often."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.demo.areas import Town
from data.demo.moments import Calendar

HEADINGS = ("表单", "部门", "字段", "频次", "填报层级", "耗时", "填报份数", "纸质", "登记对象", "区域")


@dataclass(frozen=True)
class Sheet:
    """One form. ``each``: copies that a unit of its level fills in each time; ``district``: the number of the only
    district that hands it out."""

    department: str
    form: str
    every: str
    level: str
    minutes: float | None
    each: int
    paper: str
    fields: str
    subject: str = "人员"
    district: int | None = None


_HEALTH, _POLICE, _CIVIL, _TRADE, _DATA, _ROADS = "市卫健委", "市公安局", "市民政局", "市工信局", "市数据局", "市交通局"

SHEETS: tuple[Sheet, ...] = (
    Sheet(_HEALTH, "发热患者登记表", "每日", "街道", 6, 12, "否",
          "序号 患者姓名 身份证号 联系电话 现住址 体温（℃） 是否咳嗽 就诊日期 14天内旅居史 接诊医生"),
    Sheet(_HEALTH, "密切接触者排查表", "每日", "居村", 8, 3, "否",
          "姓名 证件号码 手机号 居住地址（精确到门牌） 关联病例姓名 末次接触日期 首次接触日期 接触方式 "
          "备注"),
    Sheet(_HEALTH, "次密接人员信息表", "每日", "居村", 8, 2, "",
          "姓名 公民身份号码 密接姓名 密切接触者电话 隔离开始日期 隔离结束日期"),
    Sheet(_HEALTH, "疫苗接种情况摸底表", "每周", "居村", 4, 12, "是",
          "姓名 身份证号码 手机 接种剂次 未接种原因"),
    Sheet(_HEALTH, "核酸采样登记表", "每日", "居村", 2, 20, "否",
          "被登记人姓名 居民身份证号码 联系方式 采样日期 采样人员 所属社区"),
    Sheet(_HEALTH, "居民健康监测日报", "每日", "居村", 2, 25, "是",
          "姓名 手机号码 今日体温 有无发热（是/否） 健康状况 现居住地址"),
    Sheet(_POLICE, "入境人员登记表", "按需", "区县", 10, 6, "否",
          "姓名 护照号码 国籍 入境日期 入境口岸 航班号 座位号 目的地"),
    Sheet(_POLICE, "流动人口登记表", "每周", "居村", 7, 8, "是",
          "您的姓名 性别 民族 身份证号 户籍地址 现居住地址 联系电话 户主姓名 户主联系电话 房东电话 "
          "来源地"),
    Sheet(_POLICE, "出租房屋排查表", "每月", "居村", 9, 15, "是",
          "房东姓名 房东电话 租客姓名 租客电话 租客身份证号 门牌号"),
    Sheet(_CIVIL, "小区来访人员登记", "每日两次", "居村", 1, 40, "是",
          "来访人姓名 手机号 体温 车牌号 来访事由 健康码"),
    Sheet(_CIVIL, "返乡人员摸排表", "每日", "居村", 5, 6, "是",
          "返乡人员姓名 手机 身份证号 返程日期 出发地 乘坐的交通工具 紧急联系人 紧急联系人电话 "
          "健康码颜色 核酸检测结果"),
    Sheet(_CIVIL, "居家隔离巡查表", "每日两次", "居村", 3, 4, "是",
          "姓名 上午体温 下午体温 有无发热 监护人姓名 同住人数 签字"),
    Sheet(_CIVIL, "独居老人关爱台账", "每周", "居村", 6, 5, "是",
          "老人姓名 基础疾病 子女电话 网格员"),
    Sheet(_TRADE, "企业复工登记表", "每周", "街道", 15, 20, "否",
          "企业名称 负责人 负责人手机 返岗人数 应到岗人数 统一社会信用代码", "企业"),
    Sheet(_TRADE, "商户防疫检查表", "每周", "街道", 12, 15, "是",
          "单位名称 法人 法定代表人手机 营业状态 统一社会信用代码", "企业"),
    Sheet(_TRADE, "员工健康日报", "每日", "街道", 2, 60, "否",
          "员工姓名 工作单位 手机 今日体温 身体健康状况 核酸检测结果 核酸检测时间"),
    Sheet(_DATA, "健康码申诉登记", "按需", "区县", None, 5, "否",
          "真实姓名 有效证件号码 手机号码（11位） 健康码状态 申诉事由"),
    Sheet(_DATA, "外呼核查结果表", "每日", "街道", 2, 30, "否",
          "名字 本人联系方式 接通情况 居住地 到达本市日期 14日内旅居史"),
    Sheet(_DATA, "来市人员线上登记", "每日", "街道", 4, 25, "否",
          "姓名 身份证件号码 手机号码 来自何地 抵达日期 车次航班 居住地址 健康码 核酸结果"),
    Sheet(_ROADS, "车站到达旅客登记", "每日", "区县", 3, 120, "是",
          "姓名 联系电话 身份证号 车次 座位号 来源地 目的地 体温"),
    Sheet("区指挥部", "密接排查补充表", "每日", "居村", 6, 3, "是",
          "姓名 身份证号 手机号 现住址 密接类型 末次接触日期", district=0),
    Sheet("区指挥部", "重点人员日报", "每日", "居村", 5, 4, "",
          "姓名 联系电话 现住址 来源地 返程日期 核酸结果 网格员", district=0),
)  # fmt: skip


def write_forms(town: Town, calendar: Calendar, folder: Path) -> None:
    """CSV, once."""
    folder.mkdir(parents=True)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADINGS, *(row for sheet in SHEETS for row in _rows(town, sheet))])
    (folder / f"forms_{calendar.moment(-2, 15, 0)}.csv").write_bytes(text.getvalue().encode("gb18030"))


def _rows(town: Town, sheet: Sheet) -> Iterator[tuple[Any, ...]]:
    where = "" if sheet.district is None else town.districts.names[sheet.district].zh
    minutes = "" if sheet.minutes is None else f"{sheet.minutes:g}"
    for field in sheet.fields.split():
        yield (sheet.form, sheet.department, field, sheet.every, sheet.level, minutes, sheet.each * _units(town, sheet),
               sheet.paper, sheet.subject, where)  # fmt: skip


def _units(town: Town, sheet: Sheet) -> int:
    """Units of its level in the city, or in the district."""
    street = town.streets.parent
    own = {"区县": list(range(len(town.districts))), "街道": street.tolist(),
           "居村": street[town.communities.parent].tolist()}[sheet.level]  # fmt: skip
    return len(own) if sheet.district is None else own.count(sheet.district)


def headings() -> dict[str, str]:
    """Field -> heading."""
    fields = ("form", "department", "field", "every", "level", "minutes", "people", "paper", "subject", "area")
    return dict(zip(fields, HEADINGS, strict=True))
