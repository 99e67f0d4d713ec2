"""How long recordings last, out of what their containers tell; None where they do not."""

from collections.abc import Callable, Mapping
from struct import unpack
from typing import Final, Protocol

MOST_STEPS: Final = 200_000
"""Parts of a file that are looked at; one with more of them is no recording of a few minutes."""


class Data(Protocol):
    """The bytes of a file, in memory or mapped into it."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...

    def find(self, wanted: bytes, start: int = ..., end: int = ..., /) -> int: ...

    def rfind(self, wanted: bytes, start: int = ..., end: int = ..., /) -> int: ...


def wav(data: Data) -> float | None:
    """A recording that was never ended says that it has no data, or all there could be: what is there counts."""
    at, bytes_a_second = 12, 0
    for _ in range(MOST_STEPS):
        name, size = data[at : at + 4], _little(data[at + 4 : at + 8])
        if len(name) < 4:
            return None
        if name == b"fmt ":
            bytes_a_second = _little(data[at + 16 : at + 20])
        if name == b"data":
            there = max(0, len(data) - at - 8)
            return min(size or there, there) / bytes_a_second if bytes_a_second else None
        at += 8 + size + size % 2
    return None


def ogg(data: Data) -> float | None:
    """The last page of the first stream says how many samples there were until its end."""
    serial, skipped, rate = data[14:18], 0, 0
    opus, vorbis = data.find(b"OpusHead", 0, 512), data.find(b"\x01vorbis", 0, 512)
    if opus >= 0:
        rate, skipped = 48_000, _little(data[opus + 10 : opus + 12])
    elif vorbis >= 0:
        rate = _little(data[vorbis + 12 : vorbis + 16])
    at = len(data)
    for _ in range(MOST_STEPS):
        at = data.rfind(b"OggS", 0, at)
        if at < 0 or not rate:
            return None
        granule = int.from_bytes(data[at + 6 : at + 14], "little", signed=True)
        if data[at + 14 : at + 18] == serial and granule >= 0:
            return max(0, granule - skipped) / rate
    return None


KILOBITS: Final = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def mp3_frame(header: bytes) -> tuple[int, float] | None:
    """Bytes and seconds of a frame of layer III that begins with these four bytes."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version, rate, step = header[1] >> 3 & 3, header[2] >> 2 & 3, header[2] >> 4
    if version not in RATES or rate > 2 or not 0 < step < 15:
        return None
    samples, hertz = 1152 if version == 3 else 576, RATES[version][rate]
    kilobits = KILOBITS[3 if version == 3 else 2][step]
    return samples * kilobits * 125 // hertz + (header[2] >> 1 & 1), samples / hertz


def mp3(data: Data) -> float | None:
    """Frame by frame, since each may have another rate; what stands before and after them has no length."""
    at, seconds = 0, 0.0
    if data[:3] == b"ID3":
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    for _ in range(MOST_STEPS):
        frame = mp3_frame(data[at : at + 4])
        if frame is None:
            break
        at, seconds = at + frame[0], seconds + frame[1]
    return seconds or None


def mp4(data: Data) -> float | None:
    """The header of the film, or of its fragments."""
    at, end, told = 0, len(data), 0.0
    timescale = 0
    for _ in range(MOST_STEPS):
        size, name = _big(data[at : at + 4]), data[at + 4 : at + 8]
        if at >= end or len(name) < 4:
            break
        begin, size = (at + 16, _big(data[at + 8 : at + 16])) if size == 1 else (at + 8, size or end - at)
        if name in {b"moov", b"mvex"}:
            at = begin
            continue
        wide = data[begin : begin + 1] == b"\x01"
        if name == b"mvhd":
            timescale = _big(data[begin + 20 : begin + 24] if wide else data[begin + 12 : begin + 16])
            told = max(told, _big(data[begin + 24 : begin + 32] if wide else data[begin + 16 : begin + 20]))
        elif name == b"mehd":
            told = max(told, _big(data[begin + 4 : begin + 12] if wide else data[begin + 4 : begin + 8]))
        at += max(8, size)
    return told / timescale if told and timescale else None


SEGMENT, INFO, CLUSTER, GROUP = 0x18538067, 0x1549A966, 0x1F43B675, 0xA0
SCALE, DURATION, TIMESTAMP, SIMPLE_BLOCK, BLOCK = 0x2AD7B1, 0x4489, 0xE7, 0xA3, 0xA1
HOLDING: Final = frozenset({SEGMENT, INFO, CLUSTER, GROUP})


def webm(data: Data) -> float | None:
    """What a browser records says nothing of its length, so the last block's time counts."""
    at, scale, cluster, last, told = 0, 1_000_000, 0, 0, 0.0
    for _ in range(MOST_STEPS):
        name, at = _number(data, at, marked=True)
        size, at = _number(data, at, marked=False)
        if at > len(data) or not name:
            break
        if name in HOLDING:
            continue  # what it holds comes next, and its size may be unknown
        body = data[at : at + min(size, 16)]
        if name == SCALE:
            scale = _big(body) or scale
        elif name == DURATION and len(body) in {4, 8}:
            told = unpack(">f" if len(body) == 4 else ">d", body)[0]
        elif name == TIMESTAMP:
            cluster = _big(body)
        elif name in {SIMPLE_BLOCK, BLOCK}:
            _, behind = _number(data, at, marked=False)
            last = max(last, cluster + int.from_bytes(data[behind : behind + 2], signed=True))
        at += size
    longest = max(told if told < float("inf") else 0.0, last)
    return longest * scale / 1e9 if longest > 0 else None


def _number(data: Data, at: int, *, marked: bool) -> tuple[int, int]:
    """EBML's number of 1 to 8 bytes, with or without the bit that tells how many, and where it ends; 0 for none."""
    first = data[at : at + 1]
    if not first or not first[0]:
        return 0, len(data) + 1
    length = 9 - first[0].bit_length()
    value = int.from_bytes(data[at : at + length])
    return value if marked else value & (1 << 7 * length) - 1, at + length


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _big(data: bytes) -> int:
    return int.from_bytes(data)


LENGTHS: Final[Mapping[str, Callable[[Data], float | None]]] = {
    "webm": webm,
    "ogg": ogg,
    "mp3": mp3,
    "wav": wav,
    "mp4": mp4,
}
