"""What everybody guesses first: words of passwords, rows of keys, years, runs and repetitions."""

from __future__ import annotations

import re

#: Pieces that most guessed passwords are put together from, in lower case.
PIECES = tuple(
    """
    abc abcd admin administrator root user guest test tester demo login passwd password passw0rd p@ssw0rd p@ssword pass
    pwd secret default system sysadmin manager master super superuser server service official reporter analyst auditor
    welcome hello change changeme letmein access open sesame temp temporary public private office work company hospital
    health covid epidemic pandemic virus screen onescreen dashboard wall china beijing shanghai guangzhou shenzhen wuhan
    tianjin chongqing chengdu nanjing hangzhou heihe henan hubei zhongguo shouji mima denglu guanli guanliyuan yonghu
    ceshi jiankang yiqing fangkong jikong zhihui zhongxin gongan weisheng wei jian kang woaini woaiwo aini iloveyou love
    lover loveyou forever baby angel princess prince dragon monkey tiger lion panda horse eagle phoenix shadow
    sunshine moon star summer winter spring autumn monday friday sunday january december michael jordan daniel
    jessica jennifer thomas charlie robert william andrew george joshua matthew anthony wang zhang chen yang zhao huang
    zhou liu xiao ming wei hong gang jun lei qiang computer internet mobile phone google baidu tencent qq wechat weixin
    taobao alipay huawei xiaomi apple samsung microsoft windows linux oracle mysql postgres football soccer baseball
    basketball hockey ninja killer batman superman pokemon starwars matrix cheese chocolate cookie banana orange purple
    yellow green black white silver golden diamond flower rainbow freedom freedoms trustno trust whatever nothing
    something money lucky happy family friend friends mother father sister brother qwer qwert qwerty qwertz azerty asdf
    asdfg asdfgh zxcv zxcvb zxcvbn qaz wsx edc rfv tgb yhn ujm qazwsx wsxedc qweasd asdzxc 1q2w 3e4r 5t6y 7u8i 1qaz 2wsx
    3edc 4rfv 520 521 1314 5201314 147 258 369 159 357 168 888 666 110 119 120
    密码 管理员 用户 登录 疫情 防控 指挥 中心 我爱你 健康 上海 北京 武汉
    """.split()  # noqa: SIM905  (a page of words, not of quotes)
)

_PIECE = re.compile("|".join(re.escape(piece) for piece in sorted(PIECES, key=len, reverse=True)))
_YEAR = re.compile(r"(?:19|20)\d\d")

#: Keys that lie beside each other, and the alphabet.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "0123456789", "abcdefghijklmnopqrstuvwxyz")

#: From this length on neighbours are a run, whichever way.
RUN = 3
_RUNS = {
    part for row in _ROWS for way in (row, row[::-1]) for n in range(len(row)) if len(part := way[n : n + RUN]) == RUN
}


def core(text: str) -> str:
    """What is left of ``text`` (in lower case) once frequent pieces, years, runs and repetitions are taken out."""
    left = _YEAR.sub("", _PIECE.sub("", text))
    starts = [n for n in range(len(left) - RUN + 1) if _is_run(left[n : n + RUN])]
    taken = {n + k for n in starts for k in range(RUN)}
    return _once("".join(char for n, char in enumerate(left) if n not in taken))


def _is_run(part: str) -> bool:
    return part in _RUNS or len(set(part)) == 1


def _once(text: str) -> str:
    """Of a text that is one word said again and again, the word."""
    return text[: (text + text).index(text, 1)] if text else text
