# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What each choice of config/kernel/linked-in.config buys: the capture kernel of virt is built
# once more with that choice taken back, and started. KiB are those that its boot log says are
# available, of 64 MiB, before and after; milliseconds those of its own clock until init runs, where
# QEMU counts 16 ns for each instruction, so that the host's load does not matter. It takes half an
# hour and is run when it is asked for by name.

# A name for people, and the lines that take it back, of which a `+` begins another.
options_tried() {
	sed 's/^\t*//' <<-END
		one processor only|CONFIG_SMP=y
		code for size|CONFIG_CC_OPTIMIZE_FOR_PERFORMANCE=y
		no Thumb-2 code|# CONFIG_THUMB2_KERNEL is not set
		small tables|# CONFIG_BASE_SMALL is not set
		a log of 16 KiB|CONFIG_LOG_BUF_SHIFT=17
		an allocator that keeps little back|# CONFIG_SLUB_TINY is not set
		no protection of code from writing|CONFIG_STRICT_KERNEL_RWX=y
		stacks that are not mapped|CONFIG_VMAP_STACK=y
		no users|CONFIG_MULTIUSER=y
		no modules|CONFIG_MODULES=y
		no tracing|CONFIG_FTRACE=y
		no shared memory, no tmpfs|CONFIG_SHMEM=y+CONFIG_TMPFS=y
		no moving of pages|CONFIG_COMPACTION=y+CONFIG_MIGRATION=y
		no schedulers of disks|CONFIG_MQ_IOSCHED_DEADLINE=y+CONFIG_MQ_IOSCHED_KYBER=y+CONFIG_IOSCHED_BFQ=y
		no virtual terminals|CONFIG_VT=y
		no names of functions|CONFIG_KALLSYMS=y
		no network|CONFIG_NET=y+CONFIG_INET=y
		no self-tests of ciphers|CONFIG_CRYPTO_MANAGER=y+# CONFIG_CRYPTO_MANAGER_DISABLE_TESTS is not set
		no vfat|# CONFIG_VFAT_FS is not set+# CONFIG_NLS_CODEPAGE_437 is not set+# CONFIG_NLS_ISO8859_1 is not set
		no table of an EFI disk|# CONFIG_EFI_PARTITION is not set
		no io_submit|# CONFIG_AIO is not set
	END
}

# option_build LINES: the kernel of virt and LINES; its fragment keeps the name, so that what was
# compiled before is used again.
option_build() {
	local dir=$work/bench-options config=$repo/config/kernel
	mkdir -p "$dir"
	{ cat "$config/virt.config"; tr + '\n' <<<"$1"; } >"$dir/virt.config"
	rm -rf "$dir/kernel"
	"$config/build-kernel" --initramfs "$build/capture-kernel/virt/initramfs.cpio" armhf "$dir/kernel" \
		linux-source-6.12 "$config/capture.config" "$config/linked-in.config" "$dir/virt.config" >&3 2>&3
}

# option_boot: without a crash, so that init finds nothing to save; prints available KiB and ms.
option_boot() {
	local log=$work/bench-options/console.log pid
	: >"$log"
	"${qemu[@]}" -m 64 -icount shift=4 -display none -monitor none -nic none -no-reboot -kernel "$1" \
		-append "console=$console panic=-1 kdump.on_failure=reboot" -serial "file:$log" </dev/null >&3 2>&3 &
	pid=$!
	timeout 120 tail -n +1 -f --pid=$pid "$log" | grep -a -m 1 'Run /init' >/dev/null
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	awk '/Memory: [0-9]+K/ { sub(/.*Memory: /, ""); kib = $0 + 0 }
		/Run \/init/ { sub(/^\[ */, ""); ms = $0 * 1000 }
		END { if (kib && ms) printf "%d %d\n", kib, ms }' "$log"
}

# option_measure NAME LINES: a line of the table.
option_measure() {
	local file words
	option_build "$2" || { note "options, $1: does not build so"; return 0; }
	file=$(find "$work/bench-options/kernel/boot" -name 'vmlinuz-*')
	words=$(option_boot "$file")
	[ -n "$words" ] || { note "options, $1: init does not run"; return 0; }
	echo "$1,$(stat -c %s "$file"),${words% *},${words#* }"
}

bench_options() {
	local name lines
	machine_use virt
	case_begin bench-options "$work/bench-options" virt
	machine_use virt
	build_capture_kernel virt || return 1
	{
		echo "without,bytes,kib,ms"
		option_measure "as it is" '# as it is'
		while IFS='|' read -r name lines; do
			option_measure "$name" "$lines"
		done < <(options_tried)
	} >"$results/options.csv"
	options_table <"$results/options.csv" >"$work/bench-options/table"
	options_put "$repo/config/kernel/README.md" "$work/bench-options/table"
}

# What it is without the choice, less what it is.
options_table() {
	awk -F, 'NR == 2 { bytes = $2; kib = $3; ms = $4; next }
		NR == 1 {
			print "| what is chosen | buys in the file, KiB | of memory, KiB | until init, ms |"
			print "|---|--:|--:|--:|"
			next
		}
		{ printf "| %s | %.0f | %d | %d |\n", $1, ($2 - bytes) / 1024, kib - $3, $4 - ms }'
}

# options_put FILE TABLE: between the marks in FILE.
options_put() {
	local begin='<!-- made by bench options: begin -->' end='<!-- made by bench options: end -->'
	awk -v begin="$begin" -v end="$end" -v table="$2" '
		$0 == end { inside = 0 }
		!inside { print }
		$0 == begin {
			inside = 1
			print ""
			while ((getline line <table) > 0) print line
			print ""
		}' "$1" >"$2.page" && cp "$2.page" "$1"
}
