"""Which encoding a text file is in: of those that offices write, the first in which the whole file is text."""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import IO

CHUNK = 2**20
"""Bytes that are read at once."""

BOM_16 = (b"\xff\xfe", b"\xfe\xff")
"""What a file in UTF-16 begins with."""


def opened(source: bytes | Path) -> IO[bytes]:
    """Open a file, or what is in memory."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def encoding_of(source: bytes | Path) -> str:
    """Return ``utf-16``, ``utf-8-sig`` or ``gb18030``; empty where it is text in none of them."""
    with opened(source) as stream:
        encodings = ("utf-16",) if stream.read(2) in BOM_16 else ("utf-8-sig", "gb18030")
    return next((encoding for encoding in encodings if _is_text(source, encoding)), "")


def _is_text(source: bytes | Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with opened(source) as stream:
        try:
            while chunk := stream.read(CHUNK):
                if "\0" in (decoded := decoder.decode(chunk)):
                    return False
                # Nearly any bytes can be read as GB 18030: only what gives readable signs was meant so.
                if encoding == "gb18030" and not re.sub(r"[\r\n\t\u3000]", "", decoded).isprintable():
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
