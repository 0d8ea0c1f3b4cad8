"""What the name, class and id of an element say about what it holds."""

from __future__ import annotations

import re
from functools import lru_cache

CONTENT = 1 << 0
COMMENTS = 1 << 1
MENU = 1 << 2
FOOTER = 1 << 3
SHARE = 1 << 4
RELATED = 1 << 5
ADVERT = 1 << 6
CAPTION = 1 << 7
HEADLINE = 1 << 8
BYLINE = 1 << 9
HIDDEN = 1 << 10
LOGIN = 1 << 11
SIDE = 1 << 12
HEADER = 1 << 13
ARTICLE = 1 << 14
QUOTE = 1 << 15
LIST = 1 << 16
TABLE = 1 << 17
FORM = 1 << 18
LINK = 1 << 19
HEADING = 1 << 20
PARAGRAPH = 1 << 21
PREFORMATTED = 1 << 22
TAGS = 1 << 23

CONTROL = 1 << 24
CONCEALED = 1 << 25
BELOW = 1 << 26
"""Below the heading of the readers' comments."""

KEPT_BY_WRAPPERS = CONTENT | ARTICLE | QUOTE | LIST | TABLE | LINK | HEADING | PARAGRAPH | PREFORMATTED
"""Marks that mean something even on an element that holds most of a page."""

NAMES = {
    "content": CONTENT,
    "comments": COMMENTS,
    "menu": MENU,
    "footer": FOOTER,
    "share": SHARE,
    "related": RELATED,
    "advert": ADVERT,
    "caption": CAPTION,
    "headline": HEADLINE,
    "byline": BYLINE,
    "hidden": HIDDEN,
    "login": LOGIN,
    "side": SIDE,
    "header": HEADER,
    "article": ARTICLE,
    "quote": QUOTE,
    "list": LIST,
    "table": TABLE,
    "form": FORM,
    "link": LINK,
    "heading": HEADING,
    "paragraph": PARAGRAPH,
    "preformatted": PREFORMATTED,
    "tags": TAGS,
    "control": CONTROL,
    "concealed": CONCEALED,
}

OF_TAG = {
    "nav": MENU,
    "menu": MENU,
    "aside": SIDE,
    "footer": FOOTER,
    "header": HEADER,
    "article": ARTICLE,
    "main": ARTICLE,
    "blockquote": QUOTE,
    "q": 0,
    "ul": LIST,
    "ol": LIST,
    "dl": LIST,
    "li": LIST,
    "table": TABLE,
    "form": FORM,
    "select": CONTROL,
    "button": CONTROL,
    "textarea": CONTROL,
    "option": CONTROL,
    "label": FORM,
    "fieldset": FORM,
    "figcaption": CAPTION,
    "caption": CAPTION,
    "noscript": CONCEALED,
    "template": CONCEALED,
    "a": LINK,
    "h1": HEADING,
    "h2": HEADING,
    "h3": HEADING,
    "h4": HEADING,
    "h5": HEADING,
    "h6": HEADING,
    "p": PARAGRAPH,
    "pre": PREFORMATTED,
    "listing": PREFORMATTED,
    "xmp": PREFORMATTED,
}
"""What an element's name alone says; such names also bind its descendants."""

_WORDS = {
    CONTENT: (
        "article articles artical content contents post posts entry story maintext mainbody maincontent body "
        "bodytext text bodycopy bodycontent textcontent zhengwen neirong trs editor detail details newstext "
        "newsbody newscon contentbody paragraph prose"
        " artikel artykul tresc contenu contenido cuerpo articulo articolo"
    ),
    COMMENTS: ("comments comment disqus replies reply pinglun liuyan gentie guestbook respond"),
    MENU: (
        "nav navi navbar navigation menu menus submenu breadcrumbs breadcrumb crumbs crumb bread daohang mbx "
        "weizhi topbar toolbar pagination pager pagesnav skip tabs tab channel toc"
        " komentarze kommentare commentaires comentarios commenti kommentarii sxolia"
    ),
    FOOTER: ("foot footer bottom copyright colophon imprint legal disclaimer banquan credits credit"),
    SHARE: ("share sharing social bdshare jiathis addthis weibo weixin qrcode erweima follow sns fenxiang tools tool"),
    RELATED: (
        "related relate relevant recommend recommended recommends recommendation hot rank ranking tuijian "
        "xgxw xiangguan more popular trending latest newest teasers teaser next prev previous links link "
        "youmaylike also readmore outbrain taboola promo xgyd remen headlines most"
        " udostepnij teilen partager compartir condividi"
        " powiazane polecane relacionadas relacionados similaires correlati populyarnoe"
    ),
    ADVERT: (
        "ad ads adv advert adverts advertisement advertising adsense banner guanggao sponsor sponsored gg dfp "
        "adbox adslot mpu subscribe subscription newsletter signup cookie cookies consent gdpr popup modal"
        " rodo cmp onetrust didomi reklama werbung anzeige publicite publicidad pubblicita"
    ),
    CAPTION: ("caption figcaption wpcaptiontext photo pic picture image img gallery tuzhu slide slideshow credit"),
    HEADLINE: ("title headline biaoti tit heading h1 subtitle bt"),
    BYLINE: (
        "byline author authors writer source laiyuan info meta date time pubtime pubdate publish dateline "
        "timestamp zuozhe editor zeren bianji posted posttime postmeta"
    ),
    HIDDEN: ("hidden hide invisible sronly screenreadertext visuallyhidden none"),
    LOGIN: ("login logon register signin denglu search sousuo paywall vote poll survey"),
    SIDE: ("side sidebar sider aside rail right left widget widgets module complementary col2 column2 secondary"),
    HEADER: ("header head masthead top logo sitename"),
    TAGS: ("tags tag keywords keyword category categories topics topic guanjianci labels label"),
}
"""Words of class names and ids, in English and in the pinyin that Chinese sites use."""
_WORD = re.compile(r"[a-z]+|[A-Z]+[a-z]*|[0-9]+[a-z]*")
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


_OF_WORD: dict[str, int] = {}
for _mark, _list in _WORDS.items():
    for _word in _list.split():
        _OF_WORD[_word] = _OF_WORD.get(_word, 0) | _mark
_PREFIXES = {
    CONTENT: r"article|content|artcon|newscon|maincon|textcon|zhengwen|storybody|entrycontent|postbody",
    COMMENTS: r"comment|pinglun|disqus",
    MENU: r"nav[a-z]{0,4}\Z|navig|menu|breadcrumb|daohang",
    FOOTER: r"foot|copyright|banquan",
    SHARE: r"share|social|bdshare|jiathis|addthis",
    RELATED: r"relat|recommend|xiangguan|tuijian|hotnews|morenews|outbrain|taboola",
    ADVERT: r"advert|guanggao|adsense|googlead|sponsor|subscri|newsletter",
    CAPTION: r"caption|tuzhu",
    BYLINE: r"byline|author|publish|pubtime|laiyuan|zuozhe|datetime",
    SIDE: r"side[a-z]{0,3}\Z|sidebar",
}
_PREFIX = re.compile("|".join(f"(?P<m{mark}>{pattern})" for mark, pattern in _PREFIXES.items()))


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> int:
    word = word.lower()
    marks = _OF_WORD.get(word, 0)
    match = _PREFIX.match(word)
    if match is not None and match.lastgroup:
        marks |= int(match.lastgroup[1:])
    return marks


@lru_cache(maxsize=65_536)
def of_name(name: str) -> int:
    """Marks of a class or id as written in the page."""
    marks = 0
    for word in _WORD.findall(name):
        marks |= _of_word(word)
    return marks


@lru_cache(maxsize=4_096)
def is_hidden(style: str) -> bool:
    """Whether an inline style takes the element out of sight."""
    return _STYLE_HIDDEN.search(style) is not None
