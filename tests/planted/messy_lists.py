"""Lists of firms as offices have them, each with a trouble of its own; all firms are invented."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime

import openpyxl
from planted_books import saved, workbook
from planted_world import World

from chaingraph import ChainGraph
from ingest.chains import ForeignSegment, Lexicon
from ingest.linking import Lexicons

CODE, CODE_2 = "91331000704676274Q", "91310000631696382C"


def _segment(name: str, *terms: str, kind: str = "making") -> tuple[str, ForeignSegment]:
    lexicon = Lexicon(specific=list(terms))
    return f"c/{name}", ForeignSegment(id=name, name_zh=f"{name}件", stage="midstream", kind=kind, lexicon=lexicon)


LEXICONS = Lexicons.of([_segment("pump", "水泵", "离心泵"), _segment("motor", "电机"), _segment("shaft", "转轴"), _segment("test", "检测服务", kind="service")])  # fmt: skip


def list_world() -> World:
    """Three segments made and a service, registrations in all cities, two companies that lists can name."""
    world = World().chain("shaft", "motor", "pump").segment("test", kind="service")
    for city in ("330100", "330200", "340100"):
        world.cover(city, 400, "2006-10")
        for name, number in (("shaft", 10), ("motor", 20), ("pump", 40)):
            world.register(city, name, number, period="2006-10")
    return world.firm(1, "330100", "pump").firm(2, "340100", "motor")


def list_graph() -> ChainGraph:
    """The world as a graph."""
    return list_world().graph()


# --- files with one trouble each ----------------------------------------------------------------------------------

HEAD = ["序号", "企业名称", "统一社会信用代码", "主要产品", "注册资本（万元）", "成立时间"]


def titled() -> bytes:
    """Title rows above, the unit in a corner, totals and notes below."""
    rows = [
        ["甲市装备企业名单（2025年）"], [], ["填报单位：某局", None, None, None, None, "单位：亿元"],
        ["序号", "企业名称", "信用代码", "主要产品", "注册资本", "年产值"],
        [1, "甲市春江泵业有限公司", CODE, "水泵、离心泵", 0.5, 1.2], [2, "甲市秋水电机有限公司", CODE_2, "电机", "约０.３", "1,000"],
        ["合计", None, None, None, 0.8, 1001.2], [], ["备注：数据由企业填报。"], ["填表人：某某", None, "审核：某某"],
    ]  # fmt: skip
    return workbook(("名单", rows))


def two_headings() -> bytes:
    """Two heading rows with joined cells, and a joined region down the side."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["序号", "所属区县", "企业名称", "基本情况", None, "经营情况（万元）", None])
    sheet.append([None, None, None, "成立日期", "从业人员数", "2023年营业收入", "2024年营业收入"])
    sheet.append([1, "甲县", "甲市春江泵业有限公司", datetime(2001, 5, 6), "1、250人", 900, 1000])
    sheet.append([2, None, "甲市秋水电机有限公司", 37012, 80, 70, 60])
    sheet.append([3, "乙县", "甲市冬雪转轴厂", "2003.4", "", "-", "暂无"])
    for ref in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1", "B3:B4"):
        sheet.merge_cells(ref)
    return saved(book)


def pages() -> bytes:
    """Printed pages in GBK: the headings come again, with a total on each page."""
    head, lines = ",".join(HEAD), []
    for page in range(3):
        firms = [f"{3 * page + n},甲市第{3 * page + n}水泵有限公司,,水泵,{100 * n},2010年{n}月{n}日" for n in (1, 2, 3)]
        lines += [head, *firms, "本页小计,,,,600,"]
    return "\r\n".join(lines).encode("gbk")


def towns() -> bytes:
    """A sheet per town, a hidden sheet, a sheet of notes, a hidden row, parts headed by a joined row."""
    book = openpyxl.Workbook()
    book.active.title = "填表说明"
    book.active.append(["请各镇街按时报送"])
    for town, firm in (("甲县", "甲市春江泵业有限公司"), ("乙县", "甲市秋水电机有限公司")):
        sheet = book.create_sheet(town)
        sheet.append(["企业名称", "所在镇街", "产品", "是否高新技术企业"])
        sheet.append(["一、规上企业"])
        sheet.merge_cells("A2:D2")
        sheet.append([firm, "东街道", "水泵" if "泵" in firm else "电机", "√"])
        sheet.append([f"{town}老厂", "西街道", "转轴", "否"])
        sheet.row_dimensions[4].hidden = True
    old = book.create_sheet("旧")
    old.append(["企业名称"])
    old.append(["甲市已删企业有限公司"])
    old.sheet_state = "hidden"
    return saved(book)


def twins() -> bytes:
    """One firm under two names, and under one name twice; closed ones, one from elsewhere, one without a name."""
    rows = [
        "企业名称,统一社会信用代码,住所,登记状态,经营范围",
        f"甲市春江泵业有限公司,{CODE},东省甲市甲县一号,存续,水泵制造",
        f"甲市春江水泵厂,{CODE},,存续,",
        "甲市秋水电机有限公司,,,在业,电机制造",
        "甲市秋水电机有限公司,,甲市二号,在业,电机生产",
        "甲市旧厂,,,吊销未注销,水泵制造",
        "乙市远方电机有限公司,,东省乙市三号,存续,电机制造",
        ",,甲市四号,存续,转轴制造",
    ]
    return "\n".join(rows).encode("utf-8-sig")


def spoilt() -> bytes:
    """Codes that became numbers, foreign money, amounts that are none, dates that are none."""
    rows = [
        HEAD,
        [1, "甲市春江泵业有限公司", 9.13310007046762e17, "水泵", "300万美元", "不详"],
        [2, "甲市秋水电机有限公司", "9.1331E+17", "电机", "约2亿元", "二〇一〇年"],
        [3, "甲市冬雪转轴厂", "91331000704676274X", "转轴", "若干", 20100230],
    ]
    return workbook(("表", rows))


def bare() -> bytes:
    """No headings at all: names and codes are known by their cells."""
    return f"1\t甲市春江泵业有限公司\t{CODE}\n2\t甲市秋水电机有限公司\t{CODE_2}\n".encode("utf-16")


def typed() -> bytes:
    """The office typed chains and segments itself, under odd headings."""
    rows = [
        "单位全称;产业链;所属环节;备注",
        "甲市春江泵业有限公司;c链;pump件、motor件;",
        "甲市秋水电机有限公司;c链;电机件;",
        "公司0001;;;",
    ]
    return "\n".join(rows).encode()


MESSY: dict[str, tuple[Callable[[], bytes], str]] = {
    "titled": (titled, "台账.xlsx"),
    "two headings": (two_headings, "经营.xlsx"),
    "pages": (pages, "打印.csv"),
    "towns": (towns, "分镇.xlsx"),
    "twins": (twins, "重复.csv"),
    "spoilt": (spoilt, "损坏.xlsx"),
    "bare": (bare, "无表头.txt"),
    "typed": (typed, "环节.csv"),
}


# --- files that are no list ---------------------------------------------------------------------------------------


def with_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def locked() -> bytes:
    """What Excel writes under a password: an old container with the encrypted package."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


def zip_bomb() -> bytes:
    """A workbook whose sheet unpacks to hundreds of megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        with parts.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(200):
                sheet.write(bytes(2**20))
    return out.getvalue()


def lying_bomb() -> bytes:
    """A workbook whose sheet claims to be small and is not."""
    content = bytearray(workbook(("表", [["企业名称"], ["甲市春江泵业有限公司"]])))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        at = content.rfind(b"xl/worksheets/sheet1.xml") - 46 + 24
        assert struct.unpack("<I", content[at : at + 4])[0] == parts.getinfo("xl/worksheets/sheet1.xml").file_size
    content[at : at + 4] = struct.pack("<I", 100)
    return bytes(content)


def xml_bomb() -> bytes:
    """A sheet that declares entities of entities."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    book = workbook(("表", [["企业名称"], ["甲市春江泵业有限公司"]]))
    return with_part(book, "xl/worksheets/sheet1.xml", lambda old: bomb + old.partition(b"?>")[2])


def wide() -> bytes:
    """A hundred columns of numbers, and no names."""
    return workbook(("表", [[f"指标{n}" for n in range(100)], *([n * m for n in range(100)] for m in range(20))]))


BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b" \n", "空.csv", "空文件"),
    "password": (locked, "加密.xlsx", "设有密码"),
    "old": (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "旧.xls", "旧版 Excel"),
    "wrong extension": (lambda: b"%PDF-1.7 ...", "名单.xlsx", "内容却不是工作簿"),
    "no table": (lambda: b"\xff\xd8\xff\xe0" + bytes(99), "照片.jpg", "内容却不是工作簿"),
    "no text": (lambda: bytes(range(256)) * 9, "乱码.csv", "UTF-8"),
    "no workbook": (lambda: b"PK\x03\x04" + bytes(99), "坏.xlsx", "无法读取的工作簿"),
    "open quote": ('企业名称\n"甲市春江泵业有限公司\n'.encode, "引号.csv", "引号"),
    "zip bomb": (zip_bomb, "大.xlsx", "解压后"),
    "lying zip": (lying_bomb, "骗.xlsx", "无法读取的工作簿"),
    "xml bomb": (xml_bomb, "实体.xlsx", "实体"),
    "no names": (wide, "指标.xlsx", "没有企业名称列"),
    "only totals": ("企业名称\n合计\n".encode, "合计.csv", "没有企业"),
}
