# ruff: noqa: E501
"""One invented story in eight languages, for pages that differ in nothing but their language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """The words of a page: `body` are the story's sentences, the others what stands around it."""

    code: str
    site: str
    title: str
    credit: str
    body: tuple[str, ...]
    teasers: tuple[str, ...]
    remarks: tuple[str, ...]
    menu: tuple[str, ...]
    related: str
    comments: str
    cookies: str
    footer: str
    share: str
    gap: str = " "


TONGUES = (
    Tongue(
        "en",
        "Estuary Herald",
        "Old ferry pier closes after piles rot",
        "By Nora Quill, 3 March 2012, 17:58",
        (
            "The old ferry pier below the mill was closed on Saturday, after divers found that most of its wooden piles had rotted.",
            "People who cross the river every day now walk round by the stone bridge, which takes them an hour longer.",
            '"I have rowed here for forty years and never saw the water so low," said the ferryman, who lives beside the pier.',
            "The council said that a new pier would cost two million, and that the money would not be found before autumn.",
            "Farmers on the far bank fear for the harvest, because the market lies on this side and the road is narrow.",
            "Until then a small boat will carry the school children, twice in the morning and once in the evening.",
            "An engineer who looked at the piles said that they had stood for ninety years, longer than anyone had planned.",
            "The ferry itself, painted green and white, is to be kept in the yard of the museum, where it can be visited.",
        ),
        (
            "Bakers of the lower town ask for a later market, since ovens take longer in the cold months.",
            "A flock of cranes has been resting on the salt meadows, to the delight of those with binoculars.",
            "The orchestra has found a new hall, which smells of apples because it used to be a barn.",
        ),
        (
            "My grandfather built that pier, and he always said that oak lasts a hundred years if you leave it wet.",
            "Why does nobody ask the people on the far bank what they need? We have waited for a bridge since I was a child.",
            "I walk the long way every day, and I must say that it has done my knees some good.",
        ),
        ("Home", "News", "Town", "Sport", "Culture", "Letters"),
        "Related articles",
        "Comments",
        "We use cookies so that these pages work, and to learn how they are read. Accept or choose your settings.",
        "© Estuary Herald. All rights reserved. Terms of use",
        "Share",
    ),
    Tongue(
        "pl",
        "Kurier Ujścia",
        "Stara przystań zamknięta, pale zbutwiały",
        "Autor: Nora Piórko, 3 marca 2012, 17:58",
        (
            "Starą przystań promową poniżej młyna zamknięto w sobotę, gdy nurkowie odkryli, że większość drewnianych pali zbutwiała.",
            "Ludzie, którzy codziennie przeprawiają się przez rzekę, chodzą teraz kamiennym mostem, co zajmuje im godzinę dłużej.",
            "„Wiosłuję tu od czterdziestu lat i nigdy nie widziałem tak niskiej wody”, powiedział przewoźnik mieszkający obok przystani.",
            "Rada podała, że nowa przystań kosztowałaby dwa miliony, a pieniędzy nie uda się znaleźć przed jesienią.",
            "Rolnicy z drugiego brzegu boją się o zbiory, bo targ leży po tej stronie, a droga jest wąska.",
            "Do tego czasu mała łódź będzie wozić dzieci do szkoły, dwa razy rano i raz wieczorem.",
            "Inżynier, który obejrzał pale, stwierdził, że stały dziewięćdziesiąt lat, dłużej, niż ktokolwiek planował.",
            "Sam prom, pomalowany na zielono i biało, stanie na dziedzińcu muzeum, gdzie będzie można go zwiedzać.",
        ),
        (
            "Piekarze z dolnego miasta proszą o późniejszy targ, bo w chłodne miesiące piece grzeją się dłużej.",
            "Stado żurawi odpoczywa na słonych łąkach, ku radości tych, którzy mają lornetki.",
            "Orkiestra znalazła nową salę, która pachnie jabłkami, bo kiedyś była stodołą.",
        ),
        (
            "Mój dziadek budował tę przystań i zawsze mówił, że dąb trzyma sto lat, jeśli zostawi się go mokrym.",
            "Dlaczego nikt nie pyta ludzi z drugiego brzegu, czego im trzeba? Czekamy na most, odkąd byłem dzieckiem.",
            "Chodzę codziennie naokoło i muszę przyznać, że moim kolanom wyszło to na dobre.",
        ),
        ("Początek", "Wiadomości", "Miasto", "Sport", "Kultura", "Listy"),
        "Zobacz także",
        "Komentarze",
        "Używamy plików cookie, żeby strony działały i żeby wiedzieć, jak są czytane. Zaakceptuj albo wybierz ustawienia.",
        "© Kurier Ujścia. Wszelkie prawa zastrzeżone. Regulamin",
        "Udostępnij",
    ),
    Tongue(
        "el",
        "Εφημερίδα του Δέλτα",
        "Κλείνει η παλιά προβλήτα, σάπισαν οι πάσσαλοι",
        "Συντάκτης: Νόρα Φτερού, 3 Μαρτίου 2012, 17:58",
        (
            "Η παλιά προβλήτα κάτω από τον μύλο έκλεισε το Σάββατο, όταν οι δύτες είδαν ότι οι περισσότεροι ξύλινοι πάσσαλοι είχαν σαπίσει.",
            "Όσοι περνούν κάθε μέρα το ποτάμι πηγαίνουν τώρα από το πέτρινο γεφύρι, που τους παίρνει μία ώρα παραπάνω.",
            "«Τραβάω κουπί εδώ σαράντα χρόνια και ποτέ δεν είδα τόσο χαμηλά νερά», είπε ο βαρκάρης, που μένει δίπλα στην προβλήτα.",
            "Το συμβούλιο ανακοίνωσε ότι μια νέα προβλήτα θα κόστιζε δύο εκατομμύρια και ότι τα χρήματα δεν θα βρεθούν πριν από το φθινόπωρο.",
            "Οι αγρότες της απέναντι όχθης φοβούνται για τη σοδειά, γιατί η αγορά είναι από εδώ και ο δρόμος στενός.",
            "Ως τότε μια μικρή βάρκα θα μεταφέρει τα παιδιά του σχολείου, δύο φορές το πρωί και μία το βράδυ.",
            "Ένας μηχανικός που εξέτασε τους πασσάλους είπε ότι στάθηκαν ενενήντα χρόνια, περισσότερο απ' όσο είχε σχεδιάσει κανείς.",
            "Το ίδιο το πορθμείο, βαμμένο πράσινο και άσπρο, θα μείνει στην αυλή του μουσείου, όπου θα το βλέπουν οι επισκέπτες.",
        ),
        (
            "Οι φουρνάρηδες της κάτω πόλης ζητούν πιο αργή αγορά, επειδή τους κρύους μήνες οι φούρνοι αργούν.",
            "Ένα κοπάδι γερανοί ξεκουράζεται στα αλμυρά λιβάδια, προς χαρά όσων έχουν κιάλια.",
            "Η ορχήστρα βρήκε νέα αίθουσα, που μυρίζει μήλα γιατί παλιά ήταν αποθήκη.",
        ),
        (
            "Ο παππούς μου έχτισε αυτή την προβλήτα και πάντα έλεγε ότι η δρυς κρατάει εκατό χρόνια, αν μένει βρεγμένη.",
            "Γιατί δεν ρωτάει κανείς τους απέναντι τι χρειάζονται; Περιμένουμε γέφυρα από τότε που ήμουν παιδί.",
            "Κάνω κάθε μέρα τον γύρο και πρέπει να πω ότι τα γόνατά μου το χάρηκαν.",
        ),
        ("Αρχική", "Ειδήσεις", "Πόλη", "Αθλητικά", "Πολιτισμός", "Γράμματα"),
        "Διαβάστε επίσης",
        "Σχόλια",
        "Χρησιμοποιούμε cookies για να λειτουργούν οι σελίδες και για να ξέρουμε πώς διαβάζονται. Αποδοχή ή ρυθμίσεις.",
        "© Εφημερίδα του Δέλτα. Με την επιφύλαξη παντός δικαιώματος. Όροι χρήσης",
        "Κοινοποίηση",
    ),
    Tongue(
        "ru",
        "Вестник устья",
        "Старый причал закрыт: сваи сгнили",
        "Автор: Нора Перова, 3 марта 2012, 17:58",
        (
            "Старый паромный причал под мельницей закрыли в субботу, когда водолазы увидели, что большая часть деревянных свай сгнила.",
            "Те, кто каждый день переправляется через реку, ходят теперь в обход по каменному мосту, и это на час дольше.",
            "«Я гребу здесь сорок лет и ни разу не видел такой низкой воды», — сказал паромщик, который живёт у самого причала.",
            "В совете сообщили, что новый причал обошёлся бы в два миллиона и что денег до осени не найдут.",
            "Крестьяне с того берега боятся за урожай, потому что рынок стоит на этой стороне, а дорога узкая.",
            "До тех пор школьников будет возить маленькая лодка, дважды утром и один раз вечером.",
            "Инженер, осмотревший сваи, сказал, что они простояли девяносто лет, дольше, чем кто-либо рассчитывал.",
            "Сам паром, выкрашенный в зелёное и белое, останется во дворе музея, где его можно будет осмотреть.",
        ),
        (
            "Пекари нижнего города просят открывать рынок позже, потому что в холодные месяцы печи греются дольше.",
            "Стая журавлей отдыхает на солёных лугах, к радости тех, у кого есть бинокль.",
            "Оркестр нашёл новый зал, который пахнет яблоками, потому что раньше был сараем.",
        ),
        (
            "Мой дед строил этот причал и всегда говорил, что дуб стоит сто лет, если не давать ему сохнуть.",
            "Почему никто не спросит людей на том берегу, что им нужно? Мы ждём моста с тех пор, как я был ребёнком.",
            "Я каждый день хожу в обход и должен сказать, что коленям это пошло на пользу.",
        ),
        ("Главная", "Новости", "Город", "Спорт", "Культура", "Письма"),
        "Читайте также",
        "Комментарии",
        "Мы используем файлы cookie, чтобы страницы работали и чтобы знать, как их читают. Примите или выберите настройки.",
        "© Вестник устья. Все права защищены. Правила",
        "Поделиться",
    ),
    Tongue(
        "ja",
        "河口新報",
        "古い渡し場が閉鎖、杭が朽ちる",
        "著者：筆野のら　2012年3月3日 17:58",
        (
            "水車小屋の下にある古い渡し場が土曜日に閉鎖された。潜水士が調べたところ、木の杭の大半が朽ちていたためである。",
            "毎日川を渡っていた人々は、いまは石の橋まで歩いて回っており、一時間ほど余計にかかるという。",
            "「四十年ここで漕いできたが、これほど水が低いのは見たことがない」と、渡し場のそばに住む船頭は話した。",
            "議会によると、新しい渡し場には二百万がかかり、秋より前に資金を用意することはできないという。",
            "対岸の農家は収穫を心配している。市場はこちら側にあり、道が狭いからだ。",
            "それまでは小さな舟が、朝に二度、夕方に一度、学校の子どもたちを運ぶことになっている。",
            "杭を調べた技師は、九十年も立っていたのは、だれの計画よりも長いと述べた。",
            "緑と白に塗られた渡し船そのものは博物館の庭に置かれ、だれでも見ることができる。",
        ),
        (
            "下町のパン屋は、寒い月にはかまどに時間がかかるとして、朝市を遅らせるよう求めている。",
            "塩の草原で鶴の群れが休んでおり、双眼鏡を持つ人々を喜ばせている。",
            "楽団は新しい会場を見つけた。もとは納屋だったので、りんごの香りがする。",
        ),
        (
            "祖父があの渡し場を建てました。樫は濡らしておけば百年もつと、いつも言っていました。",
            "どうしてだれも対岸の人に何が要るのか聞かないのでしょう。子どものころから橋を待っています。",
            "毎日遠回りしていますが、ひざにはよかったと言わなければなりません。",
        ),
        ("ホーム", "ニュース", "まち", "スポーツ", "文化", "投書"),
        "関連記事",
        "コメント",
        "このサイトはクッキーを使い、ページを動かし、どのように読まれるかを知ります。同意するか、設定を選んでください。",
        "© 河口新報　無断転載を禁じます。",
        "シェア",
        "",
    ),
    Tongue(
        "ar",
        "صحيفة المصب",
        "إغلاق رصيف العبّارة القديم بعد تعفن أوتاده",
        "بقلم: نورا ريشة، 3 مارس 2012، 17:58",
        (
            "أُغلق رصيف العبّارة القديم أسفل الطاحونة يوم السبت، بعد أن وجد الغواصون أن معظم أوتاده الخشبية قد تعفنت.",
            "والناس الذين يعبرون النهر كل يوم يسيرون الآن إلى الجسر الحجري، وهو طريق أطول بساعة كاملة.",
            "وقال المراكبي الذي يسكن بجانب الرصيف: «أجدّف هنا منذ أربعين عاماً ولم أر الماء منخفضاً هكذا قط».",
            "وذكر المجلس أن رصيفاً جديداً سيكلف مليونين، وأن المال لن يتوفر قبل الخريف.",
            "ويخاف المزارعون في الضفة الأخرى على الحصاد، لأن السوق في هذه الجهة والطريق ضيق.",
            "وحتى ذلك الحين سيحمل قارب صغير أطفال المدرسة، مرتين في الصباح ومرة في المساء.",
            "وقال مهندس فحص الأوتاد إنها صمدت تسعين عاماً، أطول مما خطط له أي أحد.",
            "أما العبّارة نفسها، المطلية بالأخضر والأبيض، فستبقى في ساحة المتحف حيث يمكن زيارتها.",
        ),
        (
            "يطلب خبازو المدينة السفلى سوقاً متأخرة، لأن الأفران تحتاج وقتاً أطول في الأشهر الباردة.",
            "يستريح سرب من الكراكي في المروج المالحة، مما يفرح أصحاب المناظير.",
            "وجدت الفرقة قاعة جديدة تفوح منها رائحة التفاح، لأنها كانت مخزناً في الماضي.",
        ),
        (
            "جدي هو الذي بنى ذلك الرصيف، وكان يقول دائماً إن البلوط يعيش مئة عام إذا بقي مبتلاً.",
            "لماذا لا يسأل أحد أهل الضفة الأخرى عما يحتاجون إليه؟ ننتظر الجسر منذ كنت طفلاً.",
            "أمشي الطريق الطويل كل يوم، ويجب أن أقول إن ركبتيّ استفادتا منه.",
        ),
        ("الرئيسية", "الأخبار", "المدينة", "الرياضة", "الثقافة", "الرسائل"),
        "اقرأ أيضا",
        "تعليقات",
        "نستخدم ملفات تعريف الارتباط كي تعمل الصفحات ونعرف كيف تُقرأ. اقبل أو اختر إعداداتك.",
        "© صحيفة المصب. جميع الحقوق محفوظة.",
        "مشاركة",
    ),
    Tongue(
        "ko",
        "하구신문",
        "말뚝이 썩어 옛 나루터 폐쇄",
        "기자 노라 2012년 3월 3일 17:58",
        (
            "방앗간 아래의 옛 나루터가 토요일에 폐쇄되었다. 잠수부들이 나무 말뚝 대부분이 썩은 것을 발견했기 때문이다.",
            "매일 강을 건너던 사람들은 이제 돌다리로 돌아서 걸어가며, 한 시간이 더 걸린다고 한다.",
            '"여기서 사십 년 동안 노를 저었지만 물이 이렇게 낮은 것은 본 적이 없다"고 나루터 옆에 사는 뱃사공이 말했다.',
            "의회는 새 나루터에 이백만이 들며, 가을 전에는 돈을 마련하지 못할 것이라고 밝혔다.",
            "건너편 농부들은 수확을 걱정한다. 시장은 이쪽에 있고 길이 좁기 때문이다.",
            "그때까지 작은 배가 아침에 두 번, 저녁에 한 번 학교 아이들을 실어 나를 예정이다.",
            "말뚝을 살펴본 기술자는 그것이 누구의 계획보다도 오래, 구십 년 동안 서 있었다고 말했다.",
            "초록색과 흰색으로 칠한 나룻배는 박물관 마당에 두어 누구나 볼 수 있게 한다.",
        ),
        (
            "아랫마을 빵집들은 추운 달에는 화덕이 늦게 달아오른다며 장을 늦춰 달라고 한다.",
            "두루미 떼가 소금 풀밭에서 쉬고 있어 쌍안경을 가진 사람들을 기쁘게 한다.",
            "악단이 새 연주장을 찾았는데, 예전에 헛간이어서 사과 냄새가 난다.",
        ),
        (
            "우리 할아버지가 그 나루터를 지었는데, 참나무는 젖은 채로 두면 백 년을 간다고 늘 말씀하셨다.",
            "왜 아무도 건너편 사람들에게 무엇이 필요한지 묻지 않나요? 어릴 때부터 다리를 기다렸어요.",
            "날마다 먼 길로 돌아가는데, 무릎에는 좋았다고 말해야겠네요.",
        ),
        ("홈", "뉴스", "마을", "스포츠", "문화", "편지"),
        "관련 기사",
        "댓글",
        "이 사이트는 쿠키를 써서 페이지를 움직이고 어떻게 읽히는지 압니다. 동의하거나 설정을 고르세요.",
        "© 하구신문. 무단 전재 금지.",
        "공유",
    ),
    Tongue(
        "zh",
        "江口在线",
        "木桩朽坏 旧渡口周六停用",
        "来源：江口在线　作者：羽诺　2012-03-03 17:58",
        (
            "磨坊下面的旧渡口周六停用，潜水员发现，码头的木桩大多已经朽坏。",
            "每天过江的人现在要绕到石桥去走，比从前多花一个小时。",
            "“我在这里摇了四十年船，从没见过水这么低。”住在渡口旁边的船工说。",
            "镇上表示，新建一座码头要花两百万，入秋之前拿不出这笔钱。",
            "对岸的农户担心收成，因为集市在这一边，而路又窄。",
            "在那之前，将有一只小船接送上学的孩子，早上两趟，傍晚一趟。",
            "看过木桩的工程师说，它们立了九十年，比谁当初打算的都长。",
            "漆成绿白两色的渡船将留在博物馆的院子里，供人参观。",
        ),
        (
            "下城的面包师傅请求推迟早市，因为天冷的月份炉子热得慢。",
            "一群鹤在盐碱草地上歇脚，带望远镜的人都很高兴。",
            "乐队找到了新的排练厅，那里从前是谷仓，至今还有苹果的香味。",
        ),
        (
            "那个码头是我爷爷修的，他总说橡木只要一直泡着，能用一百年。",
            "为什么没有人问问对岸的人需要什么？我从小就在等一座桥。",
            "我天天绕远路走，不得不说，膝盖反倒好了些。",
        ),
        ("首页", "新闻", "本地", "体育", "文化", "来信"),
        "相关阅读",
        "网友评论",
        "本站使用缓存文件，以便网页正常显示，并了解阅读情况。请接受或选择设置。",
        "版权所有 江口在线 未经授权不得转载",
        "分享",
        "",
    ),
)
