# SPDX-License-Identifier: GPL-2.0-or-later
#
# The warnings of every build, that of the product and those of the tests. WERROR=1 makes them
# errors: for `make check`, not for packagers.

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wvla \
	-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wcast-align \
	-Wwrite-strings -Wundef -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference \
	$(if $(filter 1,$(WERROR)),-Werror)
