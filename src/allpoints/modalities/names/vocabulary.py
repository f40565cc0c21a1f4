"""The small words of names: titles, particles, marks of descent. Each in the scripts in which it is written.

Names themselves are in `rarity` and `symbols`. European titles follow the list of OpenSanctions' rigour (MIT).
"""

from allpoints.modalities.names.scripts import words


def _set(text: str) -> frozenset[str]:
    return frozenset(word for written in text.split() for word in words(written))


TITLES_OR_NAMES = _set("""
    sheikh shaikh shaykh sheik shekh cheikh scheich hafiz hafez imam mufti alim sardar pir khwaja emir
    amir malik sultan shah mir sayed sayyid syed said sayid seyed seyyed
    agha aga bhai thakur baba king prince baron saint st the don major
    шейх الشيخ شيخ শেখ शेख شیخ שייח
    حافظ امام سيد أمير امير ملك سلطان شاه مير آغا سید میر
""")
"""Titles that are names as well: weightless in front of a whole name, a name where little else is left."""

TITLES = (
    _set("""
        mr mrs ms miss mx dr drs prof ing dipl phd md mba esq esquire hon rev revd sir dame lord lady
        gen gral col lt ltc maj capt cpt cmdr sgt brig adm cdr marshal comrade
        haji hajji hadji haj hajj hadj hajja alhaji alhaj alhajj elhaj elhadj hacı
        mullah mulla molla mollah mawlawi maulavi maulvi mawlavi
        moulavi maulana mawlana moulana qari qazi kadi ayatollah hojatoleslam hojjatoleslam hujjatulislam ustad ustadh
        ustaz engineer engr eng
        mevlana hoca efendi pasha paşa bey effendi herr frau fräulein madame mme mlle monsieur
        señor señora senor senora sra srta dom dona doña don signor signora shri shree sri smt shrimati
        pandit datuk dato datin tengku haja u daw ko ma saya nai nang
        jr junior snr senior fils neto filho sobrinho ii iii iv vi vii viii 1st 2nd 3rd
        queen princess emperor baroness count countess duke duchess viscount marquess
        pope saint
        president minister deputy general colonel captain lieutenant commander brigadier admiral
        aka alias fka formerly née nee born dit dite known
        г-н г-жа господин госпожа гражданин товарищ генерал полковник майор капитан мулла хаджи хаджа
        доктор профессор князь граф пан пані
        السيد السيدة الحاج حاج الحاجة الدكتور دكتور د الأستاذ المهندس مهندس الملا ملا مولوي مولانا قاري
        العميد اللواء الفريق العقيد النقيب أستاذ آقای خانم آیت الله حجت الاسلام
        מר גברת ד״ר פרופ הרב
        श्री श्रीमती डॉ कुमारी पंडित ডা জনাব மேதகு திரு திருமதி นาย นาง นางสาว ดร พล
        先生 女士 小姐 博士 교수 박사 씨 선생
        amb ambassador baronet baronetess chair chairman chairwoman commodore director doctor dott dottor dottore
        empress excellency honorable honourable hr hrh laird madam marchioness misses missis missus mister
        mistress mixter mmme professor präsident pvt reverend seigneur senorita worshipful
    """)
    - TITLES_OR_NAMES
    - _set("vi الله sri ma ko saya nai nang pasha bey u د")
)
"""Weightless: the same person bears them in one file and not in another."""

COMPANY_FORMS = _set("""
    llc ltd limited inc incorporated corp corporation gmbh ag plc llp lp co company sarl srl spa bv nv oy ab as
    holding holdings group ооо оао зао пао ип тов
""")
"""Names of one-man firms: what is left is the person's name."""

PLACEHOLDERS = _set("""
    fnu lnu nfn nmn unknown unnamed unidentified anonymous anonym desconocido desconocida inconnu inconnue
    unbekannt unbekannte onbekend sconosciuto sconosciuta
    неизвестный неизвестная неизвестно невідомий невідома безымянный
    مجهول مجهولة نامعلوم नामालूम अज्ञात
    不明 不詳 不详 佚名 無名氏 无名氏 未知 미상 불명
""")
"""They stand where no name is known: two who lack a name agree in nothing."""
PLACEHOLDER_PAIRS = (
    ("no", "name"), ("not", "known"), ("not", "stated"), ("name", "unknown"),
    ("baby", "boy"), ("baby", "girl"), ("غير", "معروف"), ("غير", "معروفة"),
)  # fmt: skip
"""The same in two words."""

PARTICLES = _set("""
    bin ibn ben bint binti binte ibnu b al el ul ur as ash ad ed at az an ar es et il
    van von vom der den dem de da do dos das du la le les lo los las del della delle dei degli di dal dalla ter ten te
    zu zur zum af av y e i ap ab
    бин ибн бен бинт аль эль ад ас аш ан ар ат ван фон дер де ла ди ду да дель
    بن ابن بنت ال آل
    בן בת אבן
    οι του της
""")
"""They join the word after them and say little by themselves."""

LEADING_PARTICLES = _set("""
    bin ibn al el de van von der der del della di la ad as ash ибн бин аль эль ван фон де бен بن ابن ال آل
""")
"""Particles that may open a name; any other first word is a name (`Ben Stiller`, `Do Muoi`)."""

OF_FATHER_BEFORE = _set("bin ibn ben bint binti binte ibnu b бин ибн бинт بن ابن بنت")
"""The word after is the father's name."""
OF_FATHER_AFTER = _set("""
    oglu ogly oghlu oghli ogli ugli uly uulu ulu qizi gizi kizi kyzy kizy gyzy qyzy zade zada zadeh
    оглы оглу оғлу огли ўғли угли улы уулу ұлы кызы гызы қизи қызы кизи заде зода
    اوغلو اوغلی زاده
""")
"""The word before is the father's name."""
PATRONYMIC_ENDINGS = (
    "ovich", "evich", "yevich", "ovych", "yovych", "evych", "avich", "owicz",
    "ovna", "evna", "yevna", "ivna", "ichna", "inichna", "auna", "euna",
    "ович", "евич", "йович", "овна", "евна", "ична", "івна", "ївна", "авіч", "евіч", "аўна", "еўна", "ьич",
    "ұлы", "улы", "қызы", "кызы", "uly", "qyzy", "kyzy",
)  # fmt: skip
"""What a father's name ends with in the languages that form patronymics of it."""

CHAINED_NAMES = _set("""
    ahmad ali hasan husayn umar uthman ibrahim ismail khalid said salih usama abdullah yusuf mustafa mahmud
    hamid hafiz jamal jalal kamal karim salman saddam muammar qasim rashid tariq walid nasir mansur
    jalaluddin sirajuddin nuruddin sulayman dawud musa isa yahya zakariya bilal faysal fahd sultan bashir
    girma tesfaye bekele haile kebede tadesse alemu mengistu abebe getachew hailu berhane gebre worku
""")
"""Given names of peoples who write their father's and grandfather's given names after their own. Muhammad is
missing: it opens a second given name as often."""
DOUBLED_NAMES = _set("muhammad mohammed mohd sayyid syed mir mirza ghulam noor siti محمد سيد سید мухаммед")
"""Given names before another given name, by which alone the person mostly goes: `Muhammad Hosni`."""

LOOKALIKES = tuple(
    dict(pair.split("=") for pair in line.split())
    for line in (
        "حسن=hasan حسين=husayn,hossein محسن=muhsin",
        "محمد=muhammad محمود=mahmud,mahmoud أحمد=ahmad احمد=ahmad حامد=hamid حمد=hamad",
        "سعد=saad سعيد=saeed,saiid مسعود=masud",
        "سالم=salim سليمان=sulayman سلمان=salman",
        "كريم=karim اکرم=akram أكرم=akram اكرم=akram",
        "جمال=jamal جميل=jamil",
        "كمال=kamal كامل=kamil,kamel",
        "عمر=umar,omer عمار=ammar عامر=amir",
        "رشيد=rashid رشاد=rashad",
        "بشير=bashir بشار=bashar",
        "سمير=samir سامر=samer",
    )
)
"""Names of the Arabic script that differ by a vowel or a letter, as mistyped ones do, yet are different names."""

SERVANT = _set("abd abdul abdel abdal abdur abdus abdu абд абдул абдель абду عبد")
"""Half a name: `Abd al-Rahman` is one."""
FATHER_OF = _set("abu abou aboo abo bu umm um um abi абу умм أبو ابو ام أم أبي ابي")
"""A kunya: `Abu Bakr` is one name."""
ARTICLES = _set("al el ul ur us ud ad ed as ash an ar at az il аль эль ад ас аш ар ал уль ال")
OF_FAITH = _set("din deen dine eddin eddine addin uddin ddin дин ддин الدين دين")
LINKS = _set("ul ur ud us un")
"""`Zia ul Haq` is `Ziaulhaq`."""
CLAN_PREFIXES = _set("mac mc")
"""Written as one word or two."""

COMPOUND_FAMILIES = _set("""
    欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 司徒 东方 東方 独孤 獨孤 南宫 南宮 万俟 萬俟 闻人 聞人 夏侯 尉迟 尉遲 公孙
    公孫 慕容 长孙 長孫 宇文 司空 皇甫 令狐 轩辕 軒轅 端木 申屠 呼延 鲜于 鮮于 拓跋 西门 西門 范姜 张简 張簡
    남궁 황보 제갈 사공 선우 서문 독고 동방 망절 어금
""")
"""Chinese and Korean family names of two characters."""

EAST_ASIAN_FAMILIES = _set("""
    wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang
    han feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren yao shen xi mao
    chan wong cheung lau ng leung ho tsang kwok chow lam tsai hsu hsieh chiang
    kim lee park pak paek choi choe jung chong kang cho jo yoon yun jang chang lim im shin sin kwon kwak
    hwang ahn ryu yoo hong jeon ko moon son bae baek heo nam sim noh ri ro ra jon
    nguyen tran le pham huynh hoang phan vu vo dang bui do ngo duong ly
""")
"""Family names that stand first, as Latin letters write them."""
