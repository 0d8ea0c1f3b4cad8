"""Small archives of invented texts, with what is shared in them known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pyarrow as pa

from flows.match.stage import MATCH_INPUT

_TEXT = {
    "zh": """
        河口 大桥 今日 通车 市民 夹道 欢迎 渔船 归港 码头 工人 清晨 开始 卸货 仓库 管理员
        登记 每箱 重量 学校 操场 新铺 草皮 孩子 奔跑 老师 站在 树荫 下面 微笑 图书馆 延长
        开放 时间 读者 可以 借阅 旧报 合订本 研究 地方 历史 气象 部门 提醒 山区 注意 防范
        落石 果园 丰收 农户 忙着 装车 运往 邻县 集市 价格 平稳 修表 师傅 坚持 手艺 三代
        相传 铺面 狭小 却 整洁 明亮
    """,
    "en": """
        harbour pilots guided seven vessels through heavy fog while dockers waited beside empty wagons
        near the customs shed council members postponed their vote about library hours because several
        readers objected loudly during yesterday meeting farmers sold early apples below usual price
        after unexpected rain spoiled lower orchards teachers repaired broken benches behind old
        gymnasium without asking anyone volunteers counted swallows nesting under northern bridge every
        spring since records began
    """,
    "el": """
        οι ψαράδες γύρισαν νωρίς στο λιμάνι επειδή φυσούσε δυνατός βοριάς και τα καΐκια έμειναν δεμένα
        όλη την εβδομάδα ο δήμος ανακοίνωσε ότι η παλιά βιβλιοθήκη θα ανοίξει ξανά τον χειμώνα με
        καινούργια ράφια κάτοικοι του χωριού φύτεψαν ελιές δίπλα στον δρόμο προς το μοναστήρι μαθητές
        ζωγράφισαν τον τοίχο του σχολείου χρησιμοποιώντας φωτεινά χρώματα
    """,
    "ru": """
        рыбаки вернулись в гавань раньше срока потому что ветер усилился и волны поднялись выше причала
        городской совет решил открыть старую библиотеку зимой после долгого ремонта жители посёлка
        посадили яблони вдоль дороги к мельнице школьники раскрасили стену спортивного зала яркими
        красками инженеры проверили опоры моста и не нашли трещин
    """,
    "ar": """
        عاد الصيادون إلى الميناء مبكرا بسبب الرياح القوية وبقيت القوارب مربوطة طوال الأسبوع أعلن المجلس
        أن المكتبة القديمة ستفتح أبوابها في الشتاء بعد ترميم طويل زرع سكان القرية أشجار الزيتون قرب
        الطريق المؤدي نحو الطاحونة رسم التلاميذ على جدار المدرسة ألوانا زاهية وفحص المهندسون أعمدة
        الجسر ولم يجدوا شقوقا
    """,
    "ja": """
        漁師たちは 強い 風の ために 早めに 港へ 戻り 船は 一週間 つながれた ままだった
        町議会は 古い 図書館を 冬に 再び 開くと 発表し 住民は 道沿いに りんごの 苗木を 植えた
        生徒たちは 体育館の 壁を 明るい 色で 塗り 技師は 橋脚を 調べたが ひびは
        見つからなかった 市場では 朝から 魚を 求める 客が 列を 作り 値段は 昨年より 少し
        安かった
    """,
}
WORDS = {language: text.split() for language, text in _TEXT.items()}
"""Words of six languages; sentences are drawn from them."""

_STOP = {"zh": "。", "ja": "。", "en": ". ", "el": ". ", "ru": ". ", "ar": ". "}


def sentence(rng: random.Random, language: str = "zh", words: int = 12) -> str:
    """A sentence that no other is likely to share nine letters in a row with more than by chance."""
    joint = "" if language in ("zh", "ja") else " "
    return joint.join(rng.choice(WORDS[language]) for _ in range(words)) + _STOP[language]


def sentences(rng: random.Random, count: int, language: str = "zh") -> list[str]:
    return [sentence(rng, language) for _ in range(count)]


@dataclass(frozen=True)
class Piece:
    """An article of an invented archive."""

    name: str
    text: str
    outlet: str = "one"
    day: int | None = 0
    captures: int = 1
    more: Sequence[str] = field(default=())

    @property
    def article_id(self) -> str:
        return sha256(self.name.encode()).hexdigest()[:32]

    def later(self, days: int) -> Piece:
        return replace(self, day=(self.day or 0) + days)

    def row(self) -> dict[str, Any]:
        outlets = sorted({self.outlet, *self.more})
        date = None if self.day is None else datetime(2021, 1, 1, tzinfo=UTC) + timedelta(days=self.day)
        return {
            "article_id": self.article_id,
            "document_id": sha256(f"document {self.name}".encode()).hexdigest()[:32],
            "outlets": outlets,
            "captures": [self.captures] * len(outlets),
            "published_at": date,
            "text": self.text,
        }


def as_input(pieces: Sequence[Piece]) -> pa.Table:
    return pa.Table.from_pylist([piece.row() for piece in pieces], schema=MATCH_INPUT)


def noisy(rng: random.Random, text: str, rate: float) -> str:
    """The text with single characters replaced, left out or doubled, as OCR does."""
    out = []
    for char in text:
        draw = rng.random()
        if draw >= rate or not char.isalnum():
            out.append(char)
        elif draw < rate * 0.6:
            out.append(rng.choice(text))
        elif draw < rate * 0.8:
            out += [char, rng.choice(text)]
    return "".join(out)


def bulletin(rng: random.Random, language: str = "zh") -> str:
    """A form filled in with numbers and places drawn at random."""
    place = rng.choice(["柳泉", "沙渡", "云溪", "高堰", "北茅", "长埠", "月坪", "赤崖"])
    n = [rng.randint(100, 999) for _ in range(8)]
    if language == "en":
        place = rng.choice(["Aldermere", "Brackwater", "Castow", "Dunfell", "Eskham", "Fernhollow"])
        return (
            f"The {place} river office reports a level of {n[0]} centimetres at the lower gauge this morning. "
            f"Flow past the weir was {n[1]} cubic metres a second and the reservoir held {n[2]} thousand cubic metres. "
            f"Engineers inspected {n[3]} metres of embankment and closed {n[4]} sluices as a precaution. "
            f"Residents with questions may ring the office on {n[5]}{n[6]} at any hour of the day. "
        )
    return (
        f"{place}水文站今晨八时测得河道下游水位为{n[0]}厘米，较昨日同一时刻上涨{n[1]}厘米，属于正常范围。"
        f"过堰流量每秒{n[2]}立方米，水库目前蓄水{n[3]}万立方米，闸门开启{n[4]}孔，运行情况良好。"
        f"值守人员共巡查堤防{n[5]}米，清理漂浮物{n[6]}公斤，未发现险情，请沿岸居民放心。"
        f"如有疑问可以随时拨打值班电话{n[7]}{n[0]}咨询，工作人员将会及时予以答复。"
    )


@dataclass(frozen=True)
class Planted:
    """An archive with the story of each article."""

    pieces: list[Piece]
    stories: dict[str, set[str]]


def planted(seed: int, stories: int = 4, size: int = 6, language: str = "zh") -> Planted:
    """Stories carried whole, cut, noisy, between other texts and quoted; bulletins; texts that nobody shares."""
    rng = random.Random(f"planted {seed} {language}")
    outlets = ["alpha", "beta", "gamma", "delta", "epsilon"]
    pieces: list[Piece] = []
    held: dict[str, set[str]] = {}
    foot = {outlet: sentence(rng, language, 4) for outlet in outlets}
    for number in range(stories):
        told = sentences(rng, 14, language)
        for copy in range(size):
            name = f"s{number}-{copy}"
            body = list(told)
            kind = copy % 5
            if kind == 1:
                start = rng.randrange(6)
                body = told[start : start + 7]
            elif kind == 2:
                body = [*sentences(rng, 6, language), *told, *sentences(rng, 5, language)]
            elif kind == 3:
                body = [noisy(rng, "".join(told), 0.04)]
            elif kind == 4:
                body = [*told[:7], *sentences(rng, 10, language), *told[7:]]
            outlet = outlets[(number + copy) % len(outlets)]
            pieces.append(Piece(name, "".join(body) + "\n" + foot[outlet], outlet, rng.randrange(60)))
            held.setdefault(f"s{number}", set()).add(name)
    for number in range(stories):
        pieces.append(
            Piece(f"lone{number}", "".join(sentences(rng, 12, language)), rng.choice(outlets), rng.randrange(60))
        )
    for number in range(stories):
        pieces.append(Piece(f"bulletin{number}", bulletin(rng, language), "alpha", number))
    rng.shuffle(pieces)
    return Planted(pieces, held)
