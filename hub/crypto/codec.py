"""Records made small before they are sealed: zstd level 3 with a dictionary trained on synthetic records only.

The number of the codec stands in every row: 0 is zstd without a dictionary, N > 0 uses dictionaries/N.zdict. A
dictionary is never changed or deleted, only followed by the next. Compressed records are padded to multiples of 64
bytes (0x80, then zeros), so that a sealed record's length tells little about its content.
"""

import threading
from functools import cache
from importlib.resources import files

import zstandard
from zstandard import ZstdCompressionDict, ZstdCompressor, ZstdDecompressor, ZstdError

PADDING = 64
CURRENT = 1
LEVEL = 3
LARGEST = 64 << 20
"""Bytes of plain text a codec takes or gives back."""

_END = b"\x80"


class Undecodable(ValueError):
    """Not what `Codec.compress` gave: an unknown codec, a damaged frame, or larger than LARGEST when decompressed."""


class Codec:
    """Compresses with one codec and decompresses any; safe for threads.

    A zstd context shared by two threads crashes the process, so each thread has its own; the digested dictionary they
    share is made once and only read (digesting it again while a context uses it crashes too).
    """

    def __init__(self, number: int = CURRENT) -> None:
        """Undecodable when there is no such codec."""
        self.number = number
        self._local = threading.local()
        _dictionary(number)

    def compress(self, plain: bytes) -> tuple[int, bytes]:
        """(codec number, compressed bytes padded to a multiple of 64)."""
        if len(plain) > LARGEST:
            raise ValueError("larger than a codec takes")
        try:
            compressor = self._local.compressor
        except AttributeError:
            compressor = self._local.compressor = _compressor(self.number)
        return self.number, padded(compressor.compress(plain))

    def decompress(self, codec: int, data: bytes) -> bytes:
        """What was compressed; Undecodable otherwise."""
        frame = unpadded(data)
        try:
            if not 0 <= zstandard.frame_content_size(frame) <= LARGEST:
                raise Undecodable("too large or of unknown size")
            return self._decompressor(codec).decompress(frame, allow_extra_data=False)
        except ZstdError:
            raise Undecodable("damaged, or made with another dictionary") from None

    def _decompressor(self, codec: int) -> ZstdDecompressor:
        try:
            decompressors: dict[int, ZstdDecompressor] = self._local.decompressors
        except AttributeError:
            decompressors = self._local.decompressors = {}
        if codec not in decompressors:
            decompressors[codec] = ZstdDecompressor(dict_data=_dictionary(codec))
        return decompressors[codec]


def padded(data: bytes) -> bytes:
    """`data`, 0x80 and zeros up to a multiple of 64 bytes (ISO/IEC 7816-4)."""
    return data + _END + bytes(-(len(data) + 1) % PADDING)


def unpadded(data: bytes) -> bytes:
    """What `padded` was given; Undecodable when it is no such padding."""
    content = data.rstrip(b"\0")
    if not content.endswith(_END) or len(data) % PADDING or len(data) - len(content) >= PADDING:
        raise Undecodable("not padded")
    return content[:-1]


def _compressor(number: int) -> ZstdCompressor:
    return ZstdCompressor(level=LEVEL, dict_data=_dictionary(number), write_checksum=False, write_content_size=True)


@cache
def _dictionary(number: int) -> ZstdCompressionDict | None:
    if number == 0:
        return None
    file = files("hub.crypto").joinpath("dictionaries", f"{number}.zdict")
    try:
        dictionary = ZstdCompressionDict(file.read_bytes())
    except FileNotFoundError:
        raise Undecodable(f"there is no codec {number}") from None
    return digested(dictionary)


def digested(dictionary: ZstdCompressionDict) -> ZstdCompressionDict:
    """Ready for both directions before any other thread sees it. Once per dictionary, never again."""
    dictionary.precompute_compress(level=LEVEL)
    ZstdDecompressor(dict_data=dictionary).decompress(ZstdCompressor(level=LEVEL, dict_data=dictionary).compress(b"."))
    return dictionary
