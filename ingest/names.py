"""What the parts of a Chinese company name are: place, trade name (字号), industry words, legal form.

Registered names follow a pattern laid down by law, 行政区划 + 字号 + 行业 + 组织形式, so a name can be read
without a dictionary of companies: 浙江 · 阳光照明 · 电器 · 集团股份有限公司.
"""

import csv
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path

import zhconv

REGIONS_PATH = Path(__file__).resolve().parents[1] / "data" / "reference" / "regions.csv"

PROVINCES = {
    "11": ("北京", "京"), "12": ("天津", "津"), "13": ("河北", "冀"), "14": ("山西", "晋"), "15": ("内蒙古", "蒙"),
    "21": ("辽宁", "辽"), "22": ("吉林", "吉"), "23": ("黑龙江", "黑"), "31": ("上海", "沪申"), "32": ("江苏", "苏"),
    "33": ("浙江", "浙"), "34": ("安徽", "皖"), "35": ("福建", "闽"), "36": ("江西", "赣"), "37": ("山东", "鲁"),
    "41": ("河南", "豫"), "42": ("湖北", "鄂"), "43": ("湖南", "湘"), "44": ("广东", "粤"), "45": ("广西", "桂"),
    "46": ("海南", "琼"), "50": ("重庆", "渝"), "51": ("四川", "川蜀"), "52": ("贵州", "贵黔"), "53": ("云南", "云滇"),
    "54": ("西藏", "藏"), "61": ("陕西", "陕秦"), "62": ("甘肃", "甘陇"), "63": ("青海", "青"), "64": ("宁夏", "宁"),
    "65": ("新疆", "新"), "71": ("台湾", "台"), "81": ("香港", "港"), "82": ("澳门", "澳"),
}  # fmt: skip
"""Province code (first two digits of GB/T 2260) → its short name and its one-character abbreviations."""

CITY_ABBREVIATIONS = {"穗": "广州", "深": "深圳", "甬": "宁波", "蓉": "成都", "杭": "杭州", "宁": "南京", "锡": "无锡"}
"""One-character abbreviation → the city it stands for."""

INDUSTRY_WORDS = tuple(
    """
    科技 技术 材料 新材料 电子 智能 生物 药业 制药 医药 医疗 医学 健康 能源 新能源 信息 信息技术 电气 电器 化工 化学 石化 石油
    汽车 车业 环保 环境 生态 节能 装备 设备 机械 机电 机床 重工 重机 精工 精密 精机 工业 实业 产业 企业 商业 光电 光电子 光学
    食品 饮料 乳业 酒业 啤酒 黄酒 葡萄酒 酿酒 饲料 农业 农牧 牧业 林业 种业 水产 渔业 国际 工程 投资 控股 发展 开发 建设 建筑
    建材 建工 传媒 文化 出版 影视 教育 银行 商业银行 农村商业银行 证券 保险 期货 信托 租赁 金融 资本 电力 热电 水电 发电 供电
    通信 通讯 电信 软件 网络 网安 数据 数码 数字 互联 互联网 物联网 系统 集成 设计 规划 研究院 研究所 动力 航空 航天 航运 海运
    船舶 物流 运输 交通 铁路 高速 公路 路桥 港口 港务 机场 旅游 酒店 餐饮 百货 商厦 商场 商贸 贸易 进出口 连锁 超市 零售
    家居 家具 家电 厨卫 服饰 服装 纺织 针织 印染 化纤 毛纺 皮革 制鞋 鞋业 玩具 包装 印刷 纸业 造纸 塑料 塑胶 塑业 橡胶 轮胎
    玻璃 陶瓷 水泥 耐火 石材 木业 地板 钢铁 特钢 钢管 管业 管道 铝业 铜业 锌业 钛业 稀土 钨业 锂业 黄金 有色 有色金属 金属 合金
    矿业 煤业 煤电 煤炭 煤矿 煤化 冶金 铸造 锻造 阀门 泵业 轴承 齿轮 传动 液压 模具 工具 刀具 五金 紧固件 标准件 零部件 部件 配件
    电机 电缆 线缆 电源 电池 蓄电池 电容 电路 电工 变压器 仪器 仪表 器械 医疗器械 传感 半导体 集成电路 微电子 芯片 照明 灯饰
    激光 机器人 自动化 控制 数控 电梯 空调 制冷 冷链 制造 加工 制品 用品 日化 洗涤 化妆品 涂料 油漆 颜料 染料 农药 农化 化肥 肥业
    盐业 糖业 粮油 油脂 面粉 米业 茶业 肉类 肉业 燃气 天然气 水务 供水 水业 园林 景观 装饰 幕墙 钢构 置业 地产 房地产 物业 城建
    管理 咨询 服务 检测 认证 广告 会展 印务 珠宝 首饰 钟表 眼镜 体育 乐器 文具 工艺 工艺品 种子 特种 高新 高科 股份 集团 总厂
    飞机 卡车 客车 车辆 摩托 自行车 机车 轨道 重型 工贸 商务 电商 供应链 资源 再生 安防 防务 消防 安全 基因 疫苗 中药 动物 保健
    """.split()
)
"""Words that say what a firm does, not which firm it is."""

_ONLY_INDUSTRY = re.compile(f"(?:{'|'.join(INDUSTRY_WORDS)})+")

# The first sign rules out most places without a look at hundreds of words.
INDUSTRY_STARTS = re.compile(f"(?=[{''.join(sorted({word[0] for word in INDUSTRY_WORDS}))}])(?={'|'.join(INDUSTRY_WORDS)})")
"""Matches, without taking anything, wherever an industry word begins."""

_LEGAL = (
    "股份有限责任公司|股份有限公司|有限责任公司|有限责任总公司|有限公司|股份公司|无限公司|株式会社|总公司|公司"
    r"|\((?:有限合伙|普通合伙|特殊普通合伙)\)|专业合作社联合社|专业合作社|合作社|研究院|事务所|总厂|厂|经营部|商行"
)
_LEGAL_TAIL = re.compile(rf"(?P<group>集团|\((?:企业)?集团\))?(?P<form>{_LEGAL})$|(?P<only>集团|\((?:企业)?集团\))$")
_LATIN_FORMS = "INCORPORATED INC CORPORATION CORP COMPANY CO LIMITED LTD LLC PLC AG SE SA NV GMBH GROUP HOLDINGS HOLDING KK"
_LATIN_TAIL = re.compile(rf"(?:[\s.,&]+(?:{'|'.join(_LATIN_FORMS.split())}|S\.A|N\.V|S\.P\.A|CO\.,? ?LTD))+$")
_BRANCHES = ("分公司", "办事处", "营业部", "分厂", "代表处", "分行", "支行", "分店", "分社", "事业部")
_BRANCH = re.compile(rf"^(?P<head>.*?)(?P<where>[^()]*?)\(?(?:{'|'.join(_BRANCHES)})\)?$")
_HEAD = re.compile(r"^(?P<base>.*(?:公司|集团|银行|厂|合作社|\)))(?P<where>.*)$")
_UNTELLING = re.compile(r"\((?:企业)?集团\)|[()·'.,&-]")
_OPEN, _CLOSE = "([{〔【《〈「『〖⟨〘<", ")]}〕】》〉」』〗⟩〙>"
_SIGNS = str.maketrans(
    dict.fromkeys(_OPEN, "(")
    | dict.fromkeys(_CLOSE, ")")
    | dict.fromkeys("•‧・∙⋅●", "·")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys('“”„‟"‘’‛`', "'")
)
_LATIN_GAP = re.compile(r"(?<=[A-Z0-9.,&'+-]) (?=[A-Z0-9&'+-])")
_TRAILING = " .,;:!?、。·-_'(/\\~|*"
_EXCHANGE_HEAD = re.compile(r"^(?:S?\*ST|(?:SST|ST|XD|XR|DR|N|C|退市)(?=[^\x00-\x7f]))")
_EXCHANGE_TAIL = re.compile(r"(?<=[^\x00-\x7f])(?:-[A-Z]{1,2}|[AB]股?|退)$")
_PLACE_SUFFIX = re.compile(r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|省|市|县|盟|旗|州(?=$))$")
_NOT_A_CITY = re.compile("市[政场民容]")
_MAX_PLACES = 3
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class CompanyName:
    """A company name and its parts; a part the name does not have is the empty string.

    `place` is the place at the head, else the place in brackets, in short form without 省 or 市 (浙江台州).
    `branch_place` is a second place: that of a branch (…公司北京分公司) or of brackets after a head place.
    """

    raw: str
    normal: str
    place: str
    trade_name: str
    industry: str
    legal_form: str
    branch_place: str
    is_branch: bool


@dataclass(frozen=True)
class Gazetteer:
    """Place names as written in company names → their short form and, where known, their province."""

    short: Mapping[str, str]
    province: Mapping[str, str]
    longest: Mapping[str, int]
    """First two characters → length of the longest name that begins so."""

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]]) -> "Gazetteer":
        """Compile (region code or "", name) pairs; a name also counts without 省, 市 or 县 unless one character is left."""
        short = {"中国": "中国", "中华": "中国"}
        province = {}
        for name, _ in PROVINCES.values():
            full = {"内蒙古": "自治区", "广西": "壮族自治区", "西藏": "自治区", "宁夏": "回族自治区", "新疆": "维吾尔自治区"}
            for text in (name, name + "省", name + "市", name + full.get(name, "省")):
                short[text], province[name] = name, name
        for code, written in rows:
            name = normalise(written)
            stem = place_stem(name)
            if len(name) < 2 or name in short:
                continue
            short[name] = stem
            if not name.endswith("区"):
                short.setdefault(stem, stem)
            if code[:2] in PROVINCES:
                province.setdefault(stem, PROVINCES[code[:2]][0])
        longest: dict[str, int] = {}
        for name in short:
            longest[name[:2]] = max(longest.get(name[:2], 0), len(name))
        return cls(short, province, longest)

    def head(self, text: str) -> str:
        """The longest place name `text` begins with, or ""; with 市 or 县 behind it, whatever the place is called today."""
        for end in range(min(self.longest.get(text[:2], 0), len(text)), 1, -1):
            if text[:end] in self.short and not _NOT_A_CITY.match(text, end - 1):
                longer = text[end : end + 1] in ("市", "县") and not _NOT_A_CITY.match(text, end)
                return text[: end + longer]
        return ""


def place_stem(place: str) -> str:
    """The place without 省, 市, 县 …: 浙江省 → 浙江; kept whole when fewer than two characters would be left."""
    stem = _PLACE_SUFFIX.sub("", place)
    return stem if len(stem) >= 2 else place


@lru_cache(maxsize=2)
def _default_gazetteer(path: Path) -> Gazetteer:
    if not path.exists():
        return Gazetteer.of(())
    with path.open(encoding="utf-8-sig", newline="") as file:
        return Gazetteer.of([(row["region_code"], row["name_zh"]) for row in csv.DictReader(file)])


def gazetteer(places: Iterable[str] | None = None) -> Gazetteer:
    """The places names are read with: `places`, else data/reference/regions.csv, always with the provinces."""
    return _default_gazetteer(REGIONS_PATH) if places is None else Gazetteer.of(("", place) for place in places)


@lru_cache(maxsize=1)
def _load_zhconv() -> None:
    with warnings.catch_warnings():
        # zhconv leaves closing the file of its table to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        zhconv.loaddict()


def _simplified(text: str) -> str:
    _load_zhconv()
    # zhconv reads every 乾 as 干 (dry); in firm names it is 乾坤's, which simplified writing keeps.
    return "乾".join(zhconv.convert(part, "zh-cn") for part in re.split("乾(?!燥)", text))


@lru_cache(maxsize=1)
def _settled() -> tuple[re.Pattern[str], frozenset[str]]:
    """Matches names none of whose signs is ever written otherwise, and the first two signs of the phrases that are."""
    _load_zhconv()
    table = {key for key, value in zhconv.zhconv.getdict("zh-cn").items() if key != value}
    moved = {key for key in table if len(key) == 1} | {"乾"}
    kept = "".join(sign for sign in map(chr, range(0x4E00, 0xA000)) if sign not in moved)
    return re.compile(rf"[A-Z0-9()·{kept}]*(?<![(·])"), frozenset(key[:2] for key in table if moved.isdisjoint(key))


def _normal_once(name: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).upper())
    text = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C")
    text = " ".join(_simplified(text).translate(_SIGNS).split())
    text = _LATIN_GAP.sub("\0", text).replace(" ", "").replace("\0", " ")
    return text.rstrip(_TRAILING)


def normalise(name: str) -> str:
    """The normal form of a name, equal for all ways of writing the same name.

    NFKC, simplified characters, upper-case Latin, round brackets, no white space but one blank between Latin words,
    no trailing punctuation. Idempotent: `normalise(normalise(x)) == normalise(x)`.

    >>> normalise("沃爾瑪（Walmart  Inc.）")
    '沃尔玛(WALMART INC.)'
    """
    text = name.replace("（", "(").replace("）", ")")
    signs, phrases = _settled()
    # Most names are: the rest of this function is slow.
    if signs.fullmatch(text) and phrases.isdisjoint(map(add, text, text[1:])):
        return text
    text = _normal_once(name)
    # One change can make room for another (a phrase of two characters met only after a blank fell out).
    for _ in range(8):
        again = _normal_once(text)
        if again == text:
            break
        text = again
    return text


def _ends_as_branch(text: str) -> bool:
    return text.removesuffix(")").endswith(_BRANCHES)


def _split_legal(text: str) -> tuple[str, str]:
    if text.isascii() and (latin := _LATIN_TAIL.search(text)):
        return text[: latin.start()], text[latin.start() :].strip(" .,&")
    found = _LEGAL_TAIL.search(text)
    if not found or not found.start():
        return text, ""
    return text[: found.start()], found.group().replace("(", "").replace(")", "").replace("企业", "")


def _split_industry(text: str) -> tuple[str, str]:
    """Trade name and industry words; the trade name is at least two characters."""
    found = INDUSTRY_STARTS.search(text, 2)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def _split_places(text: str, places: Gazetteer) -> tuple[list[str], str]:
    found: list[str] = []
    while len(found) < _MAX_PLACES and (head := places.head(text)) and len(text) - len(head) >= 2:
        stem = places.short.get(head) or places.short[head[:-1]]
        if stem in found:
            break
        found.append(stem)
        text = text[len(head) :]
    return found, text


def parse(name: str, places: Iterable[str] | None = None) -> CompanyName:
    """The parts of a company name.

    `places` are prefecture and county names; without them those of data/reference/regions.csv, or only the provinces.
    Where nothing but industry words follows the place, the place is the trade name as well (重庆啤酒股份有限公司).
    Any text can be parsed: what is not recognised is the trade name.
    """
    known = gazetteer(places)
    normal = normalise(name)
    text, branch_place, branch = normal, "", _BRANCH.match(normal) if _ends_as_branch(normal) else None
    if branch:
        head = _HEAD.match(normal[: branch.end("where")])
        text, tail = (head["base"], head["where"]) if head else (normal[: branch.end("where")], "")
        branch_place = "".join(_split_places(tail + "··", known)[0])
    text, legal_form = _split_legal(text)
    heads, text = _split_places(text, known)
    brackets = re.findall(r"\(([^()]*)\)", text)
    bracket_places = [known.short[inside] for inside in brackets if inside in known.short]
    # 格力地产(珠海) names a place; 中国石化(SINOPEC) names itself again; only the first must leave the trade name.
    aside = {part for part in brackets if part in known.short or part in ("集团", "控股") or part.isascii()}
    text = re.sub(r"\(([^()]*)\)", lambda found: "" if found[1] in aside else found[1], text)
    text = text.replace("(", "").replace(")", "")
    trade_name, industry = _split_industry(text)
    if heads and _ONLY_INDUSTRY.fullmatch(text):
        trade_name, industry = heads[-1], text
    if bracket_places and not heads:
        heads = bracket_places[:1]
    elif bracket_places:
        branch_place = branch_place or bracket_places[0]
    return CompanyName(name, normal, "".join(heads), trade_name, industry, legal_form, branch_place, branch is not None)


def plain(name: str) -> str:
    """The normal form without the marks an exchange adds: *ST, ST, N, C before, -U, -W, A, B behind."""
    return plain_of(normalise(name))


def plain_of(normal: str) -> str:
    """What `plain` gives, of a name in normal form."""
    return _EXCHANGE_TAIL.sub("", _EXCHANGE_HEAD.sub("", normal)) or normal


def short_key(name: str) -> str:
    """The identifying key of a name, for exact blocking: firms with different keys are different unless shown otherwise.

    Normal form without exchange marks, legal form, brackets and punctuation; place and 字号 stay.

    >>> short_key("深圳市振业（集团）股份有限公司"), short_key("*ST全新")
    ('深圳市振业', '全新')
    """
    return key_of(normalise(name))


def key_of(normal: str) -> str:
    """What `short_key` gives, of a name in normal form."""
    text = plain_of(normal)
    # A branch keeps its ending: without it X公司北京分公司 would be named 北京分.
    body = text if _ends_as_branch(text) else _split_legal(text)[0]
    return _UNTELLING.sub("", body) or text


def plain_code(cell: str) -> str:
    """A credit code as tables hold it: capital letters and digits, without blanks, marks and the apostrophe that keeps a cell text."""
    return re.sub(r"[\s'’‘`-]", "", unicodedata.normalize("NFKC", cell)).upper()


def uscc_fault(code: str) -> str:
    """What keeps `code` from being a unified social credit code of GB 32100: "length", "signs" or "check digit"; "" when it is one.

    18 characters without I, O, S, V, Z. Check digit = (31 - Σ value_i · 3^(i-1) mod 31) mod 31 over the first 17.
    """
    if len(code) != 18:
        return "length"
    if any(sign not in _USCC_ALPHABET for sign in code):
        return "signs"
    total = sum(_USCC_ALPHABET.index(sign) * pow(3, i, 31) for i, sign in enumerate(code[:17]))
    return "" if _USCC_ALPHABET.index(code[17]) == -total % 31 else "check digit"


def uscc_is_valid(code: str) -> bool:
    """Whether `code` is a unified social credit code, its check digit included."""
    return not uscc_fault(code)
