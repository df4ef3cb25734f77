"""The encoding of a text file: of those that offices write, the first in which all of it is text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import encodings
from ingest.encodings import encoding_of

ROW = "企业名称，注册资本\r\n台州　泵业有限公司,100\n"


@pytest.mark.parametrize(
    ("written", "found"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("in_file", [False, True])
def test_what_offices_write_is_told_apart_and_read_back(written, found, in_file, tmp_path):
    content, path = ROW.encode(written), tmp_path / "list.csv"
    path.write_bytes(content)
    assert encoding_of(path if in_file else content) == found
    assert content.decode(found) == ROW


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14\x00", b"a,b\n1,\x00\n", b"\xff\xff\xff", bytes(range(128, 256))])
def test_what_is_no_text_has_none(content):
    assert encoding_of(content) == ""


@given(st.binary(max_size=60))
def test_whatever_the_bytes_the_encoding_that_is_told_reads_all_of_them(content):
    found = encoding_of(content)
    assert found == "" or isinstance(content.decode(found), str)


def test_a_sign_that_two_reads_share_is_one_sign(monkeypatch):
    monkeypatch.setattr(encodings, "CHUNK", 3)
    assert encoding_of(ROW.encode("gb18030")) == "gb18030"
    assert encoding_of(ROW.encode("utf-8")) == "utf-8-sig"
