"""Tell pages that are articles from front pages, lists, error pages, captchas, paywalls and frames."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.features import Features
from flows.extract.web.vote import Mask

FRAMED = 150
"""Characters below which a frame set only says that it is one; with more it tells readers without frames the same."""
LINKED = 0.4
"""A block with a greater share of linked characters is a link."""
FEW_LINKS = 8
MANY_LINKS = 40
BOXES = 8
TEASER = 200
"""A longer block is no teaser."""
ENTRIES = 6
"""A list has at least as many entries."""

_ERROR = (
    r"\b(404|403|410|500|502|503|504)\b.{0,40}(not found|error|forbidden|unavailable|错误|未找到|不存在)",
    r"\A\W*(404|403|410|500|502|503)\W*\Z",
    r"page (was )?not found",
    r"(page|site|file|article|content).{0,30}(not found|no longer (available|exists)|does not exist)",
    r"(page|site|file|article|content).{0,30}(can(no|')t be found|could not be found)",
    r"(not found|bad gateway|service unavailable|internal server error|access denied|forbidden)\W*\Z",
    r"(页面|网页|文章|内容|頁面|文件|信息|新闻|新聞).{0,12}(不存在|未找到|找不到|已删除|已被.{0,8}删除|已刪除|已被.{0,8}刪除)",
    r"(页面|网页|文章|内容|頁面|文件|信息|新闻|新聞).{0,12}(无法访问|无法(查看|显示)|無法|走丢|丢失|失效)",
    r"страница не найдена|nie znaleziono strony|strona nie istnieje|η σελίδα δεν βρέθηκε",
    r"you (do not|don['’]t) have (the )?(permission|access|authori[sz]ation)|permission denied",
    r"not authori[sz]ed to (view|access)|request (was |has been )?blocked",
    r"domain is (for use|established to be used) (in|for) illustrative|domain (name )?is (for sale|parked)",
    r"account (has been )?suspended|site is (temporarily )?(down for|under) maintenance",
    r"(您|你)?(没有|沒有|無|无)(访问|訪問|查看|阅读|閱讀)?.{0,6}(权限|權限)|(无权|無權)(访问|訪問|查看)|请求被(拒绝|拦截)",
    r"(网站|網站|系统|系統)(正在)?(维护|維護|升级|升級)中",
    r"ページが見つかりません|الصفحة غير موجودة|page introuvable|seite nicht gefunden|página no encontrada",
)
_CAPTCHA = (
    r"验证码|驗證碼|安全验证|人机验证|请完成验证|滑动.{0,6}验证|访问过于频繁",
    r"verify (that )?you are (a )?human|are you a robot|not a robot|unusual traffic|captcha",
    r"checking your browser|just a moment|security check|enable javascript and cookies to continue",
    r"подтвердите, что вы не робот|ロボットではありません",
)
_PAYWALL = (
    r"(登录|登錄|登入|订阅|訂閱|购买|付费|開通|开通|成为会员).{0,14}(后|後)?.{0,8}(阅读|閱讀|查看|继续|繼續|全文|解锁|更多内容)",
    r"剩余.{0,8}(付费|订阅)|付费阅读",
    r"(subscribe|sign in|log in|register|become a (member|subscriber)).{0,40}(to (continue|read|view|unlock|access))",
    r"(subscribe|sign in|log in|register).{0,40}for full access|(remaining|rest).{0,30}(subscribers|subscription)",
    r"already a subscriber|subscribers only|réservé aux abonnés|für abonnenten",
    r"dostęp.{0,30}subskryp|только для подписчиков|только по подписке|会員限定",
)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


NOTICE = "|".join((*_ERROR, *_CAPTCHA))
"""What a notice says in the place of a text, without regard to case: that there is none, or that a person is wanted."""
_SAYS_ERROR, _SAYS_CAPTCHA, _SAYS_PAYWALL = _any(_ERROR), _any(_CAPTCHA), _any(_PAYWALL)


_IN_CAPTCHA = (
    "验证", "驗證", "访问过于频繁", "verify", "robot", "unusual traffic", "captcha", "checking your", "just a moment",
    "security check", "enable javascript", "робот", "ロボット",
)  # fmt: skip
_IN_PAYWALL = (
    "登录", "登錄", "登入", "订阅", "訂閱", "购买", "付费", "開通", "开通", "成为会员", "subscri", "subskryp",
    "sign in", "log in", "regist", "become a member", "réservé", "abonnenten", "подписчик", "подписке", "会員限定",
)  # fmt: skip
"""One of them is in every text, case-folded, that `_SAYS_CAPTCHA` or `_SAYS_PAYWALL` finds something in."""


def _folded(text: str) -> str:
    """A text case-folded, the dotted and the dotless i as an i: a pattern that ignores case takes them for one."""
    return text.casefold().replace("ı", "i").replace("\u0307", "")


_SENTENCE = re.compile(r"[。！？!?．।؟…]|\w\.(\s|\Z)|[，,、；;:：].*[，,、；;:：]")


@dataclass(frozen=True, slots=True)
class Look:
    """What the head of a page adds: its title, whether it is a frame set or only refreshes, what it calls itself."""

    title: str
    frames: int
    og_type: str | None
    says_article: bool


def tell(cut: Cut, features: Features, kept: Mask, look: Look) -> str:
    """One of the page kinds; `kept` marks the blocks that the vote gave to the article."""
    chars = features.chars
    total = float(chars.sum())
    text_kept = float(chars[kept].sum())
    plain = float((chars * (1 - features.linked)).sum())
    short = plain < 1_200 and text_kept < 400
    if look.frames and plain < FRAMED:
        return "frame"
    if short:
        visible = "\n".join(
            text
            for text, holder in zip(cut.texts, cut.holders.tolist(), strict=True)
            if not cut.all_frames.inherited[holder] & marks.CONCEALED
        )
        sample = f"{look.title}\n{visible[:2_000]}"
        if any(map(_folded(sample).__contains__, _IN_CAPTCHA)) and _SAYS_CAPTCHA.search(sample):
            return "captcha"
        if _SAYS_ERROR.search(look.title) or (text_kept < 200 and _SAYS_ERROR.search(visible[:800])):
            return "error"
        paid = text_kept < 300 and any(map(_folded(visible).__contains__, _IN_PAYWALL))
        if paid and _SAYS_PAYWALL.search(visible):
            return "paywall"
    if not look.says_article and _is_list(features, kept):
        return _sort_of_list(cut, features)
    if text_kept >= 20 and (look.says_article or _reads_as_text(cut, features, kept)):
        return "article"
    if total == 0:
        return "other"
    if int((features.linked > LINKED).sum()) >= FEW_LINKS:
        return _sort_of_list(cut, features)
    return "article" if text_kept >= 20 else "other"


def _is_list(features: Features, kept: Mask) -> bool:
    """Whether most of what was kept are the entries of a list: links, or teasers beside a link each."""
    places = np.flatnonzero(kept)
    if len(places) < ENTRIES or float(features.chars[places].max()) > min(TEASER, 0.25 * features.chars[places].sum()):
        return False
    chars = features.chars[places]
    if float((np.diff(places) == 1).mean()) > 0.5 and float(chars @ features.linked[places]) < 0.3 * float(chars.sum()):
        return False  # paragraph after paragraph
    links = (features.linked > 0.8) & (features.chars >= 6)
    beside = np.zeros(len(kept), dtype=bool)
    for step in (-2, -1, 1):
        shifted = np.roll(links, -step)
        if step > 0:
            shifted[-step:] = False
        else:
            shifted[:-step] = False
        beside |= shifted
    entry = (beside | (features.linked > 0.3))[places]
    return float(chars[entry].sum()) > 0.7 * float(chars.sum()) and float(entry.mean()) > 0.6


def _sort_of_list(cut: Cut, features: Features) -> str:
    """A front page has many links in many boxes and no headline of its own; else it is a list."""
    links = np.flatnonzero(features.linked > LINKED).tolist()
    boxes = Counter(cut.all_frames.above[cut.holders[links]].tolist())
    if len(links) < MANY_LINKS or not boxes:
        return "list"
    if max(boxes.values()) * 2 > len(links):
        return "list"
    return "front" if features.headline < 0 or len(boxes) >= BOXES else "list"


def _reads_as_text(cut: Cut, features: Features, kept: Mask) -> bool:
    """Whether what was kept is running text: sentences, unlinked, under a headline or enough of them."""
    chars = features.chars[kept]
    if not len(chars) or not any(_SENTENCE.search(cut.texts[i]) for i in np.flatnonzero(kept).tolist()):
        return False
    linked = float((chars * features.linked[kept]).sum()) / max(float(chars.sum()), 1.0)
    return linked < 0.5 and (features.headline >= 0 or float(chars.max()) >= 40 or float(chars.sum()) >= 100)
