# SPDX-License-Identifier: GPL-2.0-or-later
#
# Host tests of init/, under the address and undefined behaviour sanitizers:
#
# make -f init/tests/tests.mk check [ONLY=window]     unit tests, the N-th call fails, PID 1 in a
#                                                     namespace, a short fuzz sweep. With ONLY
#                                                     just those tests, and what they need, is built
# make -f init/tests/tests.mk fuzz  [SECONDS=60] [FUZZ=config]   for SECONDS per target
#
# Either with BITS=32, too: the same tests with words of 32 bits, as most of the boards have them.
# They are i386 programs, which a 64-bit kernel runs beside others.
#
# "check" prints TAP and ends with 'N passed, N failed'; it fails when a test did. Everything
# is made under $(O)/tests, or $(O)/tests32. PID1_SEED=N PID1_RUNS=N repeat the runs of PID 1 that
# were drawn from N on; $(O)/tests/pid1 PATTERN runs only those tests.

O       ?= build
CLANG   ?= clang
SECONDS ?= 60
FUZZ    ?= config elfcore dmesg kdump translate vmcoreinfo pages deflate lzo ring receive superblock
JOBS    ?= 2
BITS    ?= 64

include init/warnings.mk
SANITIZE := address,undefined
LIBS     := -lz -llzo2 -lzstd -l:libbearssl.a
# Without _FILE_OFFSET_BITS: --wrap takes the plain names, and 64-bit hosts lose nothing.
FLAGS    := -std=c11 -D_GNU_SOURCE -DWITH_ZSTD -DWITH_SEAL -Iinit $(WARNINGS) -g -O1 \
	-fno-strict-aliasing -fno-omit-frame-pointer -fno-sanitize-recover=all -MMD -MP

# What is drawn by chance was drawn with 64 bits already.
again_32 := RARER=4 PID1_RUNS=$(or $(PID1_RUNS),200)
# With words of 32 bits, off_t and time_t have 64 as they do in the product, which glibc has under
# other names: a call that is wrapped is wrapped by the name that it has there.
out_64 := $(O)/tests
out_32 := $(O)/tests32
out    := $(or $(out_$(BITS)),$(error BITS=$(BITS): 64 or 32))
large  := open openat pread pwrite mmap ftruncate statfs fstatfs posix_fadvise
timed  := fstat:__fstat64_time64 fstatat:__fstatat64_time64 fcntl:__fcntl_time64 ioctl:__ioctl_time64
ifeq ($(BITS),32)
codecs_32 := $(O)/sysroot/tests-i386
libs_at   := $(codecs_32)/usr/lib/i386-linux-gnu
needs     := $(codecs_32)/.packages
LIBS      := $(addprefix $(libs_at)/,libz.a liblzo2.a libzstd.a libbearssl.a)
MACHINE   := -m32
named     := $(foreach f,$(large),$(f):$(f)64) $(timed)
FLAGS     += $(MACHINE) -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -idirafter /usr/include/x86_64-linux-gnu \
	$(foreach f,$(named),$(foreach w,__wrap_ __real_,-D$(w)$(subst :,=$(w),$(f))))
endif

include init/programs.mk
rooms := $(filter-out init/main.c init/tests/% $(apart),$(sort $(wildcard init/*.c init/*/*.c)))
reading := $(filter init/vmcore/% init/codec/%,$(rooms)) init/base/bytes.c init/base/io.c
pure  := $(reading) $(filter init/output/% %/store.c %/store_make.c %/ring.c %/ring_place.c %/ring_header.c %/ring_store.c %/ring_write.c %/stream.c %/stream_frame.c %/stream_store.c %/layout.c %/dirlist.c,$(rooms))
images := init/tests/images
corefile := $(addprefix $(images)/,corefile.c words.c)
crashlog := $(addprefix $(images)/crashlog,.c _kernel.c _ring.c _records.c)
tables := $(addprefix $(images)/pagetables,.c _machines.c)
kdumpimage := $(addprefix $(images)/kdump,image.c image_page.c)
memimage := $(addprefix $(images)/memimage,.c _map.c _kernel.c)
kit   := init/tests/test.c init/tests/scratch.c $(corefile) $(crashlog) $(images)/crashlog_read.c

unit_sources   := $(rooms) $(kit) $(tables) $(kdumpimage) $(memimage) init/tests/images/memimage_read.c init/tests/images/kdumpview.c init/tests/kdump_judge.c init/tests/pread.c init/tests/sealing.c init/tests/fakesys.c init/tests/armedsys.c init/tests/dump_scene.c init/tests/ring_scene.c init/tests/stream_scene.c $(sort $(wildcard init/tests/test_*.c))
saving := $(addprefix init/,$(addprefix worker/,attempt.c save.c save_error.c save_log.c save_memory.c save_records.c space.c) base/clock.c \
	$(addprefix store/,status.c status_text.c retention.c survey.c removal.c day.c loop.c dumps.c))
faults_sources := $(pure) $(saving) $(kit) init/tests/sealing.c init/tests/durable.c $(sort $(wildcard init/tests/faults/*.c))
config_sources := init/tests/fuzz/fuzz_config.c init/base/io.c init/base/address.c init/base/fstype.c init/base/text.c $(wildcard init/config/*.c init/codec/*.c)
elfcore_sources := init/tests/fuzz/fuzz_elfcore.c $(reading) $(filter init/output/%,$(rooms))
dmesg_sources := init/tests/fuzz/fuzz_dmesg.c $(reading)
vmcoreinfo_sources := init/tests/fuzz/fuzz_vmcoreinfo.c \
	$(addprefix init/,vmcore/vmcoreinfo.c vmcore/notes.c vmcore/page_layout.c base/bytes.c)
kdump_sources := init/tests/fuzz/fuzz_kdump.c $(reading)
translate_sources := init/tests/fuzz/fuzz_translate.c $(corefile) $(tables) \
	$(wildcard init/vmcore/translate*.c) $(addprefix init/base/,bytes.c io.c) $(addprefix init/vmcore/,\
	vmcoreinfo.c notes.c rows.c elfcore.c machine.c kdump_layout.c)
pages_sources := init/tests/fuzz/fuzz_pages.c $(reading)
deflate_sources := $(addprefix init/,tests/fuzz/fuzz_deflate.c $(addprefix codec/,adler.c deflate.c deflate_block.c deflate_codes.c))
receive_sources := init/tests/fuzz/fuzz_receive.c init/cli/receive.c init/base/clock.c $(pure)
lzo_sources := $(addprefix init/,tests/fuzz/fuzz_lzo.c codec/lzo.c codec/expand_lzo.c)
ring_sources := $(addprefix init/,tests/fuzz/fuzz_ring.c output/crc.c base/bytes.c base/io.c \
	$(addprefix store/,ring.c ring_header.c ring_place.c ring_write.c layout.c))
superblock_sources := init/tests/fuzz/fuzz_superblock.c $(wildcard init/disk/superblock*.c) \
	$(addprefix init/,disk/partition.c base/bytes.c base/io.c base/text.c)
# The whole binary, with its main under another name.
pid1_sources := init/main.c $(rooms) $(kit) $(tables) $(memimage) init/tests/durable.c $(sort $(wildcard init/tests/pid1/*.c))
corpus_sources := init/tests/fuzz/corpus.c $(corefile) $(crashlog) $(kdumpimage) $(tables) \
	$(memimage) $(images)/memimage_seed.c
cores_sources := $(images)/cores.c $(corefile) $(crashlog) $(memimage)

# What the tests may make fail.
unit_wraps   := mmap pread write pwrite fsync open ioctl mount mkdir statfs fstat fstatat fstatfs unlinkat device_find \
	ubi_attach ubi_detach clock_ms getrandom send accept4 syscall clock_cpu_ms
faults_wraps := write pwrite fsync close renameat mkdirat openat ftruncate fcntl \
	sync_file_range posix_fadvise mmap syscall unlinkat fstatat read pread open
# Everything through which PID 1 could reach the machine that runs the tests is among these.
pid1_wraps   := write read pwrite pread open openat close fsync ftruncate fcntl renameat mkdirat \
	unlinkat mkdir mknod mount umount2 mmap fork statfs fstatfs sync_file_range kill waitpid \
	_exit reboot syscall fstat fstatat ioctl
# The name that a call has in the objects.
name_of = $(or $(patsubst $(1):%,%,$(filter $(1):%,$(named))),$(1))
wrap = $(foreach f,$(1),-Wl$(comma)--wrap=$(call name_of,$(f)))
comma := ,

objects_of = $(patsubst init/%.c,$(out)/obj/%.o,$(1))
fuzz_of    = $(patsubst init/%.c,$(out)/fuzz-obj/%.o,$(1))

ifeq ($(V),1)
say = @:
Q   :=
else
say = @printf '  %-8s %s\n'
Q   := @
endif

.PHONY: all check fuzz clang
.DELETE_ON_ERROR:

ifeq ($(ONLY),)
check:
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) -f init/tests/tests.mk all O=$(O) V=$(V) BITS=$(BITS)
	$(Q)$(again_$(BITS)) init/tests/run $(out)
else
# The programs that have such tests, in a directory of their own.
only_sources  := $(filter-out $(apart),$(shell init/tests/needs '$(ONLY)' $(sort $(wildcard init/tests/test_*.c))))
only_wraps    := $(patsubst __wrap_%,%,\
	$(shell grep -oh '__wrap_[a-z0-9_]*' /dev/null $(only_sources) | sort -u))
only_programs := $(if $(only_sources),unit) $(foreach p,faults pid1,\
	$(if $(shell init/tests/needs '$(ONLY)' $(filter init/tests/$(p)%,$($(p)_sources))),$(p)))

check:
	$(Q)rm -rf $(out)/only && mkdir -p $(out)/only
	$(Q)$(if $(strip $(only_programs)),,echo "ONLY=$(ONLY): there is no such test" >&2; exit 1)
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) -f init/tests/tests.mk $(only_programs:%=$(out)/only/%) \
		O=$(O) V=$(V) BITS=$(BITS)
	$(Q)init/tests/run $(out)/only '$(ONLY)'

$(out)/only/unit: $(call objects_of,$(only_sources))
	$(say) LD $@
	$(Q)$(CC) $(MACHINE) -fsanitize=$(SANITIZE) $(call wrap,$(only_wraps)) -o $@ $^ $(LIBS)

$(out)/only/faults $(out)/only/pid1: $(out)/only/%: $(out)/%
	$(Q)ln -f $< $@
endif

all: $(out)/unit $(out)/faults $(out)/pid1 $(out)/corpus $(FUZZ:%=$(out)/fuzz_%)

$(out)/unit: $(call objects_of,$(unit_sources))
	$(say) LD $@
	$(Q)$(CC) $(MACHINE) -fsanitize=$(SANITIZE) $(call wrap,$(unit_wraps)) -o $@ $^ $(LIBS)

$(out)/faults: $(call objects_of,$(faults_sources))
	$(say) LD $@
	$(Q)$(CC) $(MACHINE) -fsanitize=$(SANITIZE) $(call wrap,$(faults_wraps)) -o $@ $^ $(LIBS)

$(out)/pid1: $(call objects_of,$(pid1_sources))
	$(say) LD $@
	$(Q)$(CC) $(MACHINE) -fsanitize=$(SANITIZE) $(call wrap,$(pid1_wraps)) -o $@ $^ $(LIBS)

$(out)/obj/main.o: FLAGS += -Dmain=product_main -Wno-missing-prototypes

$(out)/corpus: $(call objects_of,$(corpus_sources))
	$(say) LD $@
	$(Q)$(CC) $(MACHINE) -fsanitize=$(SANITIZE) -o $@ $^ $(LIBS)

# What init/tests/binaries needs.
$(out)/cores: $(call objects_of,$(cores_sources))
$(out)/unlzo: $(call objects_of,init/tests/unlzo.c)
$(out)/cores $(out)/unlzo:
	$(say) LD $@
	$(Q)$(CC) $(MACHINE) -fsanitize=$(SANITIZE) -o $@ $^ $(LIBS)

$(out)/obj/%.o: init/%.c init/tests/tests.mk $(needs)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) -fsanitize=$(SANITIZE) -c -o $@ $<

$(out)/fuzz_config: $(call fuzz_of,$(config_sources))
$(out)/fuzz_elfcore: $(call fuzz_of,$(elfcore_sources))
$(out)/fuzz_dmesg: $(call fuzz_of,$(dmesg_sources))
$(out)/fuzz_vmcoreinfo: $(call fuzz_of,$(vmcoreinfo_sources))
$(out)/fuzz_kdump: $(call fuzz_of,$(kdump_sources))
$(out)/fuzz_translate: $(call fuzz_of,$(translate_sources))
$(out)/fuzz_pages: $(call fuzz_of,$(pages_sources))
$(out)/fuzz_deflate: $(call fuzz_of,$(deflate_sources))
$(out)/fuzz_lzo: $(call fuzz_of,$(lzo_sources))
$(out)/fuzz_ring: $(call fuzz_of,$(ring_sources))
$(out)/fuzz_receive: $(call fuzz_of,$(receive_sources))
$(out)/fuzz_superblock: $(call fuzz_of,$(superblock_sources))
$(FUZZ:%=$(out)/fuzz_%):
	$(say) LD $@
	$(Q)$(CLANG) $(MACHINE) -fsanitize=fuzzer,$(SANITIZE) -o $@ $^ $(LIBS)

$(out)/fuzz-obj/%.o: init/%.c init/tests/tests.mk $(needs) | clang
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FLAGS) -fsanitize=fuzzer-no-link,$(SANITIZE) -c -o $@ $<

$(codecs_32)/.packages: .ci/fetch-packages init/tests/tests.mk
	$(say) FETCH "codecs of 32 bits to compare with"
	$(Q).ci/fetch-packages i386 $(@D) liblzo2-dev zlib1g-dev libzstd-dev libbearssl-dev && touch $@

clang:
	@echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
		$(CLANG) $(MACHINE) -fsanitize=fuzzer,$(SANITIZE) -x c -o /dev/null - 2>/dev/null || { \
		echo "$(CLANG) with its fuzzer and sanitizer runtimes is missing (Debian: clang" \
			"libclang-rt-dev; 'make tools' installs them)" >&2; exit 1; }

fuzz:
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) -f init/tests/tests.mk all O=$(O) V=$(V) BITS=$(BITS)
	$(Q)rm -rf $(out)/seeds && mkdir -p $(out)/seeds && $(out)/corpus $(out)/seeds
	$(Q)for f in $(FUZZ); do \
		mkdir -p $(out)/found/$$f && \
		$(out)/fuzz_$$f -max_total_time=$(SECONDS) -artifact_prefix=$(out)/$$f- \
			-print_final_stats=1 $(out)/found/$$f $(out)/seeds/$$f || exit 1; \
	done

-include $(shell find $(out) -name '*.d' 2>/dev/null)
