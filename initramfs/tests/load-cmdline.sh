# shellcheck shell=sh disable=SC2154,SC2034,SC2016 # variables of tests/run; $ in an option
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for the command line that kdump-load makes, and for starting without an
# archive: what is taken over, what never is, how the root partition is waited for. The
# made-up systems and kernels are those of load.sh.

# What every line has that is not given with --cmdline: it saves memory and time.
saving='initcall_blacklist=tracer_init_tracefs,trace_eval_init cryptomgr.notests rcupdate.rcu_expedited=1'

# /sbin/kdump-init, which a kernel without an archive starts.
on_the_root_partition() {
	: >root/sbin/kdump-init
	chmod +x root/sbin/kdump-init
}

# A disk as /sys shows it: DRIVER of the disk and BUS, whose modules the kernel has loaded.
disk_in_sys() { # NAME DRIVER BUS
	device=root/sys/devices/platform/$3/unit0/block/$1
	mkdir -p "$device/${1}p2" root/sys/class/block root/sys/dev/block "root/sys/module/$2" "root/sys/module/$3"
	ln -s "../../devices/platform/$3/unit0/block/$1/${1}p2" "root/sys/class/block/${1}p2"
	ln -s "../../devices/platform/$3/unit0/block/$1/${1}p2" root/sys/dev/block/179:2
	mkdir "root/sys/devices/platform/$3/driver" "root/sys/devices/platform/$3/unit0/driver"
	ln -s "../../../../../module/$2" "root/sys/devices/platform/$3/unit0/driver/module"
	ln -s "../../../../module/$3" "root/sys/devices/platform/$3/driver/module"
	printf '%s 16384 1 - Live 0x0\n' "$2" "$3" unrelated >root/proc/modules
}

test_the_command_line_takes_over_what_is_good() {
	system
	zimage kernel
	echo 'BOOT_IMAGE=/z console=tty1 console=ttyAMA0,115200 quiet root=PARTUUID=1-2 rootwait crashkernel=64M@1M' \
		'panic=10 init=/sbin/x kdump.wait=5 mem=256M cma=64M log-buf-len=4M dyndbg="file a.c +p" oops=panic' \
		'hung_task_panic=1 splash systemd.unit=x single -- quux' >root/proc/cmdline
	dry_run
	exits 0
	[ "$(appended_line)" = 'console=tty1 console=ttyAMA0,115200 root=PARTUUID=1-2 kdump.wait=5 dyndbg="file a.c +p" nr_cpus=1 reset_devices novmcoredd '"$saving"' panic=5 cma=0 init=/sbin/kdump-init' ]
}

# watchdog N of /sys: IDENTITY, STATE
watchdog_in_sys() {
	mkdir -p "root/sys/class/watchdog/watchdog$1"
	echo "$2" >"root/sys/class/watchdog/watchdog$1/identity"
	echo "$3" >"root/sys/class/watchdog/watchdog$1/state"
}

test_a_watchdog_that_counts_on_is_petted_by_the_kernel_for_two_minutes_only() {
	system
	zimage kernel
	dry_run
	lacks "$(appended_line)" watchdog
	watchdog_in_sys 0 'Broadcom BCM2835 Watchdog timer' inactive
	dry_run
	lacks "$(appended_line)" watchdog
	watchdog_in_sys 0 'Broadcom BCM2835 Watchdog timer' active
	dry_run
	has "$(appended_line)" ' watchdog.open_timeout=120 '
	dry_run --append watchdog.open_timeout=60
	lacks "$(appended_line)" watchdog.open_timeout=120
	dry_run --append kdump.watchdog=none
	lacks "$(appended_line)" open_timeout
	ln -s "$parser" root/sbin/kdump-init
	dry_run --append KDUMP.Watchdog=None
	lacks "$(appended_line)" open_timeout
	dry_run --append kdump.watchdog=auto
	has "$(appended_line)" ' watchdog.open_timeout=120 '
	mkdir -p root/etc
	for line in 'Watchdog: none' 'kdump.watchdog = none # it bites' 'watchdog=/dev/watchdog1'; do
		echo "$line" >root/etc/kdump-init.conf
		dry_run
		lacks "$(appended_line)" open_timeout
	done
	for line in 'watchdog = auto' 'path = /watchdog' 'watchdog = ' '# watchdog = none'; do
		echo "$line" >root/etc/kdump-init.conf
		dry_run
		has "$(appended_line)" ' watchdog.open_timeout=120 '
	done
	rm root/sbin/kdump-init
	echo ' watchdog=none' >root/etc/kdump-init.conf
	dry_run
	lacks "$(appended_line)" watchdog
	rm root/etc/kdump-init.conf
	watchdog_in_sys 1 other inactive
	dry_run
	lacks "$(appended_line)" watchdog
	rm -r root/sys/class/watchdog/watchdog1
	watchdog_in_sys 0 'Software Watchdog' active
	dry_run
	lacks "$(appended_line)" watchdog
}

test_the_flash_of_mtdoops_is_handed_over() {
	system
	zimage kernel
	mkdir -p root/sys/module/mtdoops/parameters
	: >root/sys/module/mtdoops/parameters/mtddev
	echo 8192 >root/sys/module/mtdoops/parameters/record_size
	dry_run
	lacks "$(appended_line)" mtdoops
	echo words >root/sys/module/mtdoops/parameters/mtddev
	dry_run
	has "$(appended_line)" ' mtdoops.mtddev=words mtdoops.record_size=8192 '
	dry_run --append mtdoops.mtddev=3
	lacks "$(appended_line)" words
	echo 'mtdoops.mtddev=other root=/dev/vda2' >root/proc/cmdline
	dry_run
	has "$(appended_line)" 'mtdoops.mtddev=other '
	lacks "$(appended_line)" words
}

test_append_wins_over_defaults_and_comes_last() {
	system
	zimage kernel
	dry_run --append 'nr_cpus=1 panic=60' --append "cma=4M console=ttyAMA0 x='y z'"
	exits 0
	[ "$(appended_line)" = "root=/dev/mmcblk0p2 reset_devices novmcoredd $saving init=/sbin/kdump-init nr_cpus=1 panic=60 cma=4M console=ttyAMA0 x='y z'" ]
	dry_run --append novmcoredd=0
	lacks "$(appended_line)" 'novmcoredd initcall'
	dry_run --cmdline 'only this'
	[ "$(appended_line)" = 'only this' ]
	has "$err" 'will not reboot: say panic=5'
	dry_run --append panic=0
	has "$err" 'will not reboot: say panic=5'
	dry_run --cmdline 'rootwait panic=-1'
	lacks "$err" 'will not reboot'
	has "$err" 'rootwait in --cmdline waits for ever'
}

test_without_an_archive_the_root_partition_starts_kdump_init() {
	system
	zimage kernel
	run kdump-load --kernel kernel --dry-run
	exits 1
	has "$err" 'no /sbin/kdump-init'
	on_the_root_partition
	run kdump-load --kernel kernel --dry-run
	exits 0
	has "$(appended_line)" 'root=/dev/mmcblk0p2 '
	has "$(appended_line)" 'init=/sbin/kdump-init rootdelay=10'
	echo 'root=UUID=12' >root/proc/cmdline
	run kdump-load --kernel kernel
	exits 1
	has "$err" 'use root=PARTUUID='
	echo 'console=ttyS0' >root/proc/cmdline
	run kdump-load --kernel kernel
	exits 1
	has "$err" 'has no root='
}

# Each of WORD... is in the running kernel's command line, and left out.
left_out() { # WORD...
	zimage kernel
	echo "console=ttyS0 $* root=/dev/mmcblk0p2" >root/proc/cmdline
	for archive in archive none; do
		run kdump-load --kernel kernel --initrd "$archive" --dry-run
		exits 0
		has "$(appended_line)" 'console=ttyS0 root=/dev/mmcblk0p2 nr_cpus=1'
	done
}

test_nothing_taken_over_makes_the_kernel_wait() {
	system
	on_the_root_partition
	left_out rootwait rootwait=999 rootdelay=9999 dm-mod.waitfor=/dev/sda nfsroot=1.2.3.4:/x cifsroot=//a/b \
		kgdbwait kgdboc=ttyS0 ekgdboc=kbd resumewait resumedelay=999 boot_delay=1000 carrier_timeout=9999 \
		netpoll.carrier_timeout=99 deferred_probe_timeout=9999 nvme_core.io_timeout=4294967295 \
		usb-storage.delay_use=999 console=lp0 prompt_ramdisk=1
	echo "console=ttyS0,115200n8r root=/dev/mmcblk0p2" >root/proc/cmdline
	dry_run
	has "$(appended_line)" 'console=ttyS0,115200n8 root='
}

test_a_root_that_verity_guards_gets_no_log() {
	system
	zimage kernel
	mkdir -p root/sys/class/block/dm-0/dm root/sys/class/block/dm-0/slaves root/etc
	echo LVM-abc >root/sys/class/block/dm-0/dm/uuid
	: >root/sys/class/block/dm-0/slaves/mmcblk0p2
	dry_run
	lacks "$(appended_line)" log_to_root
	echo CRYPT-VERITY-0123-rootfs >root/sys/class/block/dm-0/dm/uuid
	dry_run
	has " $(appended_line) " ' kdump.log_to_root=no '
	dry_run --append kdump.log_to_root=yes
	lacks "$(appended_line)" log_to_root=no
	echo ' log_to_root = yes' >root/etc/kdump-init.conf
	dry_run
	lacks "$(appended_line)" log_to_root
	ln -s "$parser" root/sbin/kdump-init
	for line in 'Log-To-Root: yes' 'log_to_root yes' 'kdump.log_to_root = yes'; do
		echo "$line" >root/etc/kdump-init.conf
		dry_run
		lacks "$(appended_line)" log_to_root
	done
	for line in '# log_to_root = yes' 'log_to_root = perhaps' 'path = /log_to_root'; do
		echo "$line" >root/etc/kdump-init.conf
		dry_run
		has " $(appended_line) " ' kdump.log_to_root=no '
	done
	rm root/etc/kdump-init.conf
	mv root/sys/class/block/dm-0/slaves/mmcblk0p2 root/sys/class/block/dm-0/slaves/loop3
	dry_run
	lacks "$(appended_line)" log_to_root
}

test_nothing_taken_over_takes_memory() {
	system
	on_the_root_partition
	left_out swiotlb=65536 kernelcore=40M movablecore=40M movable_node hugepages=8 hugepagesz=2M \
		default_hugepagesz=2M hugetlb_cma=32M cma=32M cma_pernuma=16M numa_cma=0:16M vmalloc=400M \
		ramdisk_size=65536 transparent_hugepage=always thp_anon=64K:always reserve_mem=20M:4096:x \
		memblock=debug page_poison=1 page_owner=on slub_debug=FZPU slab_debug debug_pagealloc=on \
		debug_guardpage_minorder=3 kfence.sample_interval=1 kasan=on dhash_entries=1000000 \
		thash_entries=99999 log_buf_len=16M 'memmap=10M$1M' mem=64M reserve=0x10000,4096 retain_initrd \
		coherent_pool=32M numa=fake=4 zswap.enabled=1 stack_depot_max_pools=8192 init_on_alloc=1 kho=on \
		kho_scratch=20M early_page_ext brd.rd_size=99999 dma_debug_entries=65536 mtdram.total_size=32768
	echo 'coherent_pool=1M 8250.nr_uarts=1 ip=dhcp rootflags=subvol=@ watchdog.open_timeout=60' >root/proc/cmdline
	dry_run
	has "$(appended_line)" 'coherent_pool=1M 8250.nr_uarts=1 ip=dhcp rootflags=subvol=@ watchdog.open_timeout=60 nr_cpus'
}

test_a_root_that_must_be_waited_for_is_waited_for_with_an_end() {
	system
	zimage root/boot/vmlinuz-6.9.0-test
	on_the_root_partition
	run kdump-load --dry-run
	exits 0
	has "$(appended_line)" ' rootwait=30'
	cp root/boot/vmlinuz-6.9.0-test root/boot/vmlinuz-6.1.0-50-armmp
	run kdump-load --kernel root/boot/vmlinuz-6.1.0-50-armmp --dry-run
	has "$(appended_line)" ' rootdelay=10'
	bzimage kernel 6.7.1-x
	run kdump-load --kernel kernel --dry-run
	has "$(appended_line)" ' rootwait=30'
	bzimage kernel 5.10.0-9-amd64
	run kdump-load --kernel kernel --dry-run --append rootwait
	has "$err" 'waits for ever'
	lacks " $(appended_line) " ' rootwait '
	has "$(appended_line)" ' rootdelay=10'
	run kdump-load --kernel kernel --dry-run --append rootwait=60
	lacks "$(appended_line)" rootdelay
	has "$(appended_line)" ' rootwait=60'
	echo 'root=/dev/nfs nfsroot=1.2.3.4:/x' >root/proc/cmdline
	run kdump-load --kernel kernel --dry-run
	exits 1
	has "$err" 'wait for ever when the network is dead'
}

test_drivers_that_are_modules_need_an_archive() {
	system
	zimage kernel
	on_the_root_partition
	disk_in_sys mmcblk0 mmc_block sdhci_iproc
	echo 'ext4 16384 1 - Live 0x0' >>root/proc/modules
	echo '/dev/root / ext4 rw 0 0' >root/proc/mounts
	run kdump-load --kernel kernel --dry-run
	exits 1
	has "$err" 'kdump-mkinitramfs -k 6.9.0-test -m ext4 -m mmc_block -m sdhci_iproc'
	lacks "$err" unrelated
	run kdump-load --kernel kernel --cmdline 'root=/dev/mmcblk0p2 panic=5' --dry-run
	exits 1
	has "$err" '-m mmc_block'
	# What runs from memory, or on layers, does not show what the partition has.
	for kind in rootfs tmpfs overlay; do
		echo "none / $kind rw 0 0" >root/proc/mounts
		run kdump-load --kernel kernel --dry-run
		exits 1
		has "$err" 'kdump-mkinitramfs -k 6.9.0-test -m ext4 -m mmc_block -m sdhci_iproc'
	done
	echo '/dev/root / ext4 rw 0 0' >root/proc/mounts
	run kdump-load --kernel kernel --drivers-built-in --dry-run
	exits 0
	run kdump-load --kernel kernel --initrd archive --dry-run
	exits 0
	echo 'root=PARTUUID=1-2' >root/proc/cmdline
	mkdir root/proc/self
	echo '21 1 179:2 / / rw,relatime - ext4 /dev/root rw' >root/proc/self/mountinfo
	run kdump-load --kernel kernel --dry-run
	has "$err" '-m mmc_block'
	echo 'unrelated 16384 1 - Live 0x0' >root/proc/modules
	run kdump-load --kernel kernel --dry-run
	exits 0
	# The driver of cards has no link to its module.
	rm -r root/sys/devices/platform/sdhci_iproc/unit0/driver
	ln -s ../../../../bus/mmc/drivers/mmcblk root/sys/devices/platform/sdhci_iproc/unit0/driver
	echo 'mmc_block 16384 1 - Live 0x0' >root/proc/modules
	run kdump-load --kernel kernel --dry-run
	exits 1
	has "$err" 'kdump-mkinitramfs -k 6.9.0-test -m mmc_block,'
	# No /sys to ask: by the names that disks' drivers have.
	rm -r root/sys/class root/sys/dev
	printf 'virtio_blk 16384 1 - Live 0x0\nsnd 16384 1 - Live 0x0\n' >root/proc/modules
	run kdump-load --kernel kernel --dry-run
	exits 1
	has "$err" 'kdump-mkinitramfs -k 6.9.0-test -m virtio_blk,'
}

test_a_command_line_too_long_for_the_kernel_is_told() {
	system
	zimage kernel
	long=$(head -c 900 /dev/zero | tr '\0' x)
	dry_run --append "a=$long"
	exits 1
	has "$err" 'this kernel takes 983'
	has "$err" 'shorter one with --cmdline'
	run kdump-load --kernel kernel --initrd archive --append "a=$long"
	exits 1
	[ ! -e calls ]
	image_of_arm64 kernel
	dry_run --append "a=$long"
	exits 0
	dry_run --append "a=$long$long$long"
	has "$err" 'this kernel takes 2047'
	bzimage kernel
	put kernel 568 255
	dry_run --append "a=$long"
	exits 1
	has "$err" 'this kernel takes 191'
}
