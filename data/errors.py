"""Every error of the product, and the reject.

The tree (a class is its docstring's first line; each carries its values as attributes)::

    OneScreenError
    ├── InputError                   somebody's file or words are wrong, and they can mend them
    │   ├── CityFileError            city.toml says something that cannot be
    │   ├── FileError                one delivered file cannot be taken at all
    │   │   ├── UnreadableFile       not the format it claims to be
    │   │   ├── WrongEncoding        bytes that the declared encoding does not know
    │   │   ├── MissingColumns       headings that the source needs are absent
    │   │   ├── PersonalData         names, identity or phone numbers in the file
    │   │   ├── FileTooLarge         more bytes or cells than the limit
    │   │   ├── TooManyRejects       more bad rows than the set share
    │   │   ├── FileChanged          somebody still wrote to it while it was read
    │   │   ├── FileFailed           it made the program itself fail
    │   │   ├── AlreadyLoaded        this very file was loaded before
    │   │   ├── HeldBack             odd beyond reason: somebody is asked before it is loaded
    │   │   └── Returned             it was held back, and somebody returned it
    │   ├── WallFileError            wall.toml says something that cannot be
    │   ├── ReportFileError          reports.toml says something that cannot be
    │   ├── RuleFileError            a rule pack says something that cannot be
    │   ├── TemplateFileError        a report's template lacks what the writer needs
    │   ├── BackupError              a backup that is not whole, or has nowhere to go
    │   ├── CRSError                 coordinates without a declared, known, single CRS
    │   ├── PasswordError            a password that may not be chosen
    │   ├── UserError                a user, or a program's token, that cannot be so
    │   ├── WallError                a link of a wall that cannot be so
    │   ├── ReportRefused            a report of an event that cannot be taken
    │   ├── ChannelsFileError        channels.toml says something that cannot be
    │   └── BadQuestion              a question whose parts do not fit together
    ├── EventStateError              the event is past that step, or not there yet
    ├── HeldDecided                  somebody decided on a held delivery before
    ├── SignInError                  nobody is signed in, or the words do not fit
    │   ├── SignInRefused            login and password do not fit, or may not be used
    │   └── SignInLocked             too many wrong passwords in a row
    ├── Forbidden                    the role does not hold the right
    │   └── Withheld                 numbers of people that are small, or would tell small ones
    ├── NotFound                     a name or code that this city does not have
    │   ├── HeldNotFound             no delivery of this name is held back
    │   ├── AreaNotFound
    │   ├── MeasureNotFound
    │   ├── LayerNotFound            no layer, collection or feature
    │   ├── JobNotFound              no such job, or its files are gone
    │   ├── LoadNotFound
    │   ├── TicketNotFound           no code day lists this assignment
    │   ├── UserNotFound             nobody has this login, no token this number
    │   ├── EventNotFound            no event, or no evidence of one, has this number
    │   └── WallNotFound             no wall has this link or number
    └── StoreError                   the home or its database cannot serve
        ├── HomeNotFound
        ├── NothingLoaded
        ├── SettingsError
        ├── StoreOutdated
        ├── StoreBusy
        │   └── StoreCrowded         more questions at once than it can bear
        ├── StoreFull                the disk has no room
        ├── StoreLost                the database went away
        ├── StoreReplaced            another file lies in the place of the database
        └── FontsMissing             the machine has no font that a report could be set in

A bad *row* is no exception: it is a reject (:mod:`data.rejects`), stored, listed and sent back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from data.rejects import Reject
from data.words import Both, Lang, quote

#: An error may list what there is instead: room for every measure's name.
MESSAGE_CHARS = 800


def _said(value: object, lang: Lang) -> str:
    if isinstance(value, Both):
        return quote(value.zh if lang == "zh" else value.en, MESSAGE_CHARS)
    return quote(value, MESSAGE_CHARS)


class OneScreenError(Exception):
    """Base of all errors that the product raises on purpose.

    A subclass declares ``zh`` and ``en``, templates over its keyword arguments.
    """

    zh: ClassVar[str] = "出错了：{detail}"
    en: ClassVar[str] = "something failed: {detail}"

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.say("en"))

    def __getattr__(self, name: str) -> Any:
        values: dict[str, Any] = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        raise AttributeError(name)

    def __reduce__(self) -> Any:
        return (_revive, (type(self), self.values))

    def say(self, lang: Lang) -> str:
        """The message in the reader's language."""
        template = self.zh if lang == "zh" else self.en
        return template.format(**{key: _said(value, lang) for key, value in self.values.items()})


def _revive(kind: type[OneScreenError], values: dict[str, Any]) -> OneScreenError:
    return kind(**values)


class InputError(OneScreenError):
    """Somebody's file or words are wrong, and they can mend them."""


class CityFileError(InputError):
    """city.toml says something that cannot be."""

    zh = "城市文件 {file} 的 {where} 有误：{detail}"
    en = "city file {file}, {where}: {detail}"


class WallFileError(InputError):
    """wall.toml says something that cannot be."""

    zh = "大屏设置 {file} 的 {where} 有误：{detail}"
    en = "the wall's settings {file}, {where}: {detail}"


class ReportFileError(InputError):
    """reports.toml says something that cannot be."""

    zh = "报告计划 {file} 的 {where} 有误：{detail}"
    en = "the schedule of reports {file}, {where}: {detail}"


class RuleFileError(InputError):
    """A rule pack says something that cannot be."""

    zh = "规则包 {file} 的 {where} 有误：{detail}"
    en = "rule pack {file}, {where}: {detail}"


class TemplateFileError(InputError):
    """A report's template lacks what the writer needs."""

    zh = "报告模板 {file} 不可用：{detail}。可用 onescreen reports template 导出原样模板后再改。"
    en = "report template {file} cannot be used: {detail}. Start again from onescreen reports template."


class FileError(InputError):
    """One delivered file cannot be taken at all."""

    zh = "文件 {file} 无法接收：{detail}"
    en = "file {file} cannot be taken: {detail}"


class UnreadableFile(FileError):
    """A file that is not the format it claims to be."""

    zh = "文件 {file} 不是可读的 {format}：{detail}。请重新导出后再送。"
    en = "file {file} is not readable {format}: {detail}. Export it again and resend."


class WrongEncoding(FileError):
    """Bytes that the declared encoding does not know."""

    zh = "文件 {file} 不是 {encoding} 编码。请在城市文件中声明 encoding，或另存为 UTF-8。"
    en = "file {file} is not {encoding}. Declare its encoding in the city file, or save it as UTF-8."


class MissingColumns(FileError):
    """Headings that the source needs are absent."""

    zh = "文件 {file} 缺少列：{columns}。现有列：{found}。请在城市文件的 columns 中对应列名。"
    en = "file {file} lacks columns {columns}; it has {found}. Map them under columns in the city file."


class PersonalData(FileError):
    """Names, identity or phone numbers in the file."""

    zh = "文件 {file} 的列 {column} 含个人信息（{what}），已拒收，未保存任何内容。请删除该列后再送。"
    en = "file {file}, column {column}: personal data ({what}); refused, nothing was kept. Remove it and resend."


class FileTooLarge(FileError):
    """More bytes or cells than the limit."""

    zh = "文件 {file} 过大：{size}，上限 {limit}。请拆分后再送。"
    en = "file {file} is too large: {size}, the limit is {limit}. Split it and resend."


class TooManyRejects(FileError):
    """More bad rows than the set share; ``rejects`` are they, or the first of them."""

    rejects: Sequence[Reject] = ()

    zh = "文件 {file} 有 {rejected} / {rows} 行有误，超过允许的 {share}，整份退回。首个问题：{first}"
    en = "file {file}: {rejected} of {rows} rows are bad, more than the allowed {share}; returned whole. First: {first}"


class FileChanged(FileError):
    """Somebody still wrote to it while it was read."""

    zh = "文件 {file} 在读取时仍有改动，没有装入。请在写完之后再送。"
    en = "file {file} was still being written while it was read; nothing was loaded. Send it once it is complete."


class FileFailed(FileError):
    """It made the program itself fail: a fault of ours, and no file behind it shall wait for it."""

    zh = "文件 {file} 使程序出错（{detail}），没有装入。这不是送件人的错：请把文件和日志交给维护人员。"
    en = "file {file} made the program fail ({detail}); nothing was loaded. Not the sender's fault: tell your operator."


class AlreadyLoaded(FileError):
    """This very file was loaded before."""

    zh = "文件 {file} 已作为第 {load} 批装入，不再重复装入。"
    en = "file {file} was loaded before, as load {load}; it is not loaded twice."


class HeldBack(FileError):
    """A delivery that is odd beyond reason: nothing of it was loaded until somebody decides; ``faults`` say what."""

    faults: Sequence[Any] = ()

    zh = "文件 {file} 有可疑之处，已扣留，未装入：{detail}。核实无误后可放行，否则退回。"
    en = "file {file} is held back, nothing of it was loaded: {detail}. Let it pass once it is verified, or return it."


class Returned(FileError):
    """A delivery that was held back, then returned; ``detail``: what was odd, who returned it and why."""

    zh = "文件 {file} 核实后退回，未装入：{detail}。请改正后用新的文件名重送。"
    en = "file {file} was returned, nothing of it was loaded: {detail}. Mend it and deliver it under a new name."


class CRSError(InputError):
    """Coordinates without a declared, known, single CRS."""

    zh = "坐标系有误（{where}）：{detail}。请在城市文件中写明 crs，例如 GCJ-02 或 EPSG:4490。"
    en = "coordinate system, {where}: {detail}. State crs in the city file, for instance GCJ-02 or EPSG:4490."


class BackupError(InputError):
    """A backup that is not whole, or has nowhere to go."""

    zh = "备份 {file}：{detail}"
    en = "backup {file}: {detail}"


class PasswordError(InputError):
    """A password that may not be chosen."""

    zh = "这个密码不能用：{detail}。"
    en = "this password cannot be used: {detail}."


class UserError(InputError):
    """A user, or a program's token, that cannot be so."""

    zh = "用户 {login}：{detail}"
    en = "user {login}: {detail}"


class WallError(InputError):
    """A link of a wall that cannot be so."""

    zh = "大屏链接：{detail}"
    en = "link of a wall: {detail}"


class ReportRefused(InputError):
    """A report of an event, or words about one, that cannot be taken."""

    zh = "上报“{key}”未接收：{detail}"
    en = "report {key} was not taken: {detail}"


class ChannelsFileError(InputError):
    """channels.toml says something that cannot be."""

    zh = "通知渠道 {file} 的 {where} 有误：{detail}"
    en = "the channels {file}, {where}: {detail}"


class BadQuestion(InputError):
    """A question whose parts do not fit together."""

    zh = "这个问题问不了：{detail}"
    en = "this cannot be asked: {detail}"


class EventStateError(OneScreenError):
    """The event is past that step, or not there yet: somebody else was quicker, or it is not done in this order."""

    zh = "事件 {event} 现为“{state}”：{detail}"
    en = "event {event} is {state}: {detail}"


class HeldDecided(OneScreenError):
    """Somebody decided on a held delivery before, or took it back: what is so now has to be looked at."""

    zh = "“{name}”刚刚已有人处理，请看现在的状态"
    en = "somebody was quicker with {name}: see how it stands now"


class SignInError(OneScreenError):
    """Nobody is signed in, or the words do not fit."""

    zh = "请先登录：{detail}"
    en = "sign in first: {detail}"


class SignInRefused(SignInError):
    """Login and password do not fit, or may not be used: which of them is not told."""

    zh = "登录名或密码不对，或账号不可用。连续输错五次将锁定一刻钟；忘记密码请找本单位管理员。"
    en = (
        "login and password do not fit, or the account cannot be used. Five wrong ones in a row lock it for a quarter"
        " of an hour; if it is forgotten, ask your administrator."
    )


class SignInLocked(SignInError):
    """Too many wrong passwords in a row."""

    zh = "密码连续输错，已锁定，请 {minutes} 分钟后再试，或请管理员解锁。"
    en = "locked after too many wrong passwords in a row: try again in {minutes} minutes, or ask your administrator."


class Forbidden(OneScreenError):
    """The role does not hold the right."""

    zh = "您的角色不能{right}。如工作需要，请联系本单位管理员。"
    en = "your role may not {right}. If your work needs it, ask your administrator."


class Withheld(Forbidden):
    """Numbers of people that are small, or would tell small ones."""

    zh = "{what}：不显示。其中有人数很少的数，或可由它们推出这样的数；隐去不等于零。如工作需要，请联系本单位管理员。"
    en = (
        "{what}: not shown. Some of these numbers of people are small, or would give small ones away; hidden is not "
        "nought. If your work needs them, ask your administrator."
    )


class NotFound(OneScreenError):
    """A name or code that this city does not have."""

    zh = "没有找到 {what}"
    en = "{what} was not found"


class HeldNotFound(NotFound):
    """No delivery of this name is held back."""

    zh = "没有扣留名为“{name}”的文件。可用 onescreen held list 查看。"
    en = "no delivery called {name} is held back; see onescreen held list."


class AreaNotFound(NotFound):
    """No area has this code or name."""

    zh = "没有名称或代码为“{area}”的区域。{hint}"
    en = "no area has the code or name {area}. {hint}"


class TicketNotFound(NotFound):
    """No code day lists this assignment."""

    zh = "没有编号为“{ticket}”的赋码记录：可能已经转码，或不在所辖范围"
    en = "no assignment has the number {ticket}: it was turned, or lies outside of what may be seen"


class MeasureNotFound(NotFound):
    """No measure has this name."""

    zh = "没有名为“{measure}”的指标。可用：{known}"
    en = "no measure is called {measure}. There are: {known}"


class LayerNotFound(NotFound):
    """No layer, collection or feature has this name."""

    zh = "没有“{layer}”。可用：{known}"
    en = "there is no {layer}. There are: {known}"


class JobNotFound(NotFound):
    """No job has this number, or it was so long ago that its files are gone."""

    zh = "没有编号为“{job}”的任务，或已过期，请重新提交"
    en = "no job has the number {job}, or its files are gone: order it anew"


class LoadNotFound(NotFound):
    """No load has this number."""

    zh = "没有第 {load} 号入库批次"
    en = "there is no load {load}"


class UserNotFound(NotFound):
    """Nobody has this login, or no token has this number."""

    zh = "没有用户或令牌“{user}”"
    en = "there is no user or token {user}"


class EventNotFound(NotFound):
    """No event, or no evidence of one, has this number."""

    zh = "没有编号为“{event}”的事件，或不在所辖范围"
    en = "no event has the number {event}, or it lies outside of what may be seen"


class WallNotFound(NotFound):
    """No wall has this link or number, or its link was revoked, or is bound to another address."""

    zh = "没有这个大屏链接，或已停用（{wall}）"
    en = "no such wall link, or it was revoked ({wall})"


class StoreError(OneScreenError):
    """The home or its database cannot serve."""

    zh = "数据库不可用：{detail}"
    en = "the database cannot serve: {detail}"


class NothingLoaded(StoreError):
    """A store without a city in it yet."""

    zh = "还没有装入城市。请先运行 onescreen build 城市文件。"
    en = "no city has been loaded yet. Run onescreen build CITY.toml first."


class HomeNotFound(StoreError):
    """A folder that is no home."""

    zh = "{home} 不是 OneScreen 的数据目录。请先运行 onescreen build 或 onescreen demo。"
    en = "{home} is no OneScreen home. Run onescreen build or onescreen demo first."


class SettingsError(StoreError):
    """settings.toml or the environment says something that cannot be."""

    zh = "数据目录 {home} 的设置 {where} 有误：{detail}"
    en = "the settings of {home}, {where}: {detail}"


class StoreOutdated(StoreError):
    """A database made by another release."""

    zh = "数据库版本为 {found}，本程序需要 {wanted}。请先备份，再运行 onescreen init --upgrade。"
    en = "the database is at revision {found}, this release needs {wanted}. Back up, then run onescreen init --upgrade."


class StoreBusy(StoreError):
    """Another loader holds the store."""

    zh = "另一个入库进程正在写入，请稍后重试。"
    en = "another loader is writing; try again shortly."


class StoreCrowded(StoreBusy):
    """More questions at once than the database, or this program's connections to it, can bear."""

    zh = "数据库正忙，请稍后重试。"
    en = "the database is busy; try again shortly."


class StoreFull(StoreError):
    """The disk has no room."""

    zh = "磁盘已满，没有写入任何内容，原有数据完好。请腾出空间后重试。"
    en = "the disk is full: nothing was written, what was there is whole. Make room, then try again."


class StoreLost(StoreError):
    """The database went away."""

    zh = "与数据库的连接中断，未完成的内容没有写入。数据库恢复后重试即可。（{detail}）"
    en = "the database went away: what was not finished was not written. Try again when it is back. ({detail})"


class StoreReplaced(StoreError):
    """Another file lies in the place of the database than when the program began, or none does."""

    zh = "数据库文件 {file} 在运行中被替换或移走，程序已停止读写。请重新启动服务。"
    en = "the database file {file} was replaced or taken away while in use; nothing more is read or written. Restart."


class FontsMissing(StoreError):
    """The machine has no font that a report could be set in."""

    zh = "本机没有中文字体，无法制作报告。请安装字体，例如在 Debian 上：apt install fonts-noto-cjk，然后重试。"
    en = "no Chinese font is installed, so no report can be set. Install one (Debian: fonts-noto-cjk), then retry."
