"""Dumps of a secret as programs write them are found and masked; what only resembles one stays."""

from __future__ import annotations

import base64
import json
import re

import pytest

from app.domain.dumps import folded
from app.domain.masking import MASK, Masker

SECRET = "Zk9-practice+secret/7Q=="
RAW = SECRET.encode()
WIDE = SECRET.encode("utf-16-le")

DUMPS = {
    "buffer": json.dumps({"type": "Buffer", "data": list(RAW)}, separators=(",", ":")),
    "numbers": ",".join(map(str, RAW)),
    "numbers and blanks": "  ".join(map(str, RAW)),
    "padded numbers": " ".join(f"{byte:03d}" for byte in RAW),
    "indented numbers": json.dumps(list(RAW), indent=4),
    "indented numbers in json": json.dumps(json.dumps(list(RAW), indent=4)),
    "numbered numbers": json.dumps(dict(enumerate(RAW))),
    "table": "\n".join(f"    [{at}] => {byte}" for at, byte in enumerate(RAW)),
    "numbers of UTF-16": ", ".join(map(str, WIDE)),
    "letters": json.dumps(list(SECRET)),
    "letters of python": str(list(SECRET)),
    "indented letters": json.dumps(list(SECRET), indent=2),
    "letters in json": json.dumps(json.dumps(list(SECRET))),
    "spaced": " ".join(SECRET),
    "hard spaces": "\u00a0".join(SECRET),
    "one a line": "\r\n".join(SECRET),
    "points": "·".join(SECRET),
    "0x": " ".join(f"0x{byte:02x}" for byte in RAW),
    "0X": ",".join(f"0X{byte:02X}" for byte in RAW),
    "code points": " ".join(f"U+{byte:04X}" for byte in RAW),
    "octal": " ".join(f"{byte:03o}" for byte in RAW),
    "binary": " ".join(f"{byte:08b}" for byte in RAW),
    "css": "".join(f"\\{byte:06x}" for byte in RAW),
    "groups": " ".join(re.findall(".{1,4}", RAW.hex())),
    "hexdump": "\n".join(
        f"{at:08x}  {RAW[at : at + 16].hex(' '):47}  |{SECRET[at : at + 16]}|" for at in range(0, len(RAW), 16)
    ),
    "base64 of UTF-16": base64.b64encode(WIDE).decode(),
    "base64 of UTF-16, other end": base64.b64encode(b"\xfe\xff" + SECRET.encode("utf-16-be")).decode(),
    "wrapped base64": "\r\n".join(re.findall(".{1,8}", base64.b64encode(b"u:" + RAW).decode())),
    "wrapped": f"{SECRET[:9]}\n      {SECRET[9:]}",
    "wrapped in json": json.dumps(f"{SECRET[:9]}\r\n\t{SECRET[9:]}"),
    "soft line end": f"{SECRET[:9]}=\r\n{SECRET[9:]}",
    "continued": f"{SECRET[:9]}\\\n  {SECRET[9:]}",
    "put together": f'"{SECRET[:9]}" + "{SECRET[9:]}"',
    "tags": f"<b>{SECRET[:5]}</b><wbr>{SECRET[5:]}",
    "a tag each": "<wbr>".join(SECRET),
    "cdata": f"{SECRET[:5]}]]><![CDATA[{SECRET[5:]}",
    "full width": "".join(chr(ord(letter) + 0xFEE0) for letter in SECRET),
    "other dash": SECRET.replace("-", "\u2011"),
    "a title": f"{SECRET[:5]}\x1b]0;title\x07{SECRET[5:]}",
    "a link": f"{SECRET[:5]}\x1b]8;;https://a.example/\x1b\\{SECRET[5:]}",
    "a link in json": json.dumps(f"{SECRET[:5]}\x1b]8;;https://a.example/\x1b\\{SECRET[5:]}"),
    "private sequences": "\x1b[>4;1m".join((SECRET[:5], SECRET[5:8], SECRET[8:])),
    "8 bits": f"{SECRET[:5]}\x9b1m{SECRET[5:9]}\x9d0;t\x9c{SECRET[9:]}",
}


@pytest.mark.parametrize("name", DUMPS)
def test_a_dump_is_masked(name: str) -> None:
    masker = Masker([SECRET])
    for text in (DUMPS[name], f"error: {DUMPS[name]} !", f'{{"message":"{DUMPS[name]}"}}'):
        assert masker.found_in(text)
        masked = masker.text(text)
        assert MASK in masked
        assert not masker.found_in(masked)
        assert len(masked) < len(text) - len(SECRET) + 4, "the whole of it goes"


@pytest.mark.parametrize("secret", ["hunter2", "kanarienvogelgelb", "a1-b2-c3", "12-34-56"])
@pytest.mark.parametrize(
    "text",
    [
        "hunter 2, hunter-2, hunters2 and hunter.2",
        "kanarien vogel gelb, kanarien-vogel-gelb",
        "a1b2c3 a1 b2 c3 a1_b2_c3",
        "123456 at 12:34:56 on 12.34.56",
        json.dumps({"qty": [12, 34, 56], "side": "buy", "orderId": "1234567890"}),
        "97,49,45,98 is not the whole of it",
        "1104,117,110,116,101,114,50 has another number in front",
    ],
)
def test_what_only_resembles_one_stays(secret: str, text: str) -> None:
    masker = Masker([secret])
    assert not masker.found_in(text)
    assert masker.text(text) == text


@pytest.mark.parametrize(
    "part",
    ["\\", "<", "h ", "h\n", "hunter\n", "hunter <b>", "\x1b]0;h\x07", '"', "1:2 ", "104,117,", "\x9d\u200b", "\\n"],
)
def test_long_texts_of_one_part_cost_no_more_than_they_are_long(part: str) -> None:
    masker = Masker(["hunter2"])
    text = part * (200_000 // len(part))
    assert masker.text(text + "hunter2").endswith(MASK)


def test_letters_of_another_width_are_folded_before_a_secret_is_looked_for() -> None:
    assert folded("ｓｅｃｒｅｔ－１") == "secret-1"
