# SPDX-License-Identifier: GPL-2.0-or-later
#
# make [ARCH=armel|armhf|arm64|x86_64|host]   build/ARCH/kdump-init (armel by default), and for a
#                  board kdump-init-full beside it, which has the commands
# make demo        crash a machine, capture, reboot, show the dump
# make check       lint, host tests, and crashes of real kernels
# make help        everything else
#
# V=1 shows the commands, WERROR=1 makes warnings errors. WITH_ZSTD=yes|no
# chooses whether zstd is built in, WITH_SEAL=no leaves sealed dumps out, WITH_NET=no targets on
# other machines. With CC= on the command line both are made by that compiler, in build/own, and
# nothing is fetched: config/packaging/README.md.

# Yocto and Buildroot bring the compiler; an ARCH in their environment is the kernel's word.
ifneq ($(filter command,$(origin CC)),)
ifeq ($(filter command,$(origin ARCH)),)
ARCH    := own
endif
endif
ARCH    ?= armel
PREFIX  ?= /usr
SBINDIR ?= /sbin
O       ?= build
JOBS    ?= 2

# What differs between architectures: Debian's name, the compiler, where musl and zlib are.
debarch_x86_64 := amd64
debarch  := $(or $(debarch_$(ARCH)),$(ARCH))
prefix_armel   := arm-linux-gnueabi-
prefix_armhf   := arm-linux-gnueabihf-
prefix_arm64   := aarch64-linux-gnu-
prefix_x86_64  :=
triplet_armel  := arm-linux-gnueabi
triplet_armhf  := arm-linux-gnueabihf
triplet_arm64  := aarch64-linux-gnu
triplet_x86_64 := x86_64-linux-gnu
musl_armel     := arm-linux-musleabi
musl_armhf     := arm-linux-musleabihf
musl_arm64     := aarch64-linux-musl
musl_x86_64    := x86_64-linux-musl

# The codec that is not ours. A board's binary stays small; on the desk every dump can be read.
WITH_ZSTD ?= $(if $(filter host,$(ARCH)),yes,no)
codecs    := $(if $(filter yes,$(WITH_ZSTD)),ZSTD)
lib_ZSTD  := zstd
# Sealed dumps, by the primitives of BearSSL.
WITH_SEAL ?= yes
seal      := $(if $(filter yes,$(WITH_SEAL)),SEAL)
# Targets on other machines: tcp:HOST:PORT and HOST:/EXPORT.
WITH_NET  ?= yes

ifeq ($(filter host own,$(ARCH))$(triplet_$(ARCH)),)
$(error ARCH=$(ARCH): unknown; one of armel armhf arm64 x86_64 host, or none and CC=COMPILER)
endif

include init/warnings.mk
OPTIMISE := -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-stack-protector
# What the code needs to be right, whatever CFLAGS says. The second: gcc 12 takes a store through
# an address that its induction variables left without a base (MEM[0B + i + j * 2]) for a store
# to NULL, believes that nothing is behind it, calls the function pure and drops the calls of it.
# So it dropped deflate_codes_assign() on arm64. Without the flag it concludes nothing from NULL.
CORRECT  := -fno-strict-aliasing -fno-delete-null-pointer-checks
# What a packager's command line says of flags comes beside these, not in their place.
override CPPFLAGS += -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Iinit $(codecs:%=-DWITH_%) $(seal:%=-DWITH_%)
CFLAGS   ?= $(OPTIMISE)
ALL_CFLAGS = -std=c11 $(WARNINGS) $(CFLAGS) $(CORRECT) $(small_$(ARCH))

out     := $(O)/$(ARCH)
board_programs := $(out)/kdump-init $(out)/kdump-init-full
zlib_parts := $(addprefix $(out)/zlib/,inflate.o inftrees.o inffast.o adler32.o zutil.o)
bearssl_parts := $(if $(seal),$(addprefix $(out)/bearssl/,chacha20_ct.o poly1305_ctmul.o ec_c25519_m31.o hkdf.o \
	hmac.o sha2small.o dec32be.o enc32be.o ccopy.o))
sysroot := $(O)/sysroot/$(ARCH)
include init/programs.mk
sources := $(sort $(wildcard init/*.c init/*/*.c))
sources := $(filter-out init/tests/% $(apart) $(net_only),$(sources))
objects_of = $(patsubst init/%.c,$(out)/obj/%.o,$(1))
objects := $(call objects_of,$(sources))
capture := $(call objects_of,$(filter-out $(desk_only),$(sources)) $(apart))

ifeq ($(ARCH),host)
CC_CMD    = $(CC)
STRIP_CMD = strip
LIBS      = -lz $(foreach c,$(codecs),-l$(lib_$(c))) $(seal:%=-l:libbearssl.a)
needs    :=
programs := $(out)/kdump-init
capture  := $(objects)
else ifeq ($(ARCH),own)
# musl or glibc, whichever the compiler has; its static zlib, or the parts of zlib's source that are
# needed. glibc gives 32-bit words a time beyond 2038 on demand only. SMALL_LIBC makes system calls as
# these machines have them; others have arguments and fields in another order.
CC_CMD    = $(CC)
STRIP    ?= $(shell $(CC) -print-prog-name=strip)
STRIP_CMD = $(STRIP)
override CPPFLAGS += -D_TIME_BITS=64 -fno-pie $(if $(ZLIB_SOURCE),-isystem $(ZLIB_SOURCE)) \
	$(if $(seal),$(if $(BEARSSL_SOURCE),-isystem $(BEARSSL_SOURCE)/inc)) \
	$(if $(findstring musl,$(filter arm% aarch64% x86_64%,$(shell $(CC) -dumpmachine))),-DSMALL_LIBC)
override LDFLAGS += -static
programs := $(board_programs)
LIBS      = $(or $(zlib),-lz) $(foreach c,$(codecs),-l$(lib_$(c))) $(if $(seal),$(or $(bearssl),-lbearssl))
needs    := $(out)/compiler
zlib_source := $(ZLIB_SOURCE)
zlib_ready  := $(ZLIB_SOURCE)/inflate.c
zlib     := $(if $(ZLIB_SOURCE),$(zlib_parts))
ifeq ($(if $(zlib),$(wildcard $(zlib_ready)),none),)
$(error ZLIB_SOURCE=$(ZLIB_SOURCE): no inflate.c there; the unpacked source of zlib is expected)
endif
ifeq ($(if $(seal),$(or $(BEARSSL_SOURCE),$(shell echo '#include <bearssl.h>%int main(void) { return 0; }' | tr % '\n' | \
	$(CC) $(CPPFLAGS) -static -x c - -lbearssl -o /dev/null >/dev/null 2>&1 && echo yes)),none),)
$(error bearssl.h or libbearssl.a is missing, which sealed dumps need: BEARSSL_SOURCE=DIR names its unpacked source, WITH_SEAL=no leaves them out)
endif
bearssl_source := $(BEARSSL_SOURCE)
bearssl_ready  := $(BEARSSL_SOURCE)/inc/bearssl.h
bearssl  := $(if $(BEARSSL_SOURCE),$(bearssl_parts))
ifeq ($(if $(bearssl),$(wildcard $(bearssl_ready)),none),)
$(error BEARSSL_SOURCE=$(BEARSSL_SOURCE): no inc/bearssl.h there; the unpacked source of BearSSL is expected)
endif
else
CC_CMD    = $(prefix_$(ARCH))gcc
STRIP_CMD = $(prefix_$(ARCH))strip
musl_lib  = $(sysroot)/usr/lib/$(musl_$(ARCH))
override CPPFLAGS += -specs=$(sysroot)/musl-gcc.specs -isystem $(sysroot)/include -isystem $(O)/sysroot/zlib \
	$(if $(seal),-isystem $(O)/sysroot/bearssl/inc) \
	$(if $(filter x86_64,$(ARCH)),-idirafter /usr/include/x86_64-linux-gnu -idirafter /usr/include,\
	-idirafter /usr/$(triplet_$(ARCH))/include)
# The binary is linked to a fixed address: code that could be moved would only be larger.
override CPPFLAGS += -DSMALL_LIBC -fno-pie
override LDFLAGS += -specs=$(sysroot)/musl-gcc.specs -static
LIBS      = $(zlib) $(bearssl) $(foreach c,$(codecs),$(sysroot)/usr/lib/$(triplet_$(ARCH))/lib$(lib_$(c)).a)
needs    := $(sysroot)/musl-gcc.specs $(O)/sysroot/zlib/.packages $(seal:%=$(O)/sysroot/bearssl/.packages)
# zlib's inflate, to read dumps, from the distribution's source, without gzip's files.
zlib_source := $(O)/sysroot/zlib
programs := $(board_programs)
zlib_ready  := $(zlib_source)/.packages
zlib     := $(zlib_parts)
# BearSSL's primitives the same way: what Debian has compiled is half as large again.
bearssl_source := $(O)/sysroot/bearssl
bearssl_ready  := $(bearssl_source)/.packages
bearssl  := $(bearssl_parts)
endif
# The last: data follow the code in the file, which else grows by a page where they nearly fit.
override LDFLAGS += -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-z,noseparate-code \
	-Wl,-z,common-page-size=512

ifeq ($(V),1)
say = @:
Q   :=
else
say = @printf '  %-8s %s\n'
Q   := @
endif

all: $(programs)
.PHONY: FORCE all help tools host capture-kernel demo check check-long bench lint unit binaries fuzz qemu install uninstall deb clean distclean

$(out)/kdump-init: $(capture)
$(out)/kdump-init-full: $(objects)
$(programs): $(zlib) $(bearssl) $(needs) $(out)/codecs Makefile init/programs.mk
	$(say) LD $@
	$(Q)$(CC_CMD) $(ALL_CFLAGS) $(LDFLAGS) -o $@.tmp $(filter $(out)/obj/%,$^) $(LIBS)
	$(Q)$(STRIP_CMD) -R .comment -R .ARM.attributes $@.tmp
ifneq ($(ARCH),host)
	$(Q)if readelf -lW $@.tmp | grep -q INTERP; then \
		echo "$@: has an INTERP segment: it would need a loader" >&2; exit 1; fi
endif
	$(Q)mv $@.tmp $@

# Thumb halves the code on ARMv5; what sees every byte of memory is worth its size, and under
# Thumb-2 it is slower by a seventh. The CRC's
# ten words stay in registers at -O1; at -O2 the scheduler spills them. Thumb has no clz.
small_armel := -mthumb
fast        := $(if $(filter armel armhf,$(ARCH)),-marm)
$(out)/obj/output/zero.o: ALL_CFLAGS += -O2 $(fast)
$(out)/obj/output/crc.o: ALL_CFLAGS += -O1 $(fast)
$(addprefix $(out)/obj/codec/,adler.o lzo.o deflate.o deflate_block.o deflate_codes.o): \
	ALL_CFLAGS += -O2 $(fast)
zlib_adler32 := -O2 $(fast)
bearssl_chacha20_ct    := -O2 $(fast)
bearssl_poly1305_ctmul := -O2 $(fast)
bearssl_ec_c25519_m31  := $(fast)
# The loop that is memmove or strlen must not become a call of it.
$(out)/obj/base/libc_text.o: ALL_CFLAGS += -fno-tree-loop-distribute-patterns

$(out)/obj/%.o: init/%.c Makefile $(needs)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC_CMD) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What depends on the codecs, or on what else is built in, is made again when that changes.
$(filter $(out)/obj/codec/codec% $(out)/obj/codec/expand%,$(objects)): $(out)/codecs
$(filter $(out)/obj/output/% $(out)/obj/worker/% $(out)/obj/config/%,$(objects)): $(out)/codecs
$(out)/codecs: FORCE
	@mkdir -p $(@D)
	@echo '$(codecs) $(seal) $(WITH_NET)' | cmp -s - $@ || echo '$(codecs) $(seal) $(WITH_NET)' >$@
FORCE:

# Objects of two compilers, or of two libcs, do not fit together.
$(O)/own/compiler: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC_CMD) $(CPPFLAGS) $(CFLAGS))' >$@.now
	@cmp -s $@.now $@ || cp $@.now $@
	@rm $@.now

$(zlib): $(out)/zlib/%.o: $(zlib_ready) Makefile $(needs)
	$(say) CC "$@"
	@mkdir -p $(@D)
	$(Q)$(CC_CMD) $(CPPFLAGS) $(CFLAGS) $(CORRECT) $(small_$(ARCH)) $(zlib_$*) -DZ_SOLO -DNO_GZIP -w -c -o $@ \
		$(zlib_source)/$*.c
$(O)/sysroot/zlib/.packages: .ci/fetch-packages
	$(say) FETCH "zlib's source"
	$(Q).ci/fetch-packages source $(@D) zlib && touch $@

$(bearssl): $(out)/bearssl/%.o: $(bearssl_ready) Makefile $(needs)
	$(say) CC "$@"
	@mkdir -p $(@D)
	$(Q)$(CC_CMD) $(CPPFLAGS) $(CFLAGS) $(CORRECT) $(small_$(ARCH)) $(bearssl_$*) -I$(bearssl_source)/src -w -c -o $@ \
		$(bearssl_source)/src/*/$*.c
$(O)/sysroot/bearssl/.packages: .ci/fetch-packages
	$(say) FETCH "BearSSL's source"
	$(Q).ci/fetch-packages source $(@D) bearssl && touch $@

# musl and the codec's library of the architecture, as Debian ships them, moved to where they
# were unpacked.
$(sysroot)/musl-gcc.specs: Makefile
	@command -v $(CC_CMD) >/dev/null || { \
		echo "$(CC_CMD) is missing: 'make tools' installs what is needed" >&2; exit 1; }
	$(say) FETCH "musl and libraries for $(ARCH)"
	$(Q).ci/fetch-packages $(debarch) $(sysroot) musl-dev libzstd-dev
	$(Q)mkdir -p $(sysroot)/include
	$(Q)cd $(sysroot)/usr/include && cp zstd.h zstd_errors.h ../../include/
	$(Q)sed -e 's|/usr/lib/$(musl_$(ARCH))|$(abspath $(musl_lib))|g' \
		-e 's|/usr/include/$(musl_$(ARCH))|$(abspath $(sysroot)/usr/include/$(musl_$(ARCH)))|g' \
		$(musl_lib)/musl-gcc.specs >$@.tmp
	$(Q)mv $@.tmp $@

# The stopwatch of `make bench`, with the parts of kdump-init that read.
$(out)/bench-meter: qemu-tests/benches/meter.c $(filter-out $(out)/obj/main.o,$(objects)) $(zlib) $(bearssl) $(needs)
	$(say) LD $@
	$(Q)$(CC_CMD) $(CPPFLAGS) $(ALL_CFLAGS) -O2 $(filter-out -specs=%,$(LDFLAGS)) -o $@ $(filter %.c %.o,$^) \
		$(filter-out $(zlib) $(bearssl),$(LIBS))

# Our packers alone, for it to count the instructions they take.
$(out)/bench-packers: qemu-tests/benches/packers.c \
		$(addprefix $(out)/obj/codec/,adler.o lzo.o deflate.o deflate_block.o deflate_codes.o) $(needs)
	$(say) LD $@
	$(Q)$(CC_CMD) $(CPPFLAGS) $(ALL_CFLAGS) -O2 $(filter-out -specs=%,$(LDFLAGS)) -o $@ $(filter %.c %.o,$^)

# What sealed dumps need of a library, in a program that has nothing else: of BearSSL, of libsodium,
# whose unpacked source SODIUM names, and of none.
sodium_parts := sodium/core.c sodium/utils.c $(addsuffix /*.c,crypto_aead/chacha20poly1305/sodium \
	crypto_scalarmult crypto_scalarmult/curve25519 crypto_scalarmult/curve25519/ref10 crypto_core/ed25519/ref10 \
	crypto_stream/chacha20 crypto_stream/chacha20/ref crypto_onetimeauth/poly1305 crypto_onetimeauth/poly1305/donna \
	crypto_hash/sha256/cp crypto_auth/hmacsha256 crypto_verify/sodium)
primitives_bearssl = -DBEARSSL $(bearssl)
primitives_sodium  = -DSODIUM -DCONFIGURED -DNATIVE_LITTLE_ENDIAN -w -I$(SODIUM)/src/libsodium/include/sodium \
	-I$(SODIUM)/src/libsodium/include $(addprefix $(SODIUM)/src/libsodium/,$(sodium_parts))
$(out)/bench-primitives-%: qemu-tests/benches/primitives.c $(bearssl) $(needs)
	$(say) LD $@
	$(Q)$(CC_CMD) $(CPPFLAGS) $(ALL_CFLAGS) $(filter-out -specs=%,$(LDFLAGS)) -o $@ $< $(primitives_$*)
	$(Q)$(STRIP_CMD) -R .comment -R .ARM.attributes $@

tools:
	$(Q).ci/install-tools

host:
	$(Q)$(MAKE) --no-print-directory ARCH=host

# A kernel that is a whole capture system in one file; the source is Debian's. The second time
# nothing is compiled but what CONFIG changes.
capture-kernel: tools
	$(Q)config/kernel/capture-kernel "$(BOARD)" $(O)/capture-kernel/$(BOARD) $(CONFIG)

demo: tools
	$(Q)$(MAKE) --no-print-directory ARCH=armel
	$(Q)$(MAKE) --no-print-directory ARCH=host
	$(Q)qemu-tests/demo

check: tools
	$(Q)$(MAKE) --no-print-directory lint unit ARCH=host WERROR=1
	$(Q)$(MAKE) --no-print-directory ARCH=armel WERROR=1
	$(Q)$(MAKE) --no-print-directory ARCH=host WERROR=1
	$(Q)$(MAKE) --no-print-directory binaries WERROR=1
	$(Q)initramfs/tests/run
	$(Q)qemu-tests/run --jobs $(JOBS)

# What takes too long for every day, in parts that can be run by themselves: make check-long
# PART=pid1. What was found is kept, for qemu-tests/faults-table.
check-long: tools
	$(Q)qemu-tests/check-long --jobs $(JOBS) $(PART)

# Beside each other: every way to save the same memory. QUICK=1: one machine, one round.
bench: tools
	$(Q)qemu-tests/bench

lint:
	$(say) LINT "init and scripts"
	$(Q)init/tests/lint

# The product is of 32 bits on most boards, the machine that tests it of 64: both are tried.
BITS ?= 64 32
unit:
	$(Q)for bits in $(BITS); do \
		$(MAKE) --no-print-directory -f init/tests/tests.mk check O=$(O) V=$(V) BITS=$$bits || exit 1; \
	done

# Both binaries of every architecture, on their own output. The second ones have all codecs; they
# are those of qemu-tests, and share what was downloaded. UNITS are architectures that the unit
# tests are compiled for and tried on, too; 32-bit ARM takes minutes more under emulation.
ARCHES ?= armel armhf arm64 x86_64
UNITS  ?= arm64
binaries:
	$(Q)mkdir -p $(O)/codecs $(O)/sysroot && ln -sfn ../sysroot $(O)/codecs/sysroot
	$(Q)$(MAKE) --no-print-directory -f init/tests/tests.mk $(O)/tests/cores $(O)/tests/unlzo O=$(O) V=$(V)
	$(Q)for arch in $(ARCHES); do \
		$(MAKE) --no-print-directory -j$(JOBS) ARCH=$$arch && \
		$(MAKE) --no-print-directory -j$(JOBS) ARCH=$$arch O=$(O)/codecs WITH_ZSTD=yes \
			$(O)/codecs/$$arch/kdump-init $(O)/codecs/$$arch/kdump-init-full \
			$$(case " $(UNITS) " in *" $$arch "*) echo $(O)/codecs/$$arch/unit ;; esac) || exit 1; \
	done
	$(Q)JOBS=$(JOBS) UNITS='$(filter $(ARCHES),$(UNITS))' init/tests/binaries $(O) $(ARCHES)
	$(Q)init/tests/own-compiler $(O)

fuzz:
	$(Q)for bits in $(BITS); do \
		$(MAKE) --no-print-directory -f init/tests/tests.mk fuzz O=$(O) V=$(V) BITS=$$bits || exit 1; \
	done

qemu:
	$(Q)qemu-tests/run --jobs $(JOBS)

# Where each part goes, below DESTDIR; the configuration is the owner's, and not among them.
lib     := $(PREFIX)/lib/kdump-init
man     := $(PREFIX)/share/man
completed := kdump-init kdump-load kdump-mkinitramfs kdump-open kdump-report
completions := $(PREFIX)/share/bash-completion/completions
parts   := modules requests board again capture-kernel linked-in unpacked network capture-cmdline root-drivers seed armed \
	kexec-call number others test-crash test-verdict open-tools open-versions
units   := kdump-load.service kdump-load.path kdump-reload.service kdump-report.service kdump-network.service
scripts := kdump-load.init kdump-report.init kdump-load.openrc kdump-report.openrc
place    = $(Q)install -D -m $(1) $(2) $(DESTDIR)$(3)
placed  := $(programs:$(out)/%=$(SBINDIR)/%) $(PREFIX)/sbin/kdump-mkinitramfs $(PREFIX)/sbin/kdump-load \
	$(PREFIX)/sbin/kdump-report $(PREFIX)/sbin/kdump-open $(units:%=$(PREFIX)/lib/systemd/system/%) \
	$(parts:%=$(lib)/%.sh) $(scripts:%=$(lib)/%) \
	$(PREFIX)/lib/sysctl.d/60-kdump-init.conf $(man)/man5/kdump-init.conf.5 \
	$(man)/man8/kdump-init.8 $(man)/man8/kdump-mkinitramfs.8 $(man)/man8/kdump-load.8 \
	$(man)/man8/kdump-report.8 $(man)/man8/kdump-open.8 $(man)/man8/kdump-init-full.8 $(completed:%=$(completions)/%)

install: $(programs)
	$(say) INSTALL "for $(ARCH) below $(DESTDIR)/; another: make ARCH=... install"
	$(Q)install -d $(DESTDIR)$(SBINDIR) && install -m 755 $(programs) $(DESTDIR)$(SBINDIR)/
	$(call place,755,initramfs/kdump-mkinitramfs,$(PREFIX)/sbin/kdump-mkinitramfs)
	$(call place,755,initramfs/kdump-load,$(PREFIX)/sbin/kdump-load)
	$(call place,755,initramfs/kdump-report,$(PREFIX)/sbin/kdump-report)
	$(call place,755,initramfs/kdump-open,$(PREFIX)/sbin/kdump-open)
	$(Q)for part in $(parts); do \
		install -D -m 644 initramfs/$$part.sh $(DESTDIR)$(lib)/$$part.sh || exit 1; done
	$(Q)for script in $(scripts); do \
		install -D -m 755 initramfs/$$script $(DESTDIR)$(lib)/$$script || exit 1; done
	$(Q)for unit in $(units); do \
		install -D -m 644 initramfs/$$unit $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit || exit 1; done
	$(Q)sed -i 's|/usr/sbin/|$(PREFIX)/sbin/|' $(DESTDIR)$(PREFIX)/lib/systemd/system/kdump-*.service
	$(call place,644,config/sysctl.conf,$(PREFIX)/lib/sysctl.d/60-kdump-init.conf)
	$(call place,644,config/bash-completion.sh,$(completions)/kdump-init)
	$(Q)for program in $(filter-out kdump-init,$(completed)); do \
		ln -sf kdump-init $(DESTDIR)$(completions)/$$program || exit 1; done
	$(call place,644,config/kdump-init.conf.5,$(man)/man5/kdump-init.conf.5)
	$(call place,644,init/kdump-init.8,$(man)/man8/kdump-init.8)
	$(Q)ln -sf kdump-init.8 $(DESTDIR)$(man)/man8/kdump-init-full.8
	$(call place,644,initramfs/kdump-mkinitramfs.8,$(man)/man8/kdump-mkinitramfs.8)
	$(call place,644,initramfs/kdump-load.8,$(man)/man8/kdump-load.8)
	$(call place,644,initramfs/kdump-report.8,$(man)/man8/kdump-report.8)
	$(call place,644,initramfs/kdump-open.8,$(man)/man8/kdump-open.8)
	$(Q)[ -e $(DESTDIR)/etc/kdump-init.conf ] || \
		install -D -m 644 config/kdump-init.conf $(DESTDIR)/etc/kdump-init.conf

# What install brought, but for the configuration; dumps and archives stay, too.
uninstall:
	rm -f $(placed:%=$(DESTDIR)%)
	-rmdir $(DESTDIR)$(lib)

# Packages for Debian, from a copy of the tree, as config/packaging/README.md describes.
DEBS      ?= armel armhf arm64 amd64
deb_tree  := $(O)/deb/kdump-init
deb:
	$(Q).ci/install-tools debhelper
	$(Q)for deb in $(DEBS); do \
		case $$deb in armhf) arch=armel ;; amd64) arch=x86_64 ;; *) arch=$$deb ;; esac; \
		$(MAKE) --no-print-directory -j$(JOBS) ARCH=$$arch && \
		rm -rf $(deb_tree) && mkdir -p $(deb_tree) && \
		cp -a Makefile LICENSE init initramfs config .ci $(deb_tree)/ && \
		cp -a config/packaging/debian $(deb_tree)/debian && \
		(cd $(deb_tree) && KDUMP_BUILD=$(abspath $(O)) \
			dpkg-buildpackage -b -us -uc -d --host-arch $$deb -Pcross,nocheck >../$$deb.log 2>&1) || \
		{ tail -n 20 $(O)/deb/$$deb.log >&2; exit 1; }; \
	done
	$(Q)rm -rf $(deb_tree)
	$(Q)ls $(O)/deb/*.deb

clean:
	rm -rf $(filter-out $(O)/cache $(O)/sysroot,$(wildcard $(O)/*))

distclean:
	rm -rf $(O)

help:
	@sed -n '/^# make \[/,/^#$$/s/^# //p' $(firstword $(MAKEFILE_LIST))
	@echo 'make tools       installs the packages that building and testing need'
	@echo 'make host        build/host/kdump-init: dmesg, verify and dump on this machine'
	@echo 'make lint unit   the two quick parts of check; unit ONLY=window: the tests of that name alone'
	@echo '                 unit BITS=32: only with words of 32 bits (64: only of 64); fuzz the same'
	@echo 'make binaries    every architecture'"'"'s binary on its own output; ARCHES=arm64: only those'
	@echo 'make check-long  10,000 runs of PID 1, power cuts by the hundred, other machines and kernels;'
	@echo '                 PART=pid1, arm, machines, raspi0, targets, power, kernels, systems or binaries'
	@echo 'make capture-kernel BOARD=virt CONFIG=FILE: a kernel with all drivers and kdump-init in it,'
	@echo '                 in build/capture-kernel/virt; or BOARD=raspi0, vexpress, aarch64-virt'
	@echo 'make bench       measures it beside dd, cp and makedumpfile; QUICK=1 in ten minutes'
	@echo 'make fuzz        fuzz targets, SECONDS=60 each, with 64 and 32 bits; BITS=32: only these'
	@echo 'make qemu        crashes of real kernels only; qemu-tests/run --list names them'
	@echo 'make CC=...      build/own/kdump-init and kdump-init-full by that compiler, static;'
	@echo '                 STRIP= ZLIB_SOURCE=DIR BEARSSL_SOURCE=DIR, or WITH_SEAL=no'
	@echo 'make install     DESTDIR= PREFIX= SBINDIR=; uninstall takes it away'
	@echo 'make deb         packages for Debian, below build/deb; DEBS=armhf: only that'
	@echo 'make clean       keeps the downloads; distclean does not'

include init/tests/target.mk
-include $(objects:.o=.d)
