"""Lines of credits and short sentences, in many languages: a byline is one by what it says whole."""

from __future__ import annotations

import pytest

from flows.extract.html import read
from flows.extract.web.credited import is_credit


@pytest.mark.parametrize(
    "line",
    [
        "By Ada Fenwick",
        "By Ada Fenwick and Tam Weir, Staff Writers",
        "by Jill Barshay August 25, 2025",
        "Published 6 June 2024, 14:30 GMT",
        "Posted on June 6, 2024 by Nell Quarry",
        "Last updated: 06/06/2024 10:30",
        "Von Ada Fenwick, 12. Mai 2024, 10:30 Uhr",
        "Aktualisiert am 6. Juni 2024 um 14:30 Uhr",
        "Stand: 12.05.2024, 10:30 Uhr",
        "Par Nell Quarry, le 6 juin 2024 à 14h30",
        "Publié le 6 juin 2024 à 14:30 - Mis à jour le 7 juin 2024",
        "Publicado el 6 de junio de 2024",
        "Autor: Jan Kowalski, 6 czerwca 2024",
        "Опубликовано 6 июня 2024, 14:30",
        "Автор: Иван Петров",
        "Публикувано на 6 юни 2024 г., 14:30 ч.",
        "Δημοσίευση: 6 Ιουνίου 2024",
        "بقلم محمد علي",
        "来源：石桥日报\u30002024年3月8日 09:15",
        "2024年3月7日 18時05分",
        "本报记者 王小明 李红",
        "作者：王小明",
        "石桥日报 2024-06-06 10:30",
        "文・写真\u3000川辺みどり",
        "2024년 6월 6일 14:30 입력",
        "6 June 2024 | 4 min read",
        "Nell Quarry Jun 6, 2024 4 min read",
        "June 6, 2024",
        "10:30",
        "Paris, 6 June 2024",
        "Source: Harbour Office",
        "Quelle: dpa",
        "责任编辑：张三",
        "新华社北京3月7日电",
        "Nell Quarry • 6 June 2024",
    ],
)
def test_a_line_of_names_labels_and_dates_is_a_credit(line: str) -> None:
    assert is_credit(line)


LEADS = [
    "The bridge was opened by the mayor on Monday.",
    "The first train crossed at 10:30 and was met with cheers.",
    "A report published last week called the structure sound.",
    "2024年3月7日上午，石桥镇大桥正式通车，全镇三百多名群众参加了通车仪式。",
    "上午9:30，第一辆客车驶过大桥，两岸响起热烈的掌声。",
    "据悉，大桥于2021年5月12日开工建设，总投资一千二百万元。",
    "The prize was shared by two sisters from the mill.",
    "Der letzte Zug fährt um 23:10 Uhr ab.",
    "Le pont a été ouvert le 6 juin 2024 par le maire.",
    "El puente fue inaugurado por el alcalde el lunes.",
    "Most został otwarty 6 czerwca 2024 roku przez burmistrza.",
    "Мост открыли 6 июня 2024 года в 10:30.",
    "Отчёт опубликовано на прошлой неделе.",
    "Η γέφυρα άνοιξε στις 6 Ιουνίου 2024 το πρωί.",
    "افتتح الجسر يوم الاثنين 6 يونيو 2024 بحضور رئيس البلدية.",
    "橋は2024年6月6日に開通した。",
    "다리는 2024년 6월 6일 개통했다.",
    "警方昨晚10:30封锁现场",
    "Updated rules come into force on 1 July 2024",
    "By train from the mill to the sea",
    "By Monday the bridge will be open.",
    "Il ponte è stato aperto il 6 giugno 2024.",
    "A ponte foi aberta por dois irmãos.",
    "Bron öppnades klockan 10:30 av borgmästaren.",
    "The ferry leaves at 6:15.",
    "They met on 12 May 2021.",
    "It was written by two sisters.",
    "Posted to the front, he wrote home.",
    "新华社记者王小明昨天来到石桥镇采访",
    "Köprü 6 Haziran 2024'te açıldı.",
    "Cầu được khánh thành ngày 6 tháng 6 năm 2024.",
    "Jembatan dibuka oleh wali kota pada Senin.",
    "पुल 6 जून 2024 को खुला।",
]


@pytest.mark.parametrize("line", LEADS)
def test_a_sentence_is_none_whatever_words_and_times_it_holds(line: str) -> None:
    assert not is_credit(line)


@pytest.mark.parametrize("lead", [line for line in LEADS if line.endswith((".", "。"))])
def test_a_short_lead_is_text_and_no_date_is_taken_from_it(lead: str) -> None:
    long = "The harbour office has raised the fee for visiting boats by a fifth, the first rise in nine years, it says."
    page = f"<title>Boats</title><h1>Boats</h1><p>{lead}</p><p>{long}</p><p>{long} The rest is for dredging.</p>"
    reading = read(f"<main><article>{page}</article></main>".encode(), {})
    assert lead in [b.text for b in reading.blocks if b.article == 0 and b.kind == "body"]
    assert reading.published_at is None
