// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * huge MIB: fills MIB of the first system's memory with hugetlb pages that hold something:
 * all but one in a file of hugetlbfs, the last in the anonymous memory of a process that
 * stays. Prints one line that says how many there are; a kernel without them is no failure.
 * The huge pages are of the kernel's own size (Hugepagesize in /proc/meminfo), one at least.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

/*
 * Where they are mapped, a multiple of every size there is (32 MiB are the largest): LPAE
 * kernels of 7.2, left to choose, take an address that is none, and fault on it.
 */
#define HERE ((void *)0x60000000)

/* A number of KiB or of pages in /proc/meminfo, 0 when there is none of that name. */
static unsigned long meminfo(const char *name)
{
	char line[128];
	unsigned long value = 0;
	FILE *file = fopen("/proc/meminfo", "r");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = strtoul(line + strlen(name), NULL, 10);
	if (file)
		fclose(file);
	return value;
}

static unsigned long ask_for(unsigned long pages)
{
	FILE *file = fopen("/proc/sys/vm/nr_hugepages", "w");

	if (file) {
		fprintf(file, "%lu\n", pages);
		fclose(file);
	}
	return meminfo("HugePages_Total:");
}

/* Text that no other memory has; every 4 KiB of it differ. */
static void fill(char *memory, size_t size, const char *word)
{
	size_t at;

	for (at = 0; at + 64 <= size; at += 64)
		snprintf(memory + at, 64, "HUGE %s at %zu", word, at);
}

static int fill_file(size_t size)
{
	char *memory;
	int fd;

	if (mount("huge", "/huge", "hugetlbfs", 0, NULL))
		return -1;
	fd = open("/huge/file", O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)size))
		return -1;
	memory = mmap(HERE, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	if (memory == MAP_FAILED)
		return -1;
	fill(memory, size, "file");
	return 0;
}

/* Returns in the parent once the child, which stays, has filled its page. */
static int fill_process(size_t size)
{
	int ready[2];
	char byte, *memory;

	if (pipe(ready))
		return -1;
	if (fork() == 0) {
		memory = mmap(HERE, size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0);
		if (memory == MAP_FAILED)
			_exit(1);
		fill(memory, size, "process");
		close(1); /* the reader of our output does not wait for us */
		(void)!write(ready[1], "", 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	return read(ready[0], &byte, 1) == 1 ? 0 : -1;
}

int main(int argc, char **argv)
{
	unsigned long kib = meminfo("Hugepagesize:"), wanted, pages;
	int bad;

	if (argc != 2)
		return 2;
	if (kib == 0) {
		puts("huge pages: this kernel has none");
		return 0;
	}
	wanted = strtoul(argv[1], NULL, 10) * 1024 / kib;
	pages = ask_for(wanted > 0 ? wanted : 1);
	bad = pages == 0;
	if (pages > 1)
		bad = fill_file((size_t)(pages - 1) * kib * 1024);
	if (!bad)
		bad = fill_process((size_t)kib * 1024);
	printf("huge pages: %lu of %lu kB%s\n", pages, kib, bad ? ", not filled" : "");
	return bad ? 1 : 0;
}
