import re

import pytest

from chaingraph.region_names import english_region_name, plain, spellings


@pytest.mark.parametrize(
    ("name_zh", "name_en"),
    [
        ("台州市", "Taizhou"),
        ("浙江省", "Zhejiang"),
        ("陕西省", "Shaanxi"),
        ("山西省", "Shanxi"),
        ("内蒙古自治区", "Inner Mongolia"),
        ("西藏自治区", "Xizang"),
        ("台湾省", "Taiwan"),
        ("香港特别行政区", "Hong Kong"),
        ("澳门特别行政区", "Macao"),
        ("哈尔滨市", "Harbin"),
        ("乌鲁木齐市", "Urumqi"),
        ("乌鲁木齐县", "Urumqi County"),
        ("呼和浩特市", "Hohhot"),
        ("拉萨市", "Lhasa"),
        ("厦门市", "Xiamen"),
        ("重庆市", "Chongqing"),
        ("六安市", "Lu'an"),
        ("亳州市", "Bozhou"),
        ("吉林省", "Jilin"),
        ("吉林市", "Jilin City"),
        ("吕梁市", "Lüliang"),
        ("桐城市", "Tongcheng"),
        ("恩施土家族苗族自治州", "Enshi"),
    ],
)
def test_provinces_and_cities_go_without_their_level_word(name_zh, name_en):
    assert english_region_name(name_zh) == name_en


@pytest.mark.parametrize(
    ("name_zh", "name_en"),
    [
        ("通城县", "Tongcheng County"),
        ("黄岩区", "Huangyan District"),
        ("清新区", "Qingxin District"),
        ("万柏林区", "Wanbailin District"),
        ("浦东新区", "Pudong New Area"),
        ("井陉矿区", "Jingxing Mining District"),
        ("六枝特区", "Liuzhi Special District"),
        ("梅里斯达斡尔族区", "Meilisi District"),
        ("景宁畲族自治县", "Jingning Autonomous County"),
        ("陵水黎族自治县", "Lingshui Autonomous County"),
        ("长白朝鲜族自治县", "Changbai Autonomous County"),
        ("东乡族自治县", "Dongxiang Autonomous County"),
        ("鄂温克族自治旗", "Ewenke Autonomous Banner"),
        ("蔚县", "Yuxian County"),
        ("矿区", "Kuangqu District"),
        ("芒市", "Mangshi"),
    ],
)
def test_counties_keep_their_level_word(name_zh, name_en):
    assert english_region_name(name_zh) == name_en


@pytest.mark.parametrize(
    ("names", "spelt"),
    [
        ("长沙市 长春市 长治市 长垣市 天长市 子长市 长子县", "Changsha Changchun Changzhi Changyuan Tianchang Zichang Zhangzi"),
        ("乐清市 乐山市 乐陵市 南乐县 民乐县 乐亭县", "Yueqing Leshan Laoling Nanle Minle Laoting"),
        ("成都市 都江堰市 丰都县 曾都区", "Chengdu Dujiangyan Fengdu Zengdu"),
        ("六合区 六盘水市", "Luhe Liupanshui"),
        ("朝阳市 朝天区", "Chaoyang Chaotian"),
        ("黄埔区 大埔县 黄陂区", "Huangpu Dabu Huangpi"),
        ("荥阳市 荥经县 行唐县 闵行区", "Xingyang Yingjing Xingtang Minhang"),
        ("单县 浚县 漯河市 泊头市 洪洞县", "Shanxian Xunxian Luohe Botou Hongtong"),
        ("番禺区 东阿县 佛冈县 尉氏县 尉犁县", "Panyu Dong'e Fogang Weishi Yuli"),
        ("牟平区 中牟县 牟定县 铅山县", "Muping Zhongmu Mouding Yanshan"),
    ],
)
def test_characters_are_read_as_people_there_read_them(names, spelt):
    assert " ".join(english_region_name(n).split()[0] for n in names.split()) == spelt


def test_every_region_of_the_data_has_an_english_name(graph):
    names = {r.name_zh: r.name_en for r in graph.regions.values()}
    assert [n for n in names.items() if not re.fullmatch(r"[A-Z][a-zü']*(?:[ -][A-Z][a-z]+)*", n[1])] == []


def test_within_a_province_two_cities_are_told_apart(graph):
    named = [(graph.regions[c].parent_code, graph.regions[c].name_en) for c in graph.places.cities]
    assert len(named) == len(set(named))


def test_a_city_spelt_like_another_goes_with_its_province(graph):
    taizhou, other, alone = (graph.places.called(c) for c in ("331000", "321200", "370200"))
    assert (taizhou, taizhou.en) == ("台州市", "Taizhou (Zhejiang)")
    assert (other, other.en) == ("泰州市", "Taizhou (Jiangsu)")
    assert (alone, alone.en) == ("青岛市", "Qingdao")


def test_a_name_in_latin_letters_stays_as_it_is():
    assert english_region_name("Springfield") == "Springfield"


@pytest.mark.parametrize(
    ("name_zh", "typed", "initials"),
    [
        ("台州市", {"taizhou", "taizhoushi"}, {"tz", "tzs"}),
        ("陕西省", {"shaanxi", "shanxi", "shanxisheng"}, {"sx", "sxs"}),
        ("呼和浩特市", {"hohhot", "huhehaote", "huhehaoteshi"}, {"hhht", "hhhts"}),
        ("青县", {"qingxian", "qingxiancounty"}, {"qx"}),
    ],
)
def test_a_region_may_be_typed_in_pinyin_and_by_its_english_name(name_zh, typed, initials):
    assert spellings(name_zh) == (typed, initials)


@pytest.mark.parametrize("text", ["Lu'an", "lu an", "ＬＵＡＮ", "Lù'ān", " lu-an "])
def test_tones_width_case_and_signs_do_not_matter(text):
    assert plain(text) == "luan"
