# shellcheck shell=sh disable=SC2154 # variables of the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-mkinitramfs that knows what a filesystem asks the kernel for by name, when it
# is loaded or mounted (request_module): no dependency of modules.dep says so, and the archive has
# no modprobe to answer. It is read by that script, never run. Promises: what is asked for is
# loaded before who asks; what a kernel has neither as a module nor built in is told.

# Who asks, whether its mount fails without it, and for what: <NAME> is a value of the kernel's
# own configuration, <name=> one of "options" in ours. Sources, of Linux 6.1:
#   fs/fat/inode.c fat_fill_super, fs/exfat/super.c exfat_fill_super, fs/ntfs3/super.c
#   ntfs_load_nls, fs/hfsplus/super.c, fs/nls/nls_base.c load_nls; fs/nfs/client.c
#   get_nfs_version (3 unless "vers" says otherwise, fs_context.c); net/9p/mod.c
#   v9fs_get_trans_by_name (before 5.17 it asks for nothing, and there is no alias);
#   fs/ubifs/compress.c compr_init; drivers/mtd/mtdpart.c parse_mtd_partitions, when the driver of
#   the chip is loaded, which only who uses flash tells us of.
request_rows() {
	cat <<'END'
fat      must  nls_cp<FAT_DEFAULT_CODEPAGE>
fat      must  nls_cp<codepage=>
vfat     must  nls_<FAT_DEFAULT_IOCHARSET>
vfat     must  nls_<iocharset=>
exfat    must  nls_<EXFAT_DEFAULT_IOCHARSET>
exfat    must  nls_<iocharset=>
ntfs3    must  nls_<NLS_DEFAULT>
ntfs3    must  nls_<iocharset=>
ntfs3    must  nls_<nls=>
hfsplus  must  nls_utf8
hfs      may   nls_<NLS_DEFAULT>
cifs     may   nls_<NLS_DEFAULT>
cifs     may   nls_<iocharset=>
nfs      must  nfsv3
nfs      may   nfsv4
nfs      must  nfsv<vers=>
nfs      must  nfsv<nfsvers=>
9p       may   9pnet_virtio
9p       may   9p-<trans=>
ubifs    may   crypto-lzo
ubifs    may   crypto-deflate
ubifs    may   crypto-zstd
ubi      may   ofpart
ubi      may   cmdlinepart
jffs2    may   ofpart
jffs2    may   cmdlinepart
END
}

# Where the configuration of the kernel is not found: the defaults of Kconfig and of distributions.
usual_values() { # NAME
	case $1 in
	FAT_DEFAULT_CODEPAGE) echo 437 ;;
	FAT_DEFAULT_IOCHARSET) echo iso8859-1 ascii utf8 ;;
	EXFAT_DEFAULT_IOCHARSET) echo utf8 ;;
	NLS_DEFAULT) echo iso8859-1 utf8 ;;
	esac
}

# The configuration of the kernel, as $work/kernel-config; there is none where nobody kept it.
find_kernel_config() {
	kernel_config=''
	for file in "$root/boot/config-$kver" "$tree/config" "$tree/../../../boot/config-$kver" \
		"$tree/../../../../boot/config-$kver" "$tree/build/.config"; do
		[ -n "$kernel_config" ] || [ ! -f "$file" ] || kernel_config=$file
	done
	[ -z "$kernel_config" ] && [ "$kver" = "$(uname -r)" ] && [ -r /proc/config.gz ] || return 0
	! gzip -dc /proc/config.gz >"$work/kernel-config" || kernel_config=$work/kernel-config
}

# What <NAME> or <name=> stands for, in words.
request_values() { # NAME
	case $1 in
	*=) # nfsv4 for vers=4.2, everything for the others
		sed -n '/^[^#]*[Oo][Pp][Tt][Ii][Oo][Nn][Ss]/{
			s/[[:space:]]#.*//
			s/.*[^a-z]'"$1"'\([A-Za-z0-9_-]*\).*/\1/p
		}' "$config" ;;
	*)
		if [ -n "$kernel_config" ]; then
			sed -n 's/^CONFIG_'"$1"'="\{0,1\}\([A-Za-z0-9_-]*\)"\{0,1\}$/\1/p' "$kernel_config"
		else
			usual_values "$1"
		fi ;;
	esac
}

# The rows with all values filled in, as "MODULE HOW NAME". exFAT and NTFS know UTF-8 themselves.
filled_rows() {
	find_kernel_config
	request_rows | while read -r module how request; do
		case $request in
		*'<'*)
			word=${request#*<}
			# shellcheck disable=SC2046 # words
			set -- $(request_values "${word%>}") ;;
		*) set -- '' ;;
		esac
		[ -n "$kernel_config" ] || case $request in *'<'*[!=]'>') how=may ;; esac
		for value; do
			case $module:$value in
			exfat:utf8 | ntfs3:utf8 | *:default) ;;
			*) echo "$module $how ${request%%<*}$value" ;;
			esac
		done
	done
}

# The soft dependencies of all modules, as the rows above. Of several lines for one module
# modprobe takes the first, and of one that says neither "pre:" nor "post:" nothing.
soft_rows() {
	[ ! -e "$work/root/lib/modules/$kver/modules.softdep" ] ||
		awk '$1 == "softdep" {
			how = "may"
			for (i = 3; i <= NF; i++)
				if ($i == "pre:") how = "may"
				else if ($i == "post:") how = "after"
				else print $2, how, $i
		}' "$work/root/lib/modules/$kver/modules.softdep"
}

# What the modules that are found so far ask for and nobody has asked for yet.
new_requests() {
	awk 'function plain(name) { gsub(/-/, "_", name); return name }
	FILENAME == ARGV[1] { row[++rows] = $0; next }
	FILENAME == ARGV[2] { asked[$0] = 1; next }
	{
		name = $2
		sub(/.*\//, "", name)
		sub(/[.]ko.*/, "", name)
		there[plain(name)] = 1
	}
	END {
		for (i = 1; i <= rows; i++) {
			split(row[i], part, " ")
			if (plain(part[1]) in there && !(row[i] in asked))
				print row[i]
		}
	}' "$work/rows" "$work/asked" "$work/found"
}

missing_request() { # MODULE NAME
	echo "$me: warning: $1 asks for $2, which kernel $kver has neither as a module nor built in: it will not mount," \
		"unless \"options\" of the target in $config name another (iocharset=, codepage=, vers=, trans=)" >&2
}

# Adds what is asked for to the found modules, and what that asks for.
add_requests() {
	{ filled_rows; soft_rows; } >"$work/rows"
	: >"$work/asked"
	while new_requests >"$work/new" && [ -s "$work/new" ]; do
		cat "$work/new" >>"$work/asked"
		: >"$work/before" && : >"$work/after"
		while read -r module how name; do
			list=before
			[ "$how" != after ] || list=after
			depends "$name" >>"$work/$list" || [ "$how" != must ] || missing_request "$module" "$name"
		done <"$work/new"
		cat "$work/before" "$work/found" "$work/after" >"$work/all" && mv "$work/all" "$work/found"
	done
}
