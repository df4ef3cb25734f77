"""What regions are called: in short, in English, and spelt in pinyin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

_PEOPLES = "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|裕固|保安|独龙|鄂伦春|各"
_LEVEL_WORD = re.compile(rf"(?<=..)(?:(?:(?:{_PEOPLES})族?)*自治[区州县旗]|特别行政区|地区|林区|新区)$|[省市县区盟旗]$")

_ENGLISH_LEVEL = {
    "特别行政区": "",
    "自治区": "",
    "自治州": "",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "地区": "",
    "特区": "Special District",
    "矿区": "Mining District",
    "新区": "New Area",
    "省": "",
    "市": "",
    "盟": "",
    "县": "County",
    "区": "District",
    "旗": "Banner",
}
"""Level word → what English says for it, longest first; provinces, prefectures and cities go without."""

_PARTS = re.compile(
    rf"(?P<stem>..+?)(?:(?:(?:{_PEOPLES})族?)*族?(?=自治)|(?:{_PEOPLES})族(?=区$))?(?P<level>{'|'.join(_ENGLISH_LEVEL)})$"
)

ESTABLISHED = {
    "内蒙古": "Inner Mongolia",
    "陕西": "Shaanxi",
    "香港": "Hong Kong",
    "澳门": "Macao",
    # Two levels with one name: the wider goes without its level word.
    "吉林市": "Jilin City",
    "海南藏族自治州": "Hainan Prefecture",
    "哈尔滨": "Harbin",
    "齐齐哈尔": "Qiqihar",
    "呼和浩特": "Hohhot",
    "呼伦贝尔": "Hulunbuir",
    "鄂尔多斯": "Ordos",
    "乌兰察布": "Ulanqab",
    "巴彦淖尔": "Bayannur",
    "锡林郭勒": "Xilingol",
    "兴安盟": "Hinggan",
    "阿拉善": "Alxa",
    "拉萨": "Lhasa",
    "日喀则": "Xigaze",
    "昌都": "Qamdo",
    "林芝": "Nyingchi",
    "那曲": "Nagqu",
    "阿里地区": "Ngari",
    "果洛": "Golog",
    "甘孜": "Garze",
    "乌鲁木齐": "Urumqi",
    "克拉玛依": "Karamay",
    "吐鲁番": "Turpan",
    "哈密": "Hami",
    "博尔塔拉": "Bortala",
    "巴音郭楞": "Bayingolin",
    "阿克苏": "Aksu",
    "克孜勒苏": "Kizilsu",
    "喀什": "Kashgar",
    "和田": "Hotan",
    "伊犁": "Ili",
    "阿勒泰": "Altay",
    "阿拉尔": "Aral",
    "图木舒克": "Tumxuk",
    "可克达拉": "Kokdala",
    "霍尔果斯": "Horgos",
    "库尔勒": "Korla",
    "香格里拉": "Shangri-La",
    "神农架林区": "Shennongjia Forestry District",
    "西沙群岛": "Xisha Islands",
    "南沙群岛": "Nansha Islands",
    "中沙群岛的岛礁及其海域": "Zhongsha Islands",
    "大柴旦行政委员会": "Dachaidan Administrative Committee",
}
"""Names English has that are not the pinyin of the Chinese, by full name or by the name without its level word."""

READINGS = {
    **{"长": "chang", "朝": "chao", "都": "du", "柏": "bai", "什": "shi", "勒": "le", "蚌": "beng", "尾": "wei", "佛": "fo"},
    **{"卡": "ka", "堡": "bu", "漯": "luo", "单": "shan", "浚": "xun", "涡": "guo", "圩": "xu", "覃": "qin", "伽": "jia"},
    **{"泊": "bo", "珲": "hun", "峒": "tong", "筠": "jun", "曾": "zeng"},
    **{"长子": "zhang zi", "乐陵": "lao ling", "南乐": "nan le", "民乐": "min le", "六合": "lu he", "闵行": "min hang"},
    **{"洪洞": "hong tong", "繁峙": "fan shi", "荥经": "ying jing", "召陵": "shao ling", "宕昌": "tan chang"},
    **{"大城县": "dai cheng xian"},
}
"""How characters are read in names of places, where the commonest reading is another; a longer word counts before a shorter."""

_READ = re.compile("|".join(sorted(READINGS, key=len, reverse=True)))


def short_region_name(name_zh: str) -> str:
    """Return the name of a region as people say it.

    >>> [short_region_name(n) for n in ("广西壮族自治区", "内蒙古自治区", "恩施土家族苗族自治州", "浦东新区", "台州市")]
    ['广西', '内蒙古', '恩施', '浦东', '台州']
    """
    return _LEVEL_WORD.sub("", name_zh)


@cache
def english_region_name(name_zh: str) -> str:
    """Return the English name of a region: the established one, else pinyin without tones.

    Provinces, prefectures and cities of any level stand without their level word, districts, counties and banners with it; a
    name of one syllable keeps its own (蔚县 is Yuxian County).

    >>> [english_region_name(n) for n in ("台州市", "浙江省", "六安市", "桐城市", "浦东新区", "蔚县", "景宁畲族自治县")]
    ['Taizhou', 'Zhejiang', "Lu'an", 'Tongcheng', 'Pudong New Area', 'Yuxian County', 'Jingning Autonomous County']
    """
    if known := name_zh if name_zh.isascii() else ESTABLISHED.get(name_zh):
        return known
    stem, level = _parts(name_zh)
    syllables = _syllables(name_zh)
    spelt = ESTABLISHED.get(stem) or _joined(syllables[: len(stem)] if len(stem) > 1 else syllables)
    return f"{spelt} {_ENGLISH_LEVEL[level]}".rstrip() if level else spelt


@cache
def spellings(name_zh: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return how a region may be typed in Latin letters: (whole names, initials), as `plain` leaves them.

    With and without the level word, which a name of one syllable keeps.

    >>> names, initials = spellings("吕梁市")
    >>> sorted(names), sorted(initials)
    (['luliang', 'luliangshi', 'lvliang', 'lvliangshi'], ['ll', 'lls'])
    """
    whole = _syllables(name_zh)
    short = whole[: len(_parts(name_zh)[0])]
    forms = {whole, short} if len(short) > 1 else {whole}
    # The letter ü is typed v by those who know pinyin, u by those who do not.
    names = {plain("".join(form)).replace("v", v) for form in forms for v in "vu"}
    return frozenset({plain(english_region_name(name_zh)), *names}), frozenset(plain("".join(s[0] for s in f)) for f in forms)


def plain(text: str) -> str:
    """Return a name as it is compared: half-width, small letters, ü as v, without tones, spaces, hyphens and apostrophes.

    >>> [plain(t) for t in ("Lǚliáng", "Lu'an", "ＴＺ", " 台州 ")]
    ['lvliang', 'luan', 'tz', '台州']
    """
    whole = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()).replace("u\u0308", "v")
    return "".join(c for c in whole if c.isalnum())


def _parts(name_zh: str) -> tuple[str, str]:
    """Split a full name into what names the place, one character only where there are but two, and its level word."""
    found = _PARTS.fullmatch(name_zh)
    if found:
        return found["stem"], found["level"]
    return (name_zh[0], name_zh[1]) if len(name_zh) == 2 and name_zh[1] in _ENGLISH_LEVEL else (name_zh, "")


@cache
def _syllables(name_zh: str) -> tuple[str, ...]:
    """Return the pinyin of each character, without tones."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its dictionary takes 55 MB, needed only where a region is named in English

    # One text for each character, also of those that have no pinyin.
    read = lazy_pinyin(name_zh, v_to_u=True, errors=list)  # type: ignore[arg-type]
    for word in _READ.finditer(name_zh):
        read[word.start() : word.end()] = READINGS[word.group()].split()
    return tuple(read)


def _joined(syllables: Sequence[str]) -> str:
    """Return syllables as one name: an apostrophe stands before a vowel within."""
    return "".join("'" * (i > 0 and s[0] in "aoe") + s for i, s in enumerate(syllables)).capitalize()
