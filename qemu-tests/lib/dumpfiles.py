# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the two kinds of dumps, for the judges beside this file.

A raw ELF dump (Elf: memory by physical address, notes; Ram: the same without a dump) and a
kdump-compressed one (Kdump: which frames it has, the content of each). Written from the
descriptions of the formats (ELF; diskdump version 6, of 32-bit ARM and of 64-bit machines);
shares nothing with kdump-init or makedumpfile. Needs zstd(1) for pages that it packed, and the
library liblzo2 for those that are packed by lzo. A file that is not what it should be raises BadFile;
nothing is ever written.
"""

import ctypes
import functools
import os
import struct
import subprocess
import zlib
from collections import namedtuple

RAW, ZLIB, LZO, ZSTD = 0, 1, 2, 0x20
CODECS = {RAW: "none", ZLIB: "zlib", LZO: "lzo", ZSTD: "zstd"}
EM_ARM, EM_X86_64, EM_AARCH64 = 40, 62, 183
MACHINES = {"arm": EM_ARM, "x86_64": EM_X86_64, "aarch64": EM_AARCH64}

# 32-bit ARM aligns 64-bit fields to eight bytes. Where time_t has 64 bits, the fields behind the
# time stand where 64-bit machines have them, and the sub header, which has no time, does not move.
Layout = namedtuple("Layout", "header sub_header")
HEADER = "i i I I I I I I i"
ARM_SUB = "<I i i I I 4x q I 4x q I 4x q I 4x Q Q Q"
ARM = Layout("<8s i 390s 2x i i I " + HEADER, ARM_SUB)
ARM_TIME64 = Layout("<8s i 390s 6x q q I " + HEADER, ARM_SUB)
LP64 = Layout("<8s i 390s 6x q q I " + HEADER, "<Q i i Q Q q Q q Q q Q Q Q Q")


class BadFile(Exception):
    pass


def pread(fd, size, offset, what):
    data = os.pread(fd, size, offset)
    if len(data) != size:
        raise BadFile(f"{what}: {size} bytes at {offset} are not all in the file")
    return data


class Pieces:
    """Reads of a file whose pieces of late stay in memory, for those who read page after page."""

    PIECE, OVERLAP, KEPT = 1 << 18, 1 << 16, 8

    def __init__(self, fd, what):
        self.fd, self.what, self.pieces = fd, what, {}

    def read(self, size, offset):
        if size > self.OVERLAP:
            return pread(self.fd, size, offset, self.what)
        number, at = divmod(offset, self.PIECE)
        piece = self.pieces.get(number)
        if piece is None:
            if len(self.pieces) == self.KEPT:
                del self.pieces[next(iter(self.pieces))]
            piece = os.pread(self.fd, self.PIECE + self.OVERLAP, number * self.PIECE)
            self.pieces[number] = piece
        if at + size > len(piece):
            raise BadFile(f"{self.what}: {size} bytes at {offset} are not all in the file")
        return piece[at:at + size]


def numbers(bitmap):
    """The numbers of the bits that are set, the lowest bit of a byte first."""
    for at, byte in enumerate(bitmap):
        if byte:
            for bit in range(8):
                if byte >> bit & 1:
                    yield at * 8 + bit


def minus(a, b):
    size = max(len(a), len(b))
    left, right = (int.from_bytes(x, "little") for x in (a, b))
    return list(numbers((left & ~right).to_bytes(size, "little")))


class Elf:
    """The raw dump: memory by physical address, and its notes."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDONLY)
        self.pieces = Pieces(self.fd, "raw dump")
        head = pread(self.fd, 64, 0, path)
        if head[:4] != b"\x7fELF" or head[4] not in (1, 2):
            raise BadFile(f"{path}: not an ELF file")
        wide = head[4] == 2
        self.machine, = struct.unpack_from("<H", head, 18)
        at, = struct.unpack_from("<Q" if wide else "<I", head, 32 if wide else 28)
        size, count = struct.unpack_from("<HH", head, 54 if wide else 42)
        self.loads, self.notes = [], b""
        for i in range(count):
            segment = pread(self.fd, size, at + i * size, path)
            if wide:
                kind, _, offset, _, paddr, length = struct.unpack_from("<IIQQQQ", segment)
            else:
                kind, offset, _, paddr, length = struct.unpack_from("<IIIII", segment)
            if kind == 4:
                self.notes += pread(self.fd, length, offset, path)
            elif kind == 1:
                self.loads.append((paddr, length, offset))

    def read(self, paddr, size):
        """Bytes of memory, or None where the dump has not all of them."""
        for start, length, offset in self.loads:
            if start <= paddr and paddr + size <= start + length:
                return self.pieces.read(size, offset + paddr - start)
        return None

    def parts(self, paddr, size):
        """What there is of a page: offsets in it, and bytes."""
        for start, length, offset in self.loads:
            first, end = max(start, paddr), min(start + length, paddr + size)
            if first < end:
                yield first - paddr, self.pieces.read(end - first, offset + first - start)


class Ram(Elf):
    """In place of a raw dump: the RAM that the emulator kept in a file, which no dump has gone
    through. What of it was the crashed kernel's, and its notes, are as DUMP, a Kdump, has them."""

    def __init__(self, path, base, dump):
        self.fd = os.open(path, os.O_RDONLY)
        self.pieces = Pieces(self.fd, "RAM")
        self.machine = MACHINES.get("arm" if dump.arm else dump.machine)
        name = b"VMCOREINFO\0\0"
        self.notes = struct.pack("<III", 11, len(dump.info), 0) + name + dump.info
        size, self.loads = os.fstat(self.fd).st_size, []
        for frame in numbers(dump.present):
            at = dump.address(frame)
            if not base <= at <= base + size - dump.block:
                raise BadFile(f"{dump.path}: frame {frame:#x} is beyond the RAM")
            if self.loads and sum(self.loads[-1][:2]) == at:
                self.loads[-1][1] += dump.block
            else:
                self.loads.append([at, dump.block, at - base])


class Kdump:
    """The kdump-compressed dump: which frames it has, and the content of each."""

    def __init__(self, path):
        self.path, self.fd = path, os.open(path, os.O_RDONLY)
        self.pieces = Pieces(self.fd, path)
        self.size = os.fstat(self.fd).st_size
        head = pread(self.fd, 464, 0, path)
        if head[:8] != b"KDUMP   ":
            raise BadFile(f"{path}: not a kdump-compressed file")
        self.machine = head[272:337].split(b"\0")[0].decode("ascii", "replace")
        self.arm = self.machine.startswith("arm")
        for layout in (ARM_TIME64, ARM) if self.arm else (LP64,):
            (_, self.version, self.utsname, _, _, self.status, self.block, sub_blocks,
             bitmap_blocks, _, _, _, _, _, self.cpus) = struct.unpack_from(layout.header, head)
            if self.block in (4096, 16384, 65536) and sub_blocks and bitmap_blocks:
                break
        else:
            raise BadFile(f"{path}: block size {self.block}, {bitmap_blocks} blocks of bitmaps")
        sub = pread(self.fd, struct.calcsize(layout.sub_header), self.block, path)
        (self.phys_base, self.level, _, _, _, info_at, info_size, note_at, note_size, _, _, _, _,
         self.frames) = struct.unpack(layout.sub_header, sub)
        self.info = pread(self.fd, info_size, info_at, path)
        self.notes = pread(self.fd, note_size, note_at, path)
        self.read_bitmaps((1 + sub_blocks) * self.block, bitmap_blocks)

    def read_bitmaps(self, at, blocks):
        """Two, of as many blocks as the frames need, and no more: some readers count on it."""
        if blocks != 2 * -(-self.frames // (8 * self.block)):
            raise BadFile(f"{self.path}: {blocks} blocks of bitmaps for {self.frames} frames")
        half = blocks // 2 * self.block
        self.present = self.read_bits(at)
        self.saved = self.read_bits(at + half)
        self.bitmaps, self.table = at, at + 2 * half

    def rounded_frames(self):
        """How many frames kdump-init says there are, where makedumpfile says what this file does.

        The header of 32-bit ARM is true for either size of time_t only if the bits 8 and 16 of
        bitmap_blocks, which is status in one of them, are clear (init/output/kdump_header.c).
        """
        blocks = -(-self.frames // (8 * self.block))
        if self.arm and 2 * blocks & 24:
            return (blocks // 16 + 1) * 16 * 8 * self.block
        return self.frames

    def read_bits(self, at):
        """Of each frame one; makedumpfile sets some that are beyond the last frame."""
        bits = int.from_bytes(pread(self.fd, -(-self.frames // 8), at, self.path), "little")
        return (bits & (1 << self.frames) - 1).to_bytes(-(-self.frames // 8), "little")

    def pages(self):
        """Frame, codec and stored bytes of every saved page."""
        frames = list(numbers(self.saved))
        table = pread(self.fd, 24 * len(frames), self.table, self.path)
        for frame, (offset, size, flags, _) in zip(frames, struct.iter_unpack("<qIIQ", table)):
            if size > self.block or offset < self.table or offset + size > self.size:
                raise BadFile(f"{self.path}: frame {frame:#x}: {size} bytes at {offset}")
            if flags not in CODECS or flags == RAW and size != self.block:
                raise BadFile(f"{self.path}: frame {frame:#x}: flags {flags:#x}, {size} bytes")
            yield frame, flags, self.pieces.read(size, offset)

    def address(self, frame):
        return frame * self.block + (self.phys_base if self.arm else 0)


def unzstd(stored, block):
    """Many frames at once: zstd unpacks them one behind the other."""
    done = subprocess.run(["zstd", "-dcq"], input=b"".join(stored), stdout=subprocess.PIPE,
                          check=False)
    if done.returncode or len(done.stdout) != block * len(stored):
        raise BadFile(f"zstd makes {len(done.stdout)} bytes of {len(stored)} pages")
    return [done.stdout[i:i + block] for i in range(0, len(done.stdout), block)]


def unlzo(stored, block):
    """One page. The bytes that it comes to need not be a page: the caller sees to that."""
    page, size = ctypes.create_string_buffer(block), ctypes.c_size_t(block)
    code = lzo_library().lzo1x_decompress_safe(stored, ctypes.c_size_t(len(stored)), page,
                                               ctypes.byref(size), None)
    if code != 0:
        raise BadFile(f"lzo1x_decompress_safe ends with {code}")
    return page.raw[:size.value]


@functools.cache
def lzo_library():
    return ctypes.CDLL("liblzo2.so.2")


def unpacked(dump, counts):
    """Frame and content of every page; COUNTS by codec of all."""
    waiting = []
    for frame, codec, stored in dump.pages():
        counts[codec] = counts.get(codec, 0) + 1
        if codec == RAW:
            yield frame, stored
        elif codec == ZLIB:
            try:
                yield frame, zlib.decompress(stored)
            except zlib.error as error:
                raise BadFile(f"{dump.path}: frame {frame:#x}: {error}") from error
        elif codec == LZO:
            yield frame, unlzo(stored, dump.block)
        elif codec == ZSTD:
            waiting.append((frame, stored))
    if waiting:
        yield from zip((frame for frame, _ in waiting),
                       unzstd([stored for _, stored in waiting], dump.block))


def compare_content(dump, raw, shown):
    """Every page of DUMP against RAW. Prints what it found; True when something differs."""
    counts, wrong = {}, []
    for frame, content in unpacked(dump, counts):
        address = dump.address(frame)
        if content == raw.read(address, dump.block):
            continue
        parts = list(raw.parts(address, dump.block))
        if (len(content) != dump.block or not parts or
                any(content[at:at + len(part)] != part for at, part in parts)):
            wrong.append(frame)
    told = ", ".join(f"{n} {CODECS[c]}" for c, n in sorted(counts.items()))
    print(f"{dump.path}: {sum(counts.values())} pages saved ({told}), "
          f"{len(wrong)} differ from the raw dump")
    for frame in wrong[:shown]:
        print(f"  frame {frame:#x}, address {dump.address(frame):#x}")
    return bool(wrong)
