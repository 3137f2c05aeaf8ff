"""Seventeen forms that one street fills in, with what each field asks for planted beside its wording.

A form is (department, form, subject, how often, level, minutes, people, on paper) and its fields, each with the thing
that it asks for; fields of one thing belong together, no others do. "" is furniture. The traps: other people's names,
other directions, other days of one course, near words.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.burden import Item


@dataclass(frozen=True)
class Sheet:
    """One form; ``fields``: wording -> the thing it asks for."""

    department: str
    form: str
    subject: str
    every: str
    level: str
    minutes: float | None
    people: float | None
    paper: bool | None
    fields: dict[str, str]

    def items(self) -> list[Item]:
        """As an inventory states it."""
        return [
            Item(self.form, self.department, field, self.every, self.level, self.minutes, self.people, self.paper,
                 self.subject)
            for field in self.fields
        ]  # fmt: skip


HEALTH, POLICE, CIVIL, TRADE, BIG, TRAFFIC = "卫健委", "公安局", "民政局", "工信局", "大数据局", "交通局"

SHEETS: tuple[Sheet, ...] = (
    Sheet(HEALTH, "发热患者登记表", "person", "daily", "street", 6, 12, False, {
        "序号": "", "患者姓名": "name", "身份证号": "id", "联系电话": "phone", "现住址": "home", "体温（℃）": "temperature",
        "是否咳嗽": "cough", "就诊日期": "visit_day", "14天内旅居史": "travel14", "接诊医生": "doctor"}),
    Sheet(HEALTH, "密切接触者排查表", "person", "daily", "community", 8, 40, False, {
        "姓名": "name", "证件号码": "id", "手机号": "phone", "居住地址（精确到门牌）": "home", "关联病例姓名": "case_name",
        "末次接触日期": "last_contact", "首次接触日期": "first_contact", "接触方式": "contact_way", "备注": ""}),
    Sheet(HEALTH, "次密接人员信息表", "person", "daily", "community", 8, 30, None, {
        "姓名": "name", "公民身份号码": "id", "密接姓名": "close_name", "密切接触者电话": "close_phone",
        "隔离开始日期": "isolation_from", "隔离结束日期": "isolation_to"}),
    Sheet(HEALTH, "疫苗接种情况摸底表", "person", "weekly", "community", 4, 60, True, {
        "姓名": "name", "身份证号码": "id", "接种剂次": "dose", "疫苗第一针接种日期": "dose1", "疫苗第二针接种日期": "dose2",
        "未接种原因": "no_dose"}),
    Sheet(HEALTH, "核酸采样登记表", "person", "daily", "community", 2, 80, False, {
        "被登记人姓名": "name", "居民身份证号码": "id", "联系方式": "phone", "采样日期": "sample_day", "采样人员": "sampler",
        "所属社区": "community"}),
    Sheet(POLICE, "入境人员登记表", "person", "as_needed", "district", 10, 6, False, {
        "姓名": "name", "护照号码": "passport", "国籍": "nation", "入境日期": "entry_day", "入境口岸": "entry_port",
        "航班号": "flight", "座位号": "seat", "目的地": "goal"}),
    Sheet(POLICE, "离境人员登记表", "person", "as_needed", "district", 10, 3, False, {
        "姓名": "name", "护照号": "passport", "离境日期": "exit_day", "离境口岸": "exit_port", "航班": "flight"}),
    Sheet(POLICE, "流动人口登记表", "person", "weekly", "community", 7, 50, True, {
        "您的姓名": "name", "性别": "sex", "民族": "people", "户籍地址": "registered", "现居住地址": "home",
        "户主姓名": "head_name", "户主联系电话": "head_phone", "房东电话": "owner_phone", "来源地": "origin", "居住证办理状态": "permit"}),
    Sheet(CIVIL, "小区来访人员登记", "place", "twice_daily", "community", 1, 160, True, {
        "小区名称": "compound", "值守人员": "guard", "出入口数量": "gates"}),
    Sheet(CIVIL, "返乡人员摸排表", "person", "daily", "community", 5, 90, True, {
        "返乡人员姓名": "name", "手机": "phone", "返程日期": "return_day", "出发地": "origin", "乘坐的交通工具": "transport",
        "紧急联系人": "urgent_name", "紧急联系人电话": "urgent_phone", "健康码颜色": "code",
        "居住证的办理状况": "permit", "14日内旅居史": "travel14"}),
    Sheet(CIVIL, "居家隔离巡查表", "person", "twice_daily", "community", 3, 45, True, {
        "姓名": "name", "上午体温": "morning", "下午体温": "afternoon", "有无发热（是/否）": "fever", "监护人姓名": "guardian",
        "同住人数": "cohabitants", "隔离开始日": "isolation_from", "隔离地点": "isolation_place", "签字": ""}),
    Sheet(CIVIL, "独居老人关爱台账", "person", "weekly", "community", 6, 40, True, {
        "老人姓名": "elder", "基础疾病": "chronic", "子女电话": "child_phone", "网格员": "grid_worker"}),
    Sheet(TRADE, "企业复工登记表", "enterprise", "weekly", "street", 15, 20, False, {
        "企业名称": "firm", "负责人": "boss_name", "负责人手机": "boss_phone", "返岗人数": "back", "应到岗人数": "due",
        "统一社会信用代码": "credit"}),
    Sheet(TRADE, "员工健康日报", "person", "daily", "community", 2, 300, False, {
        "员工姓名": "name", "工作单位": "unit", "今日体温": "temperature", "是否有发热症状": "fever_symptom",
        "身体健康状况": "health", "核酸检测结果": "test_result", "核酸检测时间": "test_day"}),
    Sheet(BIG, "健康码申诉登记", "person", "as_needed", "district", None, 5, False, {
        "真实姓名": "name", "有效证件号码": "id", "手机号码（11位）": "phone", "健康码状态": "code", "申诉事由": "appeal",
        "最近一次核酸检测时间": "last_test"}),
    Sheet(BIG, "外呼核查结果表", "person", "daily", "street", 2, 35, False, {
        "名字": "name", "本人联系方式": "phone", "接通情况": "reached", "到达本市日期": "arrival_day",
        "同行人员姓名": "fellow_name", "居住地": "home"}),
    Sheet(TRAFFIC, "来市车辆人员登记", "person", "daily", "district", 3, 25, True, {
        "姓  名": "name", "车牌号": "plate", "司机电话": "driver_phone", "离开本市日期": "leave_day", "来自何地": "origin",
        "前往地址": "goal_address", "填表人": "", "体温": "temperature"}),
)  # fmt: skip

THINGS = {(sheet.form, field): thing for sheet in SHEETS for field, thing in sheet.fields.items()}


def inventory() -> list[Item]:
    """All seventeen."""
    return [item for sheet in SHEETS for item in sheet.items()]
