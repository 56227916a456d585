# SPDX-License-Identifier: GPL-2.0-or-later
"""The memory of the kernel that crashed, by its own page tables.

A second way to the same memory, for the judges beside this file, which shares nothing with
kdump-init and takes another path: where the kernel lies in memory is found by looking for its
name (init_uts_ns), and everything else, linear map and vmemmap included, goes through the page
tables of the kernel itself. No constant of a memory layout is needed, and none is believed.
Formats of page tables: the Arm Architecture Reference Manuals (short and long descriptors,
VMSAv8-64), Intel's SDM volume 3 chapter 4. Raises NoWay where the kernel cannot be followed.
"""

import struct

from dumpfiles import EM_AARCH64, EM_ARM, EM_X86_64

UTS_FIELD = 65  # bytes of each of the names in struct new_utsname
STEP = 1 << 16  # no kernel is loaded at a finer address: image and memory differ by multiples


class NoWay(Exception):
    pass


def vmcoreinfo(notes):
    """The keys of the note VMCOREINFO, as text."""
    at = 0
    while at + 12 <= len(notes):
        namesz, descsz, _ = struct.unpack_from("<III", notes, at)
        desc = at + 12 + (namesz + 3 & ~3)
        if notes[at + 12:at + 12 + namesz].rstrip(b"\0") == b"VMCOREINFO":
            text = notes[desc:desc + descsz].decode("ascii", "replace")
            return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        at = desc + (descsz + 3 & ~3)
    raise NoWay("the dump has no note VMCOREINFO")


class Kernel:
    def __init__(self, raw):
        self.raw, self.keys = raw, vmcoreinfo(raw.notes)
        self.word = 4 if raw.machine == EM_ARM else 8
        self.page = int(self.keys["PAGESIZE"])
        self.mask = (1 << 8 * self.word) - 1
        walks = {EM_ARM: self.walk_lpae if "CONFIG_ARM_LPAE" in self.keys else self.walk_short,
                 EM_AARCH64: self.walk_arm64, EM_X86_64: self.walk_x86}
        if raw.machine not in walks:
            raise NoWay(f"machine {raw.machine} is not known here")
        self.walk = walks[raw.machine]
        self.seen = {}
        self.root = self.find_root()

    def symbol(self, name):
        value = self.keys.get(f"SYMBOL({name})")
        return None if value is None else int(value, 16)

    def number(self, key):
        """Of NUMBER, OFFSET, SIZE and LENGTH, by the whole key; None where there is none."""
        value = self.keys.get(key)
        return None if value is None else int(value, 0)

    # ---- where the kernel is ----

    def find_root(self):
        """The physical address of its page tables, which have to lead back to its name."""
        names = self.symbol("init_uts_ns")
        tables = self.symbol("init_top_pgt") or self.symbol("swapper_pg_dir")
        if names is None or tables is None:
            raise NoWay("VMCOREINFO has no init_uts_ns or no swapper_pg_dir")
        # Before 5.11 the place of the name was not told: it was behind a reference count.
        names += self.number("OFFSET(uts_namespace.name)") or \
            (0 if "OFFSET(uts_namespace.name)" in self.keys else 4)
        for found in self.find_names(names):
            self.root = tables - names + found
            self.seen.clear()
            try:
                if self.physical(names)[0] == found:
                    return self.root
            except NoWay:
                pass
        raise NoWay("no copy of the kernel's name is where its page tables say")

    def find_names(self, virtual):
        want = self.keys["OSRELEASE"].encode() + b"\0"
        for start, length, _ in self.raw.loads:
            at = start + (virtual - start) % STEP
            for paddr in range(at, start + length - 6 * UTS_FIELD, STEP):
                names = self.raw.read(paddr, 6 * UTS_FIELD)
                if names[:6] == b"Linux\0" and names[2 * UTS_FIELD:].startswith(want):
                    yield paddr

    # ---- page tables: each walk gives a physical address, and the bytes that follow it there ----

    def entry(self, table, index, size):
        data = self.raw.read(table + index * size, size)
        if data is None:
            raise NoWay(f"a page table at {table:#x} is not in the dump")
        return int.from_bytes(data, "little")

    def walk_short(self, va):
        """Short descriptors of ARM: sections and supersections, large pages and pages."""
        first = self.entry(self.root, va >> 20, 4)
        if first & 3 == 1:
            second = self.entry(first & ~0x3ff, va >> 12 & 0xff, 4)
            if second & 3 == 0:
                raise NoWay(f"{va:#x} is not mapped")
            bits = 12 if second & 2 else 16
            return (second & -1 << bits) | va & (1 << bits) - 1, bits
        if first & 2 == 0:
            raise NoWay(f"{va:#x} is not mapped")
        if first & 1 << 18:
            return (first & 0xff000000) | (first >> 20 & 0xf) << 32 | va & 0xffffff, 24
        return (first & 0xfff00000) | va & 0xfffff, 20

    def walk_levels(self, va, shifts, top_bits, address, leaf):
        """Entries of eight bytes: LEAF of entry and level is None where nothing is mapped."""
        table, bits = self.root, top_bits
        for level, shift in enumerate(shifts):
            e = self.entry(table, va >> shift & (1 << bits) - 1, 8)
            end = leaf(e, level == len(shifts) - 1)
            if end is None:
                raise NoWay(f"{va:#x} is not mapped")
            if end:
                return address(e) & -1 << shift | va & (1 << shift) - 1, shift
            table, bits = address(e), (self.page // 8).bit_length() - 1
        raise NoWay(f"{va:#x}: a table below the last level")

    @staticmethod
    def arm_leaf(e, last):
        if e & 1 == 0 or last and e & 3 == 1:
            return None
        return last or e & 3 == 1

    def walk_lpae(self, va):
        return self.walk_levels(va, (30, 21, 12), 2, lambda e: e & 0xfffffff000, self.arm_leaf)

    def walk_arm64(self, va):
        page_bits = self.page.bit_length() - 1
        size = self.number("NUMBER(TCR_EL1_T1SZ)")
        bits = self.number("NUMBER(VA_BITS)")
        if size is not None and page_bits < 16:
            bits = 64 - size
        step = page_bits - 3
        shifts = list(range(page_bits, bits, step))[::-1]

        def address(e):
            pa = e & 0x0000fffffffff000 & -self.page
            if page_bits == 16:
                return pa | (e & 0xf000) << 36
            if bits == 52:  # LPA2
                return pa | e & 0x3 << 48 | (e & 0x300) << 42
            return pa
        return self.walk_levels(va, shifts, bits - shifts[0], address, self.arm_leaf)

    def walk_x86(self, va):
        shifts = (48, 39, 30, 21, 12) if self.number("NUMBER(pgtable_l5_enabled)") else \
            (39, 30, 21, 12)
        mask = 0x000ffffffffff000 & ~(self.number("NUMBER(sme_mask)") or 0)

        def leaf(e, last):
            if e & 1 == 0:
                return None
            return last or e & 0x80 != 0
        return self.walk_levels(va, shifts, 9, lambda e: e & mask, leaf)

    # ---- memory by virtual address ----

    def physical(self, va):
        """Where VA is, and how many bytes from there on are mapped together."""
        va &= self.mask
        known = self.seen.get(va // self.page)
        if known is None:
            pa, bits = self.walk(va)
            known = (pa - va % (1 << bits), va - va % (1 << bits), 1 << bits)
            self.seen[va // self.page] = known
        base, first, size = known
        return base + va - first, size - (va - first)

    def read(self, va, size):
        parts = []
        while size > 0:
            pa, mapped = self.physical(va)
            here = min(size, mapped)
            data = self.raw.read(pa, here)
            if data is None:
                raise NoWay(f"{va:#x} is at {pa:#x}, which is not in the dump")
            parts.append(data)
            va, size = va + here, size - here
        return b"".join(parts)

    def pointer(self, va):
        return int.from_bytes(self.read(va, self.word), "little")
