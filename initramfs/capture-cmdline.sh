# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that makes the capture kernel's command line ($line). It is read by
# that script, never run. Promises: nothing that is taken over from the running kernel makes
# the capture kernel wait without end, takes memory from it, starts something else or ends
# it at the first oops; what the user says with --append wins. It only reads; die, warn,
# refuse and fact are the script's.

# Whether the words of --append set this option.
appended() { # NAME
	case " $append " in *" $1 "* | *" $1="*) return 0 ;; esac
	return 1
}

# Options of the running kernel that a capture kernel must not get, by kind. The names and
# what they do are in linux/Documentation/admin-guide/kernel-parameters.txt unless said
# otherwise. A line ends the question; kdump-init's own options are always wanted.
unwanted() { # NAME, with _ for -
	case $1 in
	kdump.*) return 1 ;;
	esac
	starts_something_else "$1" || waits "$1" || takes_memory "$1" || disturbs "$1"
}

starts_something_else() { # NAME
	case $1 in
	crashkernel | init | rdinit | BOOT_IMAGE | bootconfig | elfcorehdr | kexec*) ;;
	initrd* | noinitrd | prompt_ramdisk | load_ramdisk | ramdisk_start | fadump | kho*) ;;
	resume* | noresume | hibernat* | single | [Ss1-5] | emergency | rescue | rd.* | systemd.*) ;;
	test_suspend | liveupdate | nomodule) ;;
	*) return 1 ;;
	esac
}

# What can make the kernel wait before PID 1 runs, where nothing bounds it yet. Without end
# do so rootwait, dm-mod.waitfor (linux/drivers/md/dm-init.c), kgdbwait, and DHCP where the
# root is on a network (nfsroot, cifsroot: linux/net/ipv4/ipconfig.c). The others wait as
# long as they are told to, and hide the times that the kernel itself holds for right.
waits() { # NAME
	case $1 in
	rootwait | rootdelay | dm_mod.waitfor | nfsroot | cifsroot | kgdb* | ekgdb* | kdb*) ;;
	boot_delay | carrier_timeout | netpoll.carrier_timeout | deferred_probe_timeout) ;;
	nvme*timeout | usb_storage.delay_use | scsi_mod.inq_timeout | *.pm_test_delay) ;;
	xen.balloon_boot_timeout | rcu*_delay | *torture.* | *scale.* | kunit.*) ;;
	*) return 1 ;;
	esac
}

# What sets memory aside or makes tables, buffers and records larger.
takes_memory() { # NAME
	case $1 in
	mem | memmap | memtest | memblock | accept_memory | highmem) ;;
	memory_hotplug.* | memhp* | movable* | kernelcore | reserve | reserve_mem | reservetop) ;;
	hugepage* | hugetlb* | default_hugepagesz | transparent_hugepage* | thp_*) ;;
	cma | cma_* | numa_cma* | swiotlb | vmalloc | ramdisk_size | brd.* | mtdram.*) ;;
	log_buf_len | *hash_entries | hashdist | max_loop | loop.* | nbds_max | zswap.* | zram.*) ;;
	retain_initrd | keepinitrd | percpu_alloc | slab_m* | slub_m* | usbcore.usbfs_memory_mb) ;;
	page_owner | page_poison* | page_ext* | early_page_ext | page_table_check | page_alloc.*) ;;
	slub_debug* | slab_debug* | debug_pagealloc | debug_objects | debug_guardpage* | check_pages) ;;
	kmemleak | kasan* | kfence.* | kmsan* | kcsan* | stack_depot* | init_on_*) ;;
	dma_debug* | iommu.debug_pagealloc | sysctl.* | audit* | psi) ;;
	cgroup_enable | cgroup_memory | swapaccount | ima* | evm) ;;
	*) return 1 ;;
	esac
}

# What ends the run at the first oops, floods or hides the console, takes the only processor
# away or breaks things on purpose.
disturbs() { # NAME
	case $1 in
	panic | panic_* | *_panic | *.panic_* | oops | *.fault | crash_kexec_post_notifiers) ;;
	maxcpus | nr_cpus | possible_cpus | reset_devices | isolcpus | nohz_full | rcu_nocbs | irqaffinity) ;;
	quiet | splash | plymouth* | trace* | ftrace* | tp_printk* | stacktrace* | kprobe_event) ;;
	alloc_snapshot | initcall_debug | fail* | stress_*) ;;
	*) return 1 ;;
	esac
}

# Options that are wanted, but not with every value. A console waits, too: for a printer that
# is off, or, with flow control (the r behind parity and bits), up to a second for each
# character when nobody listens (linux/drivers/tty/serial/8250/8250_port.c). The printer goes,
# the flow control is left out. Raspberry Pi's firmware asks for a DMA pool of 1M.
mended() { # WORD
	case $1 in
	console=lp* | numa=fake*) return 1 ;;
	console=*,*[0-9][noe][78]r) echo "${1%r}" ;;
	coherent_pool=[0-9]*[kK] | coherent_pool=[12][mM]) echo "$1" ;;
	coherent_pool=*) return 1 ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# The running kernel's command line without the unwanted; quoted values may hold spaces.
take_over() {
	set -f
	taken='' part=''
	# shellcheck disable=SC2046 # one word per option
	set -- $(fact /proc/cmdline)
	for word; do
		part=${part:+$part }$word
		quotes=$(printf %s "$part" | tr -dc '"')
		case $((${#quotes} % 2)) in 1) continue ;; esac
		word=$part part=''
		[ "$word" != -- ] || break
		name=${word%%=*}
		! unwanted "$(printf %s "${name#\"}" | tr - _)" || continue
		word=$(mended "$word") || continue
		case " $append " in *" $word "*) continue ;; esac
		taken="$taken $word"
	done
	set +f
}

# A bare rootwait in --append would wait for ever for a card that is dead.
bound_rootwait() {
	appended_bare=''
	while true; do
		case " $append " in *' rootwait '*) ;; *) break ;; esac
		appended_bare=yes
		append=" $append "
		append="${append%% rootwait *} $(root_wait) ${append#* rootwait }"
		append=${append% }
	done
	[ -z "$appended_bare" ] ||
		warn "rootwait waits for ever when the disk is dead: $(root_wait) takes its place"
}

# The user's own line is taken as it is; what it may cost is told.
take_cmdline() {
	line=$cmdline append=''
	case " $line " in
	*' rootwait '*) warn "rootwait in --cmdline waits for ever when the disk is dead: say $(root_wait)" ;;
	esac
	[ -n "$initrd$linked_in" ] || check_root_drivers
}

# Without panic= most kernels stop for good when they panic, and nothing brings the board back.
check_panic() {
	case " $line " in
	*' panic='[1-9-]*) ;;
	*) warn "a capture kernel that panics will not reboot: say panic=5" ;;
	esac
}

# A watchdog in hardware that the running system has armed counts on after the crash, and ends
# a capture kernel that hangs. But once that has its driver it pets the watchdog itself until
# somebody opens it: watchdog.open_timeout=SECONDS ends that (linux/drivers/watchdog/
# watchdog_dev.c, since 5.3; older kernels pass over it). Not where kdump-init is told to
# leave watchdogs alone, or where there are others, which it would not open.
watchdog_counts() {
	dogs=/sys/class/watchdog
	[ "$(fact $dogs/watchdog0/state)" = active ] && [ ! -e "$top$dogs/watchdog1" ] &&
		[ "$(fact $dogs/watchdog0/identity)" != 'Software Watchdog' ] || return 1
	! is_set watchdog watchdog "$line $append" || [ "$(setting watchdog "$line $append")" = auto ]
}

# Whether a disk of this system is guarded by dm-verity (cryptsetup and systemd name it so to
# device-mapper): root= may be that of the data below, where the capture kernel does not know of
# it. To mount that for writing changes its superblock, and the system does not start any more
# (linux/Documentation/admin-guide/device-mapper/verity.rst). What lies on loop devices is no root.
verity_guards() {
	for guarded in "$top"/sys/class/block/dm-*; do
		case $(head -n 1 "$guarded/dm/uuid" 2>/dev/null) in CRYPT-VERITY-*) ;; *) continue ;; esac
		for below in "$guarded"/slaves/*; do
			case ${below##*/} in loop*) ;; *) return 0 ;; esac
		done
	done
	return 1
}

# The log goes to root= where no target takes anything (log_to_root), unless somebody says no.
forbids_root() {
	verity_guards && ! is_set log_to_root log.to.root "$line $append"
}

# What the kernel sets up as it boots, and nothing in a capture kernel asks for. tracefs: kernels
# before 6.6 make files and directories for some 1,500 events, in Debian's 6.1 5.6 MiB of the
# reservation (linux/fs/tracefs/event_inode.c does so no more; an initcall whose name the kernel
# does not know it leaves in, linux/init/main.c). The names of constants in the formats of those
# events: a sixth of the way to PID 1 (trace_eval_init in linux/kernel/trace/trace.c, since 5.12). The
# self-tests of the crypto API: half of that way and more (linux/crypto/algboss.c). And what waits for
# all processors, as a module does three times that is not for this hardware, and waits some ten
# milliseconds each time, asks the only one there is instead (linux/kernel/rcu/update.c).
saving() {
	[ -n "$linked_in" ] || echo " initcall_blacklist=tracer_init_tracefs,trace_eval_init" \
		"cryptomgr.notests rcupdate.rcu_expedited=1"
}

# netconsole sends what the kernel says, so kdump-init says what it does to the kernel, of which
# more than ten lines in five seconds are taken then (linux/kernel/printk/printk.c).
over_the_network() {
	case " $line$append " in
	*' netconsole='*) echo " printk.devkmsg=on kdump_console=kmsg" ;;
	esac
}

# Where mtdoops is a module, modprobe may have told it which flash is its own, of which a capture
# kernel knows nothing; kdump-init copies the records in there.
flash_of_mtdoops() {
	parameters=$top/sys/module/mtdoops/parameters
	case " $line$append " in *' mtdoops.mtddev='*) return 0 ;; esac
	device=$(cat "$parameters/mtddev" 2>/dev/null)
	case $device in
	'' | *[\ \"]*) ;;
	*) echo " mtdoops.mtddev=$device mtdoops.record_size=$(cat "$parameters/record_size")" ;;
	esac
}

build_cmdline() {
	[ -z "$cmdline" ] || { take_cmdline; return 0; }
	bound_rootwait
	take_over
	line=$taken
	# Not maxcpus=: each processor that could be started has memory of its own, 0.6 MiB. Where
	# another than the first crashed, 32-bit ARM warns of "capping them", and goes on.
	appended nr_cpus || appended maxcpus || line="$line nr_cpus=1"
	appended reset_devices || line="$line reset_devices"
	case " $line $append " in
	*' watchdog.open_timeout='*) ;;
	*) ! watchdog_counts || line="$line watchdog.open_timeout=120" ;;
	esac
	appended novmcoredd || line="$line novmcoredd"
	line="$line$(over_the_network)$(flash_of_mtdoops)"
	line="$line$(saving)"
	! forbids_root || line="$line kdump.log_to_root=no"
	appended panic || line="$line panic=5"
	case $kind in
	bzImage) ;;
	*) appended cma || line="$line cma=0" ;;
	esac
	# With an archive, too: the kernel turns to init= when it cannot unpack that, and must
	# not start the whole system then. Where there is no such file it panics, and reboots.
	appended init || line="$line init=/sbin/kdump-init"
	[ -n "$initrd$linked_in" ] || use_root_partition
	appended kdump.net || ways=$(network_ways "$line $append")
	line=$line$ways
	line="$line$append"
	while case $line in ' '*) true ;; *) false ;; esac; do line=${line# }; done
}

# The kernel release of $kernel: the running one's for its own file, else as the file says or
# is named; nothing when unknown. A bzImage has at 0x20e where its version stands, counted from
# 0x200 (kernel_version, linux/Documentation/arch/x86/boot.rst); tail counts from 1.
capture_release() {
	if [ -n "$own_kernel" ]; then
		echo "$release"
	elif [ "$kind" = bzImage ]; then
		tail -c "+$((0x201 + $(number "$kernel" 0x20e 2)))" "$kernel" | head -c 80 | tr '\0' '\n' | sed 's/ .*//;q'
	else
		basename "${packed_kernel:-$kernel}" | sed -n 's/^[A-Za-z]*-\([0-9][0-9]*\.[0-9].*\)/\1/p'
	fi
}

# Whether the kernel is of a release before MAJOR.MINOR: 0 yes, 1 no, 2 unknown.
older_than() { # MAJOR MINOR
	set -- "$1" "$2" "$(capture_release)"
	major=${3%%.*} minor=${3#*.}
	minor=${minor%%[!0-9]*}
	case $major:$minor in
	'':* | *: | *[!0-9:]*) return 2 ;;
	esac
	[ "$major" -lt "$1" ] || { [ "$major" = "$1" ] && [ "$minor" -lt "$2" ]; }
}

# How the kernel waits for the disk of root=, with an end: rootwait=SECONDS stops when the
# disk is there, but kernels before 6.7 do not know it; rootdelay=SECONDS always takes its
# time. After it the kernel panics, and panic= makes it reboot.
root_wait() {
	older=0
	older_than 6 7 || older=$?
	case $older in
	1) echo rootwait=30 ;;
	*) echo rootdelay=10 ;;
	esac
}

# Without an archive the kernel itself must find and mount the root partition.
use_root_partition() {
	appended init || [ -x "$top/sbin/kdump-init" ] ||
		refuse "no /sbin/kdump-init on the root partition: install it there, or use an archive (--initrd FILE)"
	appended rootwait || appended rootdelay || line="$line $(root_wait)"
	case " $line $append " in
	*' root=UUID='* | *' root=LABEL='*)
		refuse "the kernel alone cannot find root=UUID= or root=LABEL=: use root=PARTUUID= or a device name, or an archive (--initrd FILE)" ;;
	*' root=/dev/nfs '* | *' root=/dev/cifs '*)
		refuse "a root on the network lets the kernel wait for ever when the network is dead: use an archive (--initrd FILE)" ;;
	*' root='*) check_root_drivers ;;
	*) refuse "the running command line has no root=: add it with --append root=..., or use an archive (--initrd FILE)" ;;
	esac
}

# The command line must fit the kernel's COMMAND_LINE_SIZE with what kexec adds (ARM: mem=
# and elfcorehdr=, x86: elfcorehdr= and acpi_rsdp=); the sizes are those of linux/arch/*/
# include/uapi/asm/setup.h, which kexec-tools has, too; a bzImage says its own at 0x238
# (cmdline_size).
check_length() {
	case $kind in
	zImage) room_for_line=$((1023 - 40)) ;;
	Image) room_for_line=2047 ;;
	*)
		room_for_line=$(number "$kernel" 0x238)
		[ "$room_for_line" != 0 ] || room_for_line=2047
		room_for_line=$((room_for_line - 64)) ;;
	esac
	[ "${#line}" -le "$room_for_line" ] ||
		refuse "the command line has ${#line} characters, this kernel takes $room_for_line (COMMAND_LINE_SIZE, less what kexec adds), and kexec would refuse it: give a shorter one with --cmdline LINE, and put kdump.KEY= options into kdump-init.conf"
}
