"""The words of sign-in, account and users: key -> (zh, en)."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # what keeps somebody out
    "signed_out": ("未登录，或登录已到期。", "Nobody is signed in, or the session has ended."),
    "password_first": ("请先设定新密码。", "Choose a new password first."),
    "forged": (
        "这个请求不像是从本页发出的，未执行。请刷新页面后再试。",
        "This request does not seem to come from this page and was not carried out. Reload the page and try again.",
    ),
    "away": (
        "数据库暂时不可用，恢复后本页自动打开。",
        "The database cannot be reached just now. This page will open by itself.",
    ),
    "too_often": (
        "请求过于频繁，请稍候再试。您的数据没有受影响。",
        "Too many requests at once. Wait a little and try again; nothing was lost.",
    ),
    "to_start": ("回到首页", "To the first page"),
    "try_again": ("再试一次", "Try again"),
    "session_over": ("登录已到期，所见仍在。", "The session has ended; what you see stays."),
    # signing in
    "sign_in": ("登录", "Sign in"),
    "login": ("登录名", "Login"),
    "password": ("密码", "Password"),
    "with_provider": ("用单位统一账号登录", "Sign in with your organisation's account"),
    "or": ("或", "or"),
    "sign_in_about": (
        "每次登录、查看个人记录和导出都记入日志。",
        "Signing in, looking at single records and taking files out are kept in a log.",
    ),
    "after_ended": ("登录已到期。登录后回到刚才的页面。", "The session has ended. You come back to where you were."),
    "signed_out_now": ("已退出。", "You are signed out."),
    "sign_in_again": ("重新登录", "Sign in again"),
    "form_old": ("页面打开得太久，请再登录一次。", "This page was open for long. Sign in once more."),
    "many_sign_ins": (
        "这里的登录尝试过多，请 {minutes} 分钟后再试。",
        "Too many attempts to sign in from here. Try again in {minutes} min.",
    ),
    # password
    "new_password": ("设定新密码", "Choose a new password"),
    "password_due": (
        "首次登录或密码已到期，请设定自己的密码。",
        "This is your first signing-in, or the password is due: choose one of your own.",
    ),
    "password_old": ("现在的密码", "Present password"),
    "password_new": ("新密码", "New password"),
    "password_twice": ("再输一遍", "Once more"),
    "password_rule": (
        "至少 12 个字符，几个词连成的长句最好记。不能含登录名，不能只由常用词和年份组成，也不能用最近五次用过的。",
        (
            "At least 12 characters; a sentence of a few words is easiest to remember. Without the login, more than"
            " frequent words and years, none of your last five."
        ),
    ),
    "password_differ": ("两次输入不一致。", "The two do not agree."),
    "password_done": ("密码已更换，其他设备已退出。", "The password is changed; other devices are signed out."),
    "save": ("保存", "Save"),
    # account
    "account": ("我的账号", "My account"),
    "queue": ("我的待办", "My queue"),
    "sign_out": ("退出", "Sign out"),
    "role": ("角色", "Role"),
    "roles_may": ("各角色可做什么", "What each role may do"),
    "area": ("区域", "Area"),
    "whole_city": ("全市", "Whole city"),
    "whole_province": ("全省", "Whole province"),
    "whole_country": ("全国", "Whole country"),
    "may": ("权限", "Rights"),
    "may_only": ("查看本区域的数字，小数隐去", "see the numbers of the area; small ones are hidden"),
    "provider_account": (
        "统一身份账号，密码在那里更换。",
        "An account of the identity provider; its password is changed there.",
    ),
    "sessions": ("已登录的设备", "Signed-in devices"),
    "this_one": ("本机", "this one"),
    "since": ("登录", "Since"),
    "last_seen": ("最近使用", "Last used"),
    "address": ("地址", "Address"),
    "end": ("退出此设备", "Sign out"),
    "end_others": ("退出其他设备", "Sign out all others"),
    "tokens": ("程序令牌", "Tokens of programs"),
    "tokens_about": (
        "程序用令牌代您查询接口：请求头 Authorization: Bearer …。权限与您相同，停用即失效。",
        (
            "With a token a program asks the API in your name, by the header “Authorization: Bearer …”. It has your"
            " rights, until it is revoked."
        ),
    ),
    "token_name": ("用途", "What for"),
    "token_days": ("有效天数", "Days"),
    "token_new": ("新建令牌", "New token"),
    "token_shown": ("令牌只显示这一次，请立即保存：", "The token is shown this once; keep it now:"),
    "expires": ("到期", "Expires"),
    "expired": ("已到期", "expired"),
    "revoke": ("停用", "Revoke"),
    "revoked": ("已停用", "revoked"),
    "none_yet": ("还没有。", "None yet."),
    "never": ("从未", "never"),
    # users
    "users": ("用户和大屏", "Users and walls"),
    "users_about": (
        "谁能看、看哪里、能做什么。每次改动都记入日志。",
        "Who may look, where, and what they may do. Every change is kept in the log.",
    ),
    "user_new": ("新增用户", "New user"),
    "name": ("姓名", "Name"),
    "state": ("状态", "State"),
    "active": ("正常", "active"),
    "disabled": ("已停用", "disabled"),
    "locked": ("已锁定", "locked"),
    "must_change": ("待改密码", "new password due"),
    "from_provider": ("统一身份", "identity provider"),
    "add": ("新增", "Add"),
    "change": ("修改", "Change"),
    "reset": ("重置密码", "Reset password"),
    "unlock": ("解锁", "Unlock"),
    "disable": ("停用", "Disable"),
    "enable": ("启用", "Enable"),
    "end_sessions": ("退出其所有设备", "Sign out everywhere"),
    "area_hint": ("代码或名称，空为您所管的全部", "code or name; empty: all that is yours"),
    "once_shown": (
        "{login} 的一次性密码只显示这一次，请当面或另行转交：",
        "The one-time password of {login} is shown this once; hand it over in person or by another way:",
    ),
    "done": ("已完成。", "Done."),
    "not_self": (
        "不能改动自己的角色、区域或停用自己。",
        "You cannot disable yourself, or change your own role or area.",
    ),
    "token_own": (
        "其权限与您不同，令牌须由本人在“我的账号”中新建。",
        "They may do what you may not: a token of theirs is made by themselves, under My account.",
    ),
    "back_to_users": ("全部用户", "All users"),
    "walls": ("大屏链接", "Links of walls"),
    "walls_about": (
        "有链接即可看，不需登录：只给大屏用，可限定来自的地址。",
        "Whoever has the link may look without signing in: for walls alone; it can be bound to an address.",
    ),
    "wall_name": ("名称", "Name"),
    "wall_new": ("新建链接", "New link"),
    "wall_shown": ("链接只显示这一次：", "The link is shown this once:"),
    "wall_address": ("只许此地址或网段", "Only from this address or network"),
    "wall_small": ("显示小数", "Shows small numbers"),
    "made": ("建立", "Made"),
    "to_screen": ("回到一屏", "Back to the screen"),
    # held deliveries
    "held": ("扣留的文件", "Held deliveries"),
    "held_page_about": (
        (
            "可疑到先不装入的文件。核实后放行或退回，理由记入日志。决定由收件箱下一轮执行，执行前可撤回；"
            "已装入的不能撤回，请送来更正的文件。"
        ),
        (
            "Files so odd that nothing of them was loaded. Let each pass or return it once it is verified; the reason"
            " is kept in the log. The next pass of the inbox carries it out, and until then it can be withdrawn. What"
            " was loaded stays: a correction is another file."
        ),
    ),
    "back_to_freshness": ("数据时效", "Freshness"),
    "held_waiting": ("待定", "Waiting for a decision"),
    "held_none": ("没有扣留待定的文件。", "Nothing is held back."),
    "held_since": ("扣留于", "held since"),
    "held_why": ("理由", "Reason"),
    "held_why_needed": ("请写明理由", "say why"),
    "held_accept": ("放行", "Let pass"),
    "held_refuse": ("退回", "Return"),
    "held_decided": ("已决定，待执行", "Decided, not carried out yet"),
    "held_decided_about": ("由收件箱下一轮执行。", "The next pass of the inbox carries it out."),
    "held_passes": ("放行", "It passes"),
    "held_goes_back": ("退回", "It goes back"),
    "held_withdraw": ("撤回", "Withdraw"),
    "held_refused": ("已退回", "Returned"),
    "held_refused_about": ("退错了可收回，重新待定。", "One returned by mistake can be held again."),
    "held_undo": ("收回", "Hold again"),
    "held_comes_back": ("收回中，由收件箱下一轮执行", "It is held again with the next pass of the inbox"),
    "held_done": ("已记下，由收件箱下一轮执行。", "Written down; the next pass of the inbox carries it out."),
    # identity provider
    "provider_away": (
        "统一身份认证暂时没有应答，请稍后再试。",
        "The identity provider does not answer now. Try again shortly.",
    ),
    "provider_refused": (
        "统一身份认证没有完成登录，请再试一次；仍不行请联系管理员。",
        "The identity provider did not complete the signing-in. Try again; if it fails again, ask your administrator.",
    ),
    "provider_role": (
        "您的统一身份账号没有一屏的角色。请管理员在身份系统中授予，或在 oidc_roles 中对应。",
        (
            "Your account has no role here. Your administrator can grant one at the identity provider, or map it in"
            " oidc_roles."
        ),
    ),
    "provider_area": (
        "您的统一身份账号没有本市的区域。请管理员在身份系统中写明区域代码，全部区域写 city。",
        (
            "Your account names no area of this city. Your administrator can set its code at the identity provider;"
            " city stands for all of it."
        ),
    ),
}
