# SPDX-License-Identifier: GPL-2.0-or-later
#
# Part of the Makefile: the unit tests as a program of the target, $(out)/unit. What they test are
# the very objects that kdump-init is linked of, with that architecture's compiler, flags and
# musl; around them is the same harness as on the host, without sanitizers. Run under qemu-user it
# shows what the host's compiler, its word size or its libc hide.
#
# Two functions of one name would be in that program where the product brings its own: those of
# libc that SMALL_LIBC replaces keep the names that the tests call them by, and zlib's inflate,
# built for the product, is not seen by the tests, which compare with the distribution's.
# Sizes in tests are small on every machine: -Wconversion tells nothing about size_t there. Thumb
# would only make the tests themselves slower. A child of the product's fork raises signals with the
# product's raise, since libc's signals the thread that its own fork noted.

ifeq ($(filter host own,$(ARCH)),)
foreign    := $(O)/sysroot/tests-$(ARCH)
# All of them and what they are made with, but not the parts of other programs.
unit_of    := $(filter-out %/cores.c %/unlzo.c %/durable.c %/memimage_seed.c,\
	$(wildcard init/tests/*.c init/tests/images/*.c))
unit_objects := $(unit_of:init/tests/%.c=$(out)/unit-obj/%.o)
unit_wraps   := mmap pread pwrite write fsync open ioctl mount mkdir statfs fstat fstatat fstatfs unlinkat getrandom send accept4 \
	ubi_attach ubi_detach syscall
# What base/libc*.h list, and printf's two; what the tests wrap keeps its name where it is called.
small_names  := snprintf vsnprintf $(shell sed -n 's/^.define libc_[a-z]*[[:space:]]*//p' init/base/libc*.h)
BINUTILS     := $(prefix_$(ARCH))
# zlib.h shows crc32_combine64 to a libc that names its large files this way, as glibc does.
unit_cppflags := -USMALL_LIBC -D_LARGEFILE64_SOURCE -D_LFS64_LARGEFILE

# Where words have 32 bits, a call with a time has another name in objects (musl's features.h, __REDIR),
# and what a test wraps has to be wrapped by that.
timed        := $(if $(filter armel armhf,$(ARCH)),stat fstat fstatat getrusage sigtimedwait)
timed_wraps  := $(filter $(timed),$(unit_wraps))
wrap_names   := $(filter-out $(timed),$(unit_wraps)) $(timed_wraps:%=__%_time64)
unit_cppflags += $(foreach w,$(timed_wraps),$(foreach way,wrap real,-D__$(way)_$(w)=__$(way)___$(w)_time64))

# Whose functions tests wrap is linked beside the others: within one object nothing can be wrapped.
beside       := $(filter %/disk/ubi.o,$(objects))

$(out)/unit: $(out)/unit-obj/product.o $(beside) $(out)/unit-obj/libc.o $(unit_objects) init/tests/target.mk
	$(say) LD $@
	$(Q)$(CC_CMD) $(ALL_CFLAGS) $(LDFLAGS) $(wrap_names:%=-Wl,--wrap=%) \
		-Wl,--defsym=raise=libc_raise -o $@ $(filter %.o,$^) \
		$(filter %.a,$(LIBS)) $(addprefix $(foreign)/usr/lib/$(triplet_$(ARCH))/,liblzo2.a libz.a)

as_libc      = $(foreach s,$(1),--redefine-sym $(if $(filter $(s),$(timed)),__$(s)_time64,$(s))=libc_$(s))
libc_objects := $(filter $(out)/obj/base/libc%,$(objects))

# All but main and what brings libc's names. What the tests wrap decides which names these keep.
$(out)/unit-obj/product.o: $(filter-out %/main.o $(beside) $(libc_objects),$(objects)) $(zlib) $(bearssl) \
		init/tests/target.mk
	@mkdir -p $(@D)
	$(Q)$(BINUTILS)ld -r -o $@.tmp $(filter %.o,$^)
	$(Q)$(BINUTILS)objcopy -w $(call as_libc,$(filter-out $(unit_wraps),$(small_names))) \
		$(foreach s,inflate* adler32* zlib* zError z_*,--localize-symbol '$(s)') $@.tmp $@
$(out)/unit-obj/libc.o: $(libc_objects) init/tests/target.mk
	@mkdir -p $(@D)
	$(Q)$(BINUTILS)ld -r -o $@.tmp $(filter %.o,$^)
	$(Q)$(BINUTILS)objcopy $(call as_libc,$(small_names)) $@.tmp $@

$(out)/unit-obj/%.o: init/tests/%.c Makefile init/tests/target.mk $(foreign)/.packages $(needs)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC_CMD) -isystem $(foreign)/usr/include -isystem $(foreign)/usr/include/$(triplet_$(ARCH)) \
		$(CPPFLAGS) $(unit_cppflags) $(ALL_CFLAGS) -O1 $(fast) -Wno-conversion -MMD -MP -c -o $@ $<

$(foreign)/.packages: .ci/fetch-packages
	$(say) FETCH "codecs to compare with, for $(ARCH)"
	$(Q).ci/fetch-packages $(debarch) $(@D) liblzo2-dev zlib1g-dev && touch $@

-include $(unit_objects:.o=.d)
endif
