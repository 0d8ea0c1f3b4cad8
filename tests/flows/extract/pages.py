"""Invented news pages with what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SampledPage:
    """A page, the paragraphs of its article, some lines that are not the article, and its facts."""

    name: str
    html: str
    title: str
    paragraphs: list[str]
    others: list[str]
    authors: list[str]
    publisher: str
    origin: str | None
    day: str
    language: str = "zh"


@dataclass
class _Page:
    title: str
    site: str
    credit: str
    menu: list[str]
    paragraphs: list[str]
    related: list[str]
    footer: str
    language: str
    classes: dict[str, str] = field(default_factory=dict)

    def modern(self) -> str:
        """A page in today's markup."""
        menu = "".join(f'<li><a href="/{i}">{item}</a></li>' for i, item in enumerate(self.menu))
        related = "".join(f'<li><a href="/r{i}">{item}</a></li>' for i, item in enumerate(self.related))
        body = "".join(f"<p>{p}</p>" for p in self.paragraphs)
        return (
            f'<!DOCTYPE html><html lang="{self.language}"><head><meta charset="utf-8">'
            f"<title>{self.title} - {self.site}</title></head>"
            f'<body><nav class="main-nav"><ul>{menu}</ul></nav><main><h1 class="article-title">{self.title}</h1>'
            f'<div class="article-info">{self.credit}</div><div class="article-content">{body}</div></main>'
            f'<aside class="related"><ul>{related}</ul></aside>'
            f'<footer class="footer">{self.footer}</footer></body></html>'
        )

    def tables(self) -> str:
        """A page as they were laid out in tables, paragraphs parted by line breaks."""
        menu = "".join(f'<td><a href="/{i}">{item}</a></td>' for i, item in enumerate(self.menu))
        related = "<br>".join(f'・<a href="/r{i}">{item}</a>' for i, item in enumerate(self.related))
        body = "<br><br>".join(self.paragraphs)
        return (
            f"<html><head><title>{self.title}_{self.site}</title></head><body bgcolor=white>"
            f"<table width=760><tr>{menu}</tr></table>"
            f"<table><tr><td width=560><table><tr><td align=center><font size=5><b>{self.title}</b></font></td></tr>"
            f"<tr><td align=center>{self.credit}</td></tr><tr><td class=zw>{body}</td></tr></table></td>"
            f"<td width=200>{related}</td></tr></table><center>{self.footer}</center></body></html>"
        )


_CHINESE = _Page(
    title="青溪渡口改建工程提前完工",
    site="江口在线",
    credit="2019-04-18 09:26　来源：江口日报　作者：林晓舟",
    menu=["首页", "新闻", "财经", "体育", "读书", "论坛", "图片", "专题"],
    paragraphs=[
        "本报青溪四月十七日电，历时十四个月的青溪渡口改建工程昨日提前完工，新建的三座栈桥可以同时停靠九条渡船，候船厅面积扩大了一倍。",
        "渡口管理所所长周望说，旧码头建于六十多年前，木桩大多已经朽坏，每逢汛期都要停航。“今后水位涨到二十二米，渡船也照样能开。”他说。",
        "住在对岸的小学教师陈其云每天过江两次。她告诉记者，以前遇到大雾要等上一个钟头，现在岸边装了灯，等候的时间短多了。",
        "据了解，工程总投资三千二百万元，其中两成由沿江六个村子自筹。明年，渡口还将开通夜航，末班船的时间推迟到晚上十点。",
    ],
    related=["沿江公路下月封闭维修", "南浦茶市今年开秤晚了五天", "三中学生修好百年老钟", "气象台：周末有小雨"],
    footer="版权所有 江口在线 未经授权不得转载 关于我们 联系我们",
    language="zh",
)
_ENGLISH = _Page(
    title="Harbour bridge closes for nine weeks of repairs",
    site="Northern Ledger",
    credit="By Ada Whitlow | 18 April 2019 09:26",
    menu=["Home", "News", "Business", "Sport", "Books", "Weather", "Photos", "Letters"],
    paragraphs=[
        (
            "The old harbour bridge will close on Monday for nine weeks while engineers replace the bearings "
            "under its middle span, the port authority said on Wednesday."
        ),
        (
            "Traffic will be sent round by the mill road, which adds about four miles to the journey. “We "
            "know it is a nuisance, but the work cannot wait for another winter,” said the authority's chief "
            "engineer, Tom Garrow."
        ),
        (
            "Shopkeepers on the quay asked for the work to be put off until autumn, when there are fewer "
            "visitors. The council considered their letter in March and decided, by seven votes to four, to "
            "keep to the timetable."
        ),
        (
            "A free ferry will carry people on foot and with bicycles every twenty minutes from six in the "
            "morning until ten at night."
        ),
    ],
    related=[
        "Lighthouse keeper retires after forty years",
        "Rain delays the cup final",
        "Library opens its map room",
        "Letters",
    ],
    footer="Copyright © Northern Ledger. All rights reserved. Terms of use. Privacy policy.",
    language="en",
)
_GREEK = _Page(
    title="Άνοιξε ξανά το παλιό υδραγωγείο της πόλης",
    site="Λιμάνι Νέα",
    credit="Συντάκτης: Νίκος Βαλέτας | 18 Απριλίου 2019, 09:26",
    menu=["Αρχική", "Ειδήσεις", "Οικονομία", "Αθλητικά", "Βιβλία", "Καιρός"],
    paragraphs=[
        (
            "Το παλιό υδραγωγείο της πόλης άνοιξε ξανά για το κοινό την Τετάρτη, ύστερα από εργασίες που "
            "κράτησαν δύο χρόνια, όπως ανακοίνωσε ο δήμος."
        ),
        (
            "Οι μηχανικοί στερέωσαν δεκατέσσερις καμάρες και καθάρισαν το κανάλι, που είχε κλείσει από "
            "χώματα. «Δεν περιμέναμε να βρούμε το νερό τόσο καθαρό», είπε η επικεφαλής του έργου."
        ),
        (
            "Η είσοδος θα είναι ελεύθερη έως το τέλος του μήνα. Από τον Μάιο οι επισκέπτες θα πληρώνουν δύο "
            "ευρώ, και τα έσοδα θα πηγαίνουν στη συντήρηση."
        ),
    ],
    related=["Νέα δρομολόγια για τα νησιά", "Βροχές το Σαββατοκύριακο", "Έκθεση χαρτών στη βιβλιοθήκη"],
    footer="© Λιμάνι Νέα. Με επιφύλαξη παντός δικαιώματος.",
    language="el",
)
_RUSSIAN = _Page(
    title="На северном берегу открыли новую пристань",
    site="Речной листок",
    credit="Автор: Вера Лугова | 18 апреля 2019, 09:26",
    menu=["Главная", "Новости", "Экономика", "Спорт", "Книги", "Погода"],
    paragraphs=[
        (
            "На северном берегу реки в среду открыли новую пристань, которую строили почти полтора года. "
            "Теперь к ней могут подходить сразу четыре теплохода."
        ),
        (
            "Как рассказал начальник участка Пётр Залесов, прежние сваи стояли с довоенных времён и каждую "
            "весну их приходилось чинить. «Теперь лёд нам не страшен», — сказал он."
        ),
        (
            "Жители посёлка просили оставить старое расписание, и управление с этим согласилось: первый рейс "
            "по-прежнему отходит в шесть утра."
        ),
    ],
    related=["Библиотека собирает старые карты", "В выходные ожидается дождь", "Мост закроют на ремонт"],
    footer="© Речной листок. Все права защищены. Копирование материалов запрещено.",
    language="ru",
)


def _sampled(
    name: str, page: _Page, markup: str, authors: list[str], publisher: str, origin: str | None = None
) -> SampledPage:
    others = [page.menu[0], page.related[0], page.footer]
    if markup == page.tables():
        others = [page.menu[0], page.footer]
    return SampledPage(
        name, markup, page.title, page.paragraphs, others, authors, publisher, origin, "2019-04-18", page.language
    )


PAGES = [
    _sampled("chinese", _CHINESE, _CHINESE.modern(), ["林晓舟"], "江口在线", "江口日报"),
    _sampled("chinese-tables", _CHINESE, _CHINESE.tables(), ["林晓舟"], "江口在线", "江口日报"),
    _sampled("english", _ENGLISH, _ENGLISH.modern(), ["Ada Whitlow"], "Northern Ledger"),
    _sampled("greek", _GREEK, _GREEK.modern(), ["Νίκος Βαλέτας"], "Λιμάνι Νέα"),
    _sampled("russian", _RUSSIAN, _RUSSIAN.modern(), ["Вера Лугова"], "Речной листок"),
]
