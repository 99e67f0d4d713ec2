"""Recordings as their containers are written, of silence or of nothing, as long as a test wants them."""

import io
import struct
import wave


def wav(seconds: float, *, announced: int | None = None) -> bytes:
    """16 kHz, one channel; `announced` replaces how many bytes of sound it says it has."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\0\1" * round(16_000 * seconds))
    data = out.getvalue()
    return data if announced is None else data[:40] + struct.pack("<I", announced) + data[44:]


def page(granule: int, body: bytes, *, serial: int = 7) -> bytes:
    return b"OggS\0\0" + struct.pack("<qIIIB", granule, serial, 0, 0, 1) + bytes([len(body)]) + body


def ogg(seconds: float) -> bytes:
    """Opus, as WhatsApp and Firefox send it; a page of another stream stands at its end."""
    head = page(0, b"OpusHead\1\1" + struct.pack("<HIHB", 312, 16_000, 0, 0))
    return head + page(round(48_000 * seconds) + 312, b"x" * 200) + page(10**9, b"y", serial=8)


def vorbis(seconds: float) -> bytes:
    return page(0, b"\1vorbis\0\0\0\0\1" + struct.pack("<I", 44_100)) + page(round(44_100 * seconds), b"x")


def mp3(seconds: float, *, tagged: bool = True) -> bytes:
    """MPEG 1, layer III, 128 kbit/s and 44,100 Hz; a frame is 26 ms."""
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413
    tag = b"ID3\4\0\0\0\0\1\5" + b"\0" * 133
    return (tag if tagged else b"") + frame * round(seconds * 44_100 / 1152)


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def mp4(seconds: float, *, fragments: bool = False) -> bytes:
    """As Safari records; in fragments the film itself has no length."""
    long = round(1000 * seconds)
    film = box(b"mvhd", b"\0" * 12 + struct.pack(">II", 1000, 0 if fragments else long) + b"\0" * 80)
    more = box(b"mvex", box(b"mehd", b"\0" * 4 + struct.pack(">I", long))) if fragments else b""
    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", film + more) + box(b"mdat", b"x" * 50)


def element(name: str, body: bytes, *, unknown: bool = False) -> bytes:
    size = b"\x01\xff\xff\xff\xff\xff\xff\xff" if unknown else struct.pack(">Q", len(body) | 1 << 56)
    return bytes.fromhex(name) + size + body


def webm(seconds: float, *, told: float | None = None) -> bytes:
    """As Chromium records: of unknown size, without a length unless it is `told`, a cluster a second."""
    info = element("2ad7b1", (1_000_000).to_bytes(3))
    info += b"" if told is None else element("4489", struct.pack(">d", 1000 * told))
    clusters = b"".join(
        element("1f43b675", element("e7", struct.pack(">I", 1000 * begin)), unknown=True)
        + element("a3", b"\x81" + struct.pack(">h", min(1000, round(1000 * (seconds - begin)))) + b"\x80sound")
        for begin in range(max(1, round(seconds)))
    )
    return element("1a45dfa3", element("4282", b"webm")) + element(
        "18538067", element("1549a966", info) + clusters, unknown=True
    )
