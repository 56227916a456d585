# SPDX-License-Identifier: GPL-2.0-or-later
#
# gnuplot -e "data='DIRECTORY'; out='DIRECTORY'" plots.gp
#
# The plots of `make bench`, from what report wrote to DATA: rows of "label value group",
# group 1 being others, 2 kdump-init, 3 the floors.

set terminal svg size 860,460 dynamic noenhanced font "sans-serif,13" background "white"
set style fill solid 0.85 noborder
set border 3
set tics nomirror out
set grid x lc rgb "#dddddd"
unset key
colour(group) = group == 2 ? 0x1b6ca8 : group == 3 ? 0x9aa0a6 : 0xc9752d
has(name) = int(system(sprintf("test -s %s/%s.dat && echo 1 || echo 0", data, name)))
rows(name) = int(system(sprintf("grep -c . %s/%s.dat", data, name)))

# bars NAME TITLE: the first row on top, each with its value at its end
bars = "\
set output out.'/'.name.'.svg'; \
set label 1 what at screen 0.02, 0.96; \
set tmargin 3; \
set rmargin 6; \
set yrange [-rows(name) + 0.4:0.6]; \
set xrange [0:*]; \
plot data.'/'.name.'.dat' using (0):(-$0):(0):2:(-$0 - 0.38):(-$0 + 0.38):(colour($3)):ytic(1) \
	with boxxyerror linecolor rgb variable, \
	'' using 2:(-$0):(sprintf(' %.3g', $2)) with labels left; \
unset output"

if (has("time")) {
	name = "time"
	what = "Seconds to save 512 MiB of memory, fsync included (less is better)"
	eval bars
}
if (has("size")) {
	name = "size"
	what = "MiB that the dump of 512 MiB takes on the disk"
	eval bars
}
if (has("memory")) {
	name = "memory"
	what = "Smallest crashkernel= in MiB (virt, Debian's armmp kernel, 512 MiB of RAM)"
	eval bars
}
if (has("growth")) {
	set output out."/growth.svg"
	set label 1 "Time and memory against RAM (half of it in use)" at screen 0.02, 0.96
	set tmargin 3
	set rmargin 10
	set xlabel "MiB of RAM"
	set ylabel "seconds"
	set y2label "KiB of memory used, all processes"
	set ytics nomirror
	set y2tics nomirror
	set border 11
	set yrange [0:*]
	set y2range [0:3072]
	set xrange [0:2100]
	set key top left
	file = data."/growth.dat"
	plot file using 1:2 with linespoints lw 2 lc rgb 0x1b6ca8 title "elf, seconds", \
		file using 1:3 with linespoints lw 2 lc rgb 0xc9752d title "kdump 31 zlib, seconds", \
		file using 1:4 axes x1y2 with linespoints dt 2 lc rgb 0x1b6ca8 title "elf, KiB", \
		file using 1:5 axes x1y2 with linespoints dt 2 lc rgb 0xc9752d title "kdump 31 zlib, KiB"
	unset output
}
