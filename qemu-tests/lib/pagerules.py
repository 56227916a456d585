# SPDX-License-Identifier: GPL-2.0-or-later
"""Which frames a dump of some level leaves out, by the kernel's own struct pages.

A second, slow implementation of the rules, for judge-frames; the first, whose word it never
takes, is init/vmcore. Written from the kernel (include/linux/page-flags.h, mm_types.h, mmzone.h,
mm/hugetlb.c, kernel/vmcore_info.c of 5.10 to 7.3) and from what makedumpfile's manual says of
its levels. A frame about which nothing can be found out is kept. What the kernel would not do
(a free page that is in use, a head whose tails are not) is told as a doubt: then it is the rules
that do not fit that kernel.
"""

import sys
from array import array
from collections import Counter

from dumpfiles import EM_AARCH64, EM_ARM, EM_X86_64
from kernelmem import NoWay

CACHE, PRIVATE_CACHE, USER, FREE = 2, 4, 8, 16
CHUNK = 4096  # frames looked at together; a head and its first tail are never torn apart
SECTION_FLAGS = 0x3f  # the low bits of section_mem_map that are not part of the pointer
PRESENT_WITH_MAP = 3

# Before VMCOREINFO told them: SECTION_SIZE_BITS and MAX_PHYSMEM_BITS (asm/sparsemem.h).
SECTIONS = {EM_ARM: (28, 36), EM_AARCH64: (30, 48), EM_X86_64: (27, 46)}


def existing(raw, page):
    """Runs (first, end) of frames that the raw dump has memory of, in order."""
    runs = sorted((start // page, -(-(start + length) // page))
                  for start, length, _ in raw.loads if length)
    merged = []
    for first, end in runs:
        if merged and first <= merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([first, end])
    return merged


class FlatMap:
    """One array of struct pages, as the kernel's only node says."""

    def __init__(self, kernel):
        node, number = kernel.symbol("contig_page_data"), kernel.number
        self.size = number("SIZE(page)")
        first, spanned, pages = (kernel.pointer(node + number(f"OFFSET(pglist_data.{name})")) for
                                 name in ("node_start_pfn", "node_spanned_pages", "node_mem_map"))
        self.first, self.end, self.pages = first, first + spanned, pages

    def find(self, pfn):
        """The address of the struct page, and the frame up to which the array goes on."""
        if not self.first <= pfn < self.end:
            return None, pfn + 1
        return self.pages + (pfn - self.first) * self.size, self.end


class SectionMap:
    """One array for each section of memory, found through mem_section."""

    def __init__(self, kernel):
        number = kernel.number
        self.kernel, self.size = kernel, number("SIZE(page)")
        bits, room = SECTIONS[kernel.raw.machine]
        bits = number("NUMBER(SECTION_SIZE_BITS)") or bits
        room = number("NUMBER(MAX_PHYSMEM_BITS)") or room
        self.frames = 1 << bits >> (kernel.page.bit_length() - 1)
        self.entry_size = number("SIZE(mem_section)")
        self.entry_map = number("OFFSET(mem_section.section_mem_map)")
        self.roots = kernel.symbol("mem_section")
        self.count = 1 << room - bits
        per_root = kernel.page // self.entry_size
        # An array of pointers to arrays (SPARSEMEM_EXTREME), or the array itself (ARM).
        length = number("LENGTH(mem_section)")
        self.per_root = per_root if length in (None, -(-self.count // per_root)) else 0

    def entry(self, section):
        if not self.per_root:
            return self.roots + section * self.entry_size
        root, index = divmod(section, self.per_root)
        array_at = self.kernel.pointer(self.roots + root * self.kernel.word)
        return array_at + index * self.entry_size if array_at else None

    def find(self, pfn):
        section = pfn // self.frames
        end = (section + 1) * self.frames
        entry = self.entry(section) if section < self.count else None
        if entry is None:
            return None, end
        pages = self.kernel.pointer(entry + self.entry_map)
        if pages & PRESENT_WITH_MAP != PRESENT_WITH_MAP:
            return None, end
        return (pages & ~SECTION_FLAGS) + pfn * self.size & self.kernel.mask, end


class Rules:
    """What VMCOREINFO says of flags and fields, and what follows for a page."""

    def __init__(self, kernel, level):
        number = kernel.number
        self.level, self.word, self.size = level, kernel.word, number("SIZE(page)")
        self.at = {name: number(f"OFFSET(page.{name})") for name in
                   ("flags", "_refcount", "mapping", "_mapcount", "private")}
        tail = number("OFFSET(page.compound_head)")
        self.at["tail"] = number("OFFSET(page.compound_info)") if tail is None else tail
        for name in ("lru", "private", "swapcache", "swapbacked", "slab", "hwpoison"):
            bit = number(f"NUMBER(PG_{name})")
            setattr(self, name, 0 if bit is None else 1 << bit)
        self.head = number("NUMBER(PG_head_mask)") or 0
        for name in ("BUDDY", "OFFLINE", "SLAB", "HUGETLB", "UNACCEPTED"):
            value = number(f"NUMBER(PAGE_{name}_MAPCOUNT_VALUE)")
            setattr(self, name, None if value is None else value & 0xffffffff)
        self.orders = number("LENGTH(zone.free_area)")
        self.hugetlb_bit = number("NUMBER(PG_hugetlb)")
        self.hugetlb_dtor = number("NUMBER(HUGETLB_PAGE_DTOR)")
        self.order_at, self.dtor_at = number("OFFSET(page.compound_order)"), \
            number("OFFSET(page.compound_dtor)")
        if number("OFFSET(folio._folio_order)") is not None:  # 6.3 to 6.5: from the head on
            self.order_at = number("OFFSET(folio._folio_order)") - self.size
            self.dtor_at = number("OFFSET(folio._folio_dtor)") - self.size
        missing = [name for name in ("flags", "mapping", "_mapcount") if self.at[name] is None]
        if missing:
            raise NoWay(f"VMCOREINFO does not say where struct page has {', '.join(missing)}")

    def take(self, data):
        """Struct pages that lie one behind the other; their fields become lists."""
        self.data = data
        words, halves = array("Q" if self.word == 8 else "I"), array("I")
        words.frombytes(data)
        halves.frombytes(data)
        if sys.byteorder == "big":
            words.byteswap()
            halves.byteswap()
        zeros = [0] * (len(data) // self.size)
        for name, at in self.at.items():
            source, wide = (halves, 4) if name in ("_mapcount", "_refcount") else \
                (words, self.word)
            setattr(self, f"{name}_of", zeros if at is None else
                    source[at // wide::self.size // wide])

    def is_slab(self, i):
        return bool(self.flags_of[i] & self.slab) or \
            self.SLAB is not None and self._mapcount_of[i] == self.SLAB

    def compound(self, i):
        """Order of the compound page whose head this is, and whether it is of hugetlb."""
        if not self.flags_of[i] & self.head or (i + 2) * self.size > len(self.data):
            return 0, False
        tail_flags, tail = self.flags_of[i + 1], (i + 1) * self.size
        if self.HUGETLB is not None:  # since 6.9
            return tail_flags & 0xff, self._mapcount_of[i] == self.HUGETLB
        if self.hugetlb_bit is not None:  # 6.6 to 6.8
            return tail_flags & 0xff, bool(tail_flags >> self.hugetlb_bit & 1)
        if self.order_at is None:
            return 0, False
        dtor = None if self.dtor_at is None else self.data[tail + self.dtor_at]
        return self.data[tail + self.order_at], dtor is not None and dtor == self.hugetlb_dtor

    def judge(self, i, pfn):
        """How many frames from PFN on are left out together, and as what; 0: it is kept."""
        if self.tail_of[i] & 1:
            return 0, "tail"
        flags, mapcount, slab = self.flags_of[i], self._mapcount_of[i], self.is_slab(i)
        if self.level & FREE and not slab and self.orders:
            if self.BUDDY is not None and mapcount == self.BUDDY:
                order = self.private_of[i]
                return (1 << order, "free") if order < self.orders else (0, "free, odd order")
            if self.UNACCEPTED is not None and mapcount == self.UNACCEPTED:
                return 1 << self.orders - 1, "unaccepted"
        order, hugetlb = self.compound(i)
        if order >= 8 * self.word or pfn & (1 << order) - 1:
            order = 0
        kind = self.kind(flags, mapcount, slab, self.mapping_of[i] & 1 and not slab, hugetlb)
        return (1 << order if kind else 0), kind

    def kind(self, flags, mapcount, slab, anonymous, hugetlb):
        cache = flags & self.lru or flags & self.swapcache and \
            (not self.swapbacked or flags & self.swapbacked)
        if cache and not anonymous:
            if self.level & (CACHE | PRIVATE_CACHE) and not flags & self.private:
                return "cache"
            if self.level & PRIVATE_CACHE:
                return "private cache"
        if self.level & USER and (anonymous or hugetlb):
            return "hugetlb" if hugetlb else "anonymous"
        if flags & self.hwpoison:
            return "hwpoison"
        if self.OFFLINE is not None and not slab and mapcount == self.OFFLINE:
            return "offline"
        return None

    def doubt(self, i, count, kind):
        """Would the kernel have COUNT frames of this KIND from here on?"""
        if kind == "free":
            return any(self._refcount_of[i:i + count])
        return count > 1 and kind != "unaccepted" and \
            not all(tail & 1 for tail in self.tail_of[i + 1:i + count])

    def told(self, i):
        names = {"tail": "compound"}
        return " ".join(f"{names.get(name, name)}={getattr(self, name + '_of')[i]:#x}"
                        for name, at in self.at.items() if at is not None)


class Frames:
    """Goes through all frames of a raw dump at one level."""

    def __init__(self, kernel, level):
        self.kernel, self.rules = kernel, Rules(kernel, level)
        flat = kernel.symbol("mem_section") is None
        self.map = FlatMap(kernel) if flat else SectionMap(kernel)
        self.counts, self.doubts, self.out = Counter(), [], []
        self.unknown = 0  # frames without a struct page, which are kept
        self.until = 0  # what was left out last goes on up to here

    def chunks(self, first, end):
        """Runs of frames whose struct pages lie together: first, end, address or None."""
        while first < end:
            at, limit = self.map.find(first)
            limit = min(limit, end, (first // CHUNK + 1) * CHUNK)
            yield first, limit, at
            first = limit

    def load(self, first, end, at):
        if at is not None:
            try:
                self.rules.take(self.kernel.read(at, (end - first) * self.rules.size))
                return True
            except NoWay:
                pass
        return False

    def chunk(self, first, end):
        rules = self.rules
        pfn = max(first, self.until)
        while pfn < end:
            i = pfn - first
            count, kind = rules.judge(i, pfn)
            if count:
                self.out.append((pfn, pfn + count))
                self.counts[kind] += count
                self.until = pfn + count
                if rules.doubt(i, count, kind):
                    self.doubts.append((pfn, count, kind, rules.told(i)))
            elif kind == "free, odd order":
                self.doubts.append((pfn, 1, kind, rules.told(i)))
            pfn += count or 1

    def walk(self):
        """Fills OUT with the runs (first, end) of frames that are left out."""
        for run in existing(self.kernel.raw, self.kernel.page):
            for first, end, at in self.chunks(*run):
                if self.load(first, end, at):
                    self.chunk(first, end)
                else:
                    self.unknown += end - first
        return self

    def page(self, pfn):
        """The struct page of a frame, for people."""
        at, _ = self.map.find(pfn)
        return self.rules.told(0) if self.load(pfn, pfn + 1, at) else "no struct page"
