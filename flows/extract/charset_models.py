"""How likely a run of characters is in each language: letter frequencies that tell encodings apart.

A language is a string of its letters in falling order of use. Their probabilities follow Zipf's law (a
letter's share falls with its rank), which is close enough: a wrong codec turns text into rare letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_ZH = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如"
    "都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间"
    "由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真"
    "论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决"
    "治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导"
    "争运笔党央委省县镇村警署局厅长书席议讯京沪江湖河州城县图版编辑责摄影讲话精神坚持发展改革社会主义委员新华日报记者广播电视台疫情医院患者病毒"
    "防控企业项目经济投资银行市场价格增长亿元百分年代历史文化教育学校学生老师研究技术工程系统网络公司产品服务用户消费群众农民农村农业粮食土地环境"
    "六七八九零两○百千亿双步车速飞船铁船港桥"
)
_ZH_HANT = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如"
    "都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間"
    "由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真"
    "論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決"
    "治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導"
    "爭運筆黨央委省縣鎮村警署局廳席議訊京滬江湖河州城圖版編輯責攝影講話精神堅持發展改革社會主義委員新華日報記者廣播電視台灣香港疫情醫院患者病毒"
    "防控企業項目經濟投資銀行市場價格增長億元歷史文化教育學校學生老師研究技術工程系統網絡網路公司產品服務用戶消費群眾農民農村農業糧食土地環境"
    "六七八九零兩百千億雙步車速飛船鐵港橋臺"
)
_JA = (
    "のいるにたとをはしてがなでっんれかくすらこりうあもさそきけつだちまえせみめよどおじわばげごろやずぐほひへべびむふ"
    "ンースルトイラリクアドシレジフタマロコプテメニャィサバカオウパグムュキチデナハボミエツブセヤモビネヘポベョソゲ"
    "日年大人国会本月者中出一時業社上事金二十生地合前東市自間場分行方新部名内後見三高長来手発相的所学最同家立目成小定入性現経開力員京実女当下対"
    "度作品用体回機動政全記明化外通子気山持心話主関水連選米次法考平文思言代理代戦食電問題意集約強五四教信気使取八九六七万円県府区町村首"
)
_KO = (
    "이다는의에을가고하지로한은도사를기인서대리자아어시나들스으정그수일해있부장제보라것과상전원만여국성구년주조게마동신비말오공경안세우계화면연러용교"
    "방관무문학회개실생소치요산선적되않없습니와금민중위모내물발진반파트식통업당유미때명건간할입월데출행단까술더지역재강직거려된심외설영천김박최북남"
)
_RU = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_UK = "оаинвретсіклдупмзяьбгйчхцїжшюєфщґ"
_BG = "аоиентрсвлкдпмзугябъчщцжйхфшюь"
_EL = "αοιετσνηυρπκμλςωδγχθφβξζψάίόέήύώϊϋΐΰ"
_HE = "יוהלארתבשמנםדקעפחכטגזסצןךץף"
_AR = "اليمنوترعبدهسةفكقحجأشصطخىذزإضءثغئظآؤ"
_TH = "านรกอเงมยลวดตส่ท้คี่ปัหบไิะจใพแช็ูโขุธศ"
# Latin languages: only the letters beyond ASCII tell their encodings apart.
_LATIN = {
    "fr": "éèàêçôùîâûœëïüÉÀÈÇÊ«»’…",
    "de": "üäößÜÄÖ„“”–«»",
    "es": "óíáéñúü¿¡ÁÉÍÓÑ«»ºª",
    "pt": "ãçéáóíêõúàâôÁÉÇÃ",
    "it": "àèéìòùÈÀ’“”«»",
    "sv": "äåöÄÅÖéø",
    "da": "øåæéØÅÆ",
    "is": "áíðéóúþæýöÞÁÍÐÓ",
    "pl": "łóężąśćńźŻŚŁĆŹÓ„”–",
    "cs": "íáěéřýčžšůúťďňóŠČŽŘÚÍÁ„“–",
    "sk": "áíéčýžšľúťôňďäóŠČŽĽ„“–",
    "hu": "áéöóőíüúűÁÉÖÓŐÍÜÚŰ„”–",
    "hr": "čćžšđČŠŽĐĆ",
    "ro": "ăîâşţţŞŢÎ",
    "tr": "ıüşğöçİÇŞÖÜĞâî",
    "lt": "ėųšįžūčęąŠŽČĖ",
    "lv": "āīēšūžņķļčģĀĒĪŠŪ",
    "et": "äõüöšžÄÕÜÖ",
    "vi": "đăâêôơưàáãèéìíòóùúĐ",
}
_ANY_LATIN = "latin"
"""Latin letters of any language, for encodings that hold them all."""
# Marks that every script uses, as each encoding has them.
_HAN_MARKS = "，。、：“”（）；《》？！‘’·—…「」『』％０１２３４５６７８９〈〉【】　"
_COMMON_MARKS = "–—“”‘’«»…•„·€£©®°№\xa0"

ASCII = -4.0
_UNSEEN = -14.0
BROKEN = -16.0
"""Log probability of what belongs to no text; nothing has a lower one."""
_HAN_SECOND = -10.5
"""Log probability of a character of the first plane of its national standard that the list of common ones lacks."""


_ROUNDING = 1.0
"""More than sums of as many characters as a sample has can differ by their order."""
_ODD = 5.0
"""What it costs that a word mixes ASCII letters with another script, or that a Latin one strings accents together."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoding (a Python codec) and the languages that are written in it."""

    codec: str
    languages: tuple[str, ...]
    unit: int
    """Bytes a character takes at least; 1 for single-byte codecs, 2 for the double-byte ones and UTF-16."""


_ALL = ("zh", "zh-Hant", "ja", "ko", "ru", "uk", "bg", "el", "he", "ar", "th", _ANY_LATIN)
CANDIDATES: tuple[Candidate, ...] = (
    Candidate("gb18030", ("zh", "zh-Hant"), 2),
    Candidate("cp950", ("zh-Hant",), 2),
    Candidate("cp932", ("ja",), 2),
    Candidate("euc_jp", ("ja",), 2),
    Candidate("cp949", ("ko",), 2),
    Candidate("utf-16-le", _ALL, 2),
    Candidate("utf-16-be", _ALL, 2),
    Candidate("cp1251", ("ru", "uk", "bg"), 1),
    Candidate("koi8-r", ("ru",), 1),
    Candidate("koi8-u", ("uk",), 1),
    Candidate("iso8859-5", ("ru", "bg"), 1),
    Candidate("cp866", ("ru",), 1),
    Candidate("cp1252", ("fr", "de", "es", "pt", "it", "sv", "da", "is", "et"), 1),
    Candidate("cp1250", ("pl", "cs", "sk", "hu", "hr", "ro"), 1),
    Candidate("iso8859-2", ("pl", "cs", "sk", "hu", "hr", "ro"), 1),
    Candidate("cp1253", ("el",), 1),
    Candidate("iso8859-7", ("el",), 1),
    Candidate("cp1254", ("tr",), 1),
    Candidate("cp1255", ("he",), 1),
    Candidate("cp1256", ("ar",), 1),
    Candidate("iso8859-6", ("ar",), 1),
    Candidate("cp1257", ("lt", "lv", "et"), 1),
    Candidate("cp1258", ("vi",), 1),
    Candidate("cp874", ("th",), 1),
)

Table = NDArray[np.float32]


def _zipf(table: Table, letters: str, share: float, shift: float) -> None:
    """Spread `share` by rank, 1 / (rank + shift); a letter named twice counts once, where it stands first."""
    unique = list(dict.fromkeys(letters))
    weights = 1.0 / (np.arange(len(unique)) + shift)
    points = np.array([ord(c) for c in unique])
    table[points] = np.maximum(table[points], np.log(share * weights / weights.sum()))


def _first_plane(codec: str, first: int, last: int) -> NDArray[np.int64]:
    """Code points of the two-byte characters whose lead byte lies between `first` and `last`."""
    cells = bytes(b for lead in range(first, last + 1) for trail in range(0x40, 0xFF) for b in (lead, trail))
    text = "".join(cells[i : i + 2].decode(codec, "ignore") for i in range(0, len(cells), 2))
    points = {ord(c) for c in text if ord(c) > 0x2FFF}
    return np.array(sorted(points), dtype=np.int64)


@cache
def table(language: str) -> Table:
    """Log probability of each code point of the basic plane in a language, float32[65536]."""
    out = np.full(65536, _UNSEEN, dtype=np.float32)
    out[0x20:0x7F] = ASCII
    out[[9, 10, 13]] = ASCII
    if language in _LATIN:
        _zipf(out, _COMMON_MARKS, 0.004, 4)
        _zipf(out, _LATIN[language], 0.06, 2)
    elif language == _ANY_LATIN:
        out = np.maximum.reduce([table(each) for each in _LATIN])
    elif language in ("ru", "uk", "bg", "el", "he", "ar", "th"):
        letters = {"ru": _RU, "uk": _UK, "bg": _BG, "el": _EL, "he": _HE, "ar": _AR, "th": _TH}[language]
        _zipf(out, _COMMON_MARKS, 0.02, 4)
        capitals = "".join(c.upper() for c in letters if c.upper() != c and len(c.upper()) == 1)
        if capitals:
            _zipf(out, capitals, 0.03, 8)
        _zipf(out, letters, 0.75, 8)
    else:
        common, codec, planes, share, shift = {
            "zh": (_ZH, "gb2312", (0xB0, 0xD7), 0.66, 12.0),
            "zh-Hant": (_ZH_HANT, "big5", (0xA4, 0xC6), 0.66, 12.0),
            "ja": (_JA, "euc_jp", (0xB0, 0xCF), 0.7, 12.0),
            "ko": (_KO, "euc_kr", (0xB0, 0xC8), 0.7, 12.0),
        }[language]
        out[_first_plane(codec, *planes)] = _HAN_SECOND
        _zipf(out, _HAN_MARKS, 0.12, 3)
        _zipf(out, common, share, shift)
    # C0 and C1 controls, surrogates, private use and the mark of failure belong to no text.
    for start, end in ((0x00, 0x09), (0x0B, 0x0D), (0x0E, 0x20), (0x7F, 0xA0), (0xD800, 0xF900), (0xFFF0, 0x10000)):
        out[start:end] = BROKEN
    return out


@cache
def byte_table(codec: str, language: str) -> Table:
    """Log probability of each byte of a single-byte codec in a language, float32[256]."""
    points = [bytes([b]).decode(codec, "replace") for b in range(256)]
    out: Table = table(language)[np.array([ord(c) for c in points])]
    return out


@cache
def _letters(codec: str) -> NDArray[np.int8]:
    """Per byte of a codec: 1 for a letter of ASCII, 2 for another letter, 0 for the rest."""
    text = [bytes([b]).decode(codec, "replace") for b in range(256)]
    return np.array([(1 if c.isascii() else 2) if c.isalpha() else 0 for c in text], dtype=np.int8)


def _neighbours(codec: str, sample: NDArray[np.uint8]) -> tuple[int, int]:
    """How often a letter beyond ASCII stands beside one of ASCII, and beside another of its like."""
    classes = _letters(codec)[sample]
    sums = classes[1:] * classes[:-1]
    return int((sums == 2).sum()), int((sums == 4).sum())


def code_points(text: str) -> NDArray[np.int64]:
    """Code points of a text; those beyond the basic plane as U+FFFD, which no text should hold."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    return np.where(points > 0xFFFF, 0xFFFD, points)


def likelihood(candidate: Candidate, windows: list[bytes]) -> float:
    """Log likelihood of the bytes under the candidate's best language.

    Comparable between codecs, as each maps bytes to characters one to one.
    """
    if candidate.unit == 1:
        sample = np.frombuffer(b"\n".join(windows), dtype=np.uint8)
        counts = np.bincount(sample, minlength=256)
        mixed, foreign = _neighbours(candidate.codec, sample)
        return max(
            float(counts @ byte_table(candidate.codec, language)) - _ODD * (foreign if language in _LATIN else mixed)
            for language in candidate.languages
        )
    points = np.concatenate([code_points(window.decode(candidate.codec, "replace")) for window in windows])
    return max(float(table(language)[points].sum(dtype=np.float64)) for language in candidate.languages)


@cache
def _highest(candidate: Candidate) -> Table:
    """The highest log probability of each byte, or each code point, in any of a candidate's languages."""
    tables = [
        byte_table(candidate.codec, language) if candidate.unit == 1 else table(language)
        for language in candidate.languages
    ]
    highest: Table = np.maximum.reduce(tables)
    return highest


@cache
def _highest_of_bytes() -> NDArray[np.float64]:
    """The highest log probabilities of the single-byte candidates, a row each."""
    return np.array([_highest(candidate) for candidate in CANDIDATES if candidate.unit == 1], dtype=np.float64)


def limits(windows: list[bytes]) -> dict[str, float]:
    """For each single-byte candidate a log likelihood that it cannot exceed, found with less work than `likelihood`."""
    counts = np.bincount(np.frombuffer(b"\n".join(windows), dtype=np.uint8), minlength=256)
    found = _highest_of_bytes() @ counts + _ROUNDING
    names = [candidate.codec for candidate in CANDIDATES if candidate.unit == 1]
    return dict(zip(names, found.tolist(), strict=True))


def limit(candidate: Candidate, windows: list[bytes]) -> float:
    """The same for a candidate of more bytes."""
    points = np.concatenate([code_points(window.decode(candidate.codec, "replace")) for window in windows])
    return float(_highest(candidate)[points].sum(dtype=np.float64)) + _ROUNDING
