/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recipients: of age's own programs, mistyped, and of other kinds. What matters most is that a line
 * that was meant to seal the dumps never leaves them unsealed.
 */
#include "config/config_source.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Of the secret key in age's test vectors (C2SP CCTV), and nine that age-keygen made. */
#define RECIPIENT "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"
static const uint8_t key[CONFIG_SEAL_KEY] = {0x36, 0xdc, 0xec, 0x3f, 0x5f, 0x24, 0x73, 0x9a,
					     0x0c, 0x8b, 0x36, 0xcb, 0xb4, 0xff, 0xa2, 0x57,
					     0x29, 0xa9, 0x4a, 0x51, 0xd4, 0x1f, 0xb2, 0x05,
					     0xa3, 0x74, 0x19, 0xfe, 0x7f, 0x5a, 0xdb, 0x2a};
static const char *const others[] = {
	"age1kkqqsggnzx6fpu00h665amzl0theqrks8ll204hxm0w0thff732qmpzdpl",
	"age1pnnyvphgscckhrpufmcqqqfmcqwweem8mgsumrpuhjhnhj6m3cgqjkrdl8",
	"age1g4any6txdmrzh3f2k05rpk20netuvj9u279pkfzrynhxlnh9d4rsgmd8zy",
	"age1gg5hvsp56nufhgyyz00xgn86f0mpy4zdlp8mhp5hzma2435lpv4qs2fuk9",
	"age1q2j5uct498yregfg48p9p69xnsk2lf6sh8fs4t6hf4m2dqhd7ypslmtnzn",
	"age16rxgqc3kh03w6gw7h5zc5qluupfygzz9xpn24gn2hdjns345yp8qnh9mmg",
	"age1ln6pymk5jkx3e7p7wuakkukgzcde28cc82cmlc3e8e55m4urkptsflp9mv",
	"age1lkvwmn8xrvfjah2y34x23hmdzgah2djkcjutfagfkqxpncpkpg6qdjfh9r",
	"age14vhsg7053f0rfgnxhdc3tel7ercn7m27t2y26lpj5tqqgaaunv7qnrhp49"};

static struct config config;
static char why[CONFIG_WHY];

static int read_line(const char *line)
{
	memset(why, 'x', sizeof(why));
	return config_read_line(&config, line, strlen(line), why);
}

static void check_refused(const char *line, const char *part)
{
	config_read_init(&config);
	test_note("line '%s'", line);
	CHECK_EQ(read_line(line), -EINVAL);
	CHECK_HAS(why, part);
	CHECK_EQ(config.seals, 0);
	CHECK(config.seal_wanted);
}

TEST("a recipient becomes its 32 bytes, the same one only once")
{
	config_read_init(&config);
	CHECK_EQ(read_line("seal = " RECIPIENT), 0);
	CHECK_EQ(config.seals, 1);
	CHECK_MEM(config.seal[0], key, sizeof(key));
	CHECK_EQ(read_line("seal = \"" RECIPIENT "\""), CONFIG_MENDED);
	CHECK_EQ(config.seals, 1);
	CHECK(config.seal_wanted);
}

TEST("there are 8 recipients, the next is refused")
{
	char line[128];

	config_read_init(&config);
	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(line, sizeof(line), "seal = %s", others[i]);
		CHECK_EQ(read_line(line), i < CONFIG_SEALS ? 0 : -EINVAL);
	}
	CHECK_EQ(config.seals, CONFIG_SEALS);
	CHECK_HAS(why, "no more than 8 recipients");
}

TEST("any letter that is mistyped, left out or doubled is found")
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7lb1ioAGE";
	char line[192] = "seal = " RECIPIENT;
	char *text = line + 7;
	size_t size = strlen(RECIPIENT);

	for (size_t i = 0; i < size; i++) {
		char was = text[i];

		for (const char *l = letters; *l != '\0'; l++) {
			text[i] = *l;
			config_read_init(&config);
			CHECK_EQ(read_line(line), *l == was ? 0 : -EINVAL);
			CHECK_EQ(config.seals, *l == was);
			CHECK(config.seal_wanted);
		}
		text[i] = was;
	}
	for (size_t i = 0; i < size; i++) {
		snprintf(line, sizeof(line), "seal=%.*s%s", (int)i, RECIPIENT, RECIPIENT + i + 1);
		check_refused(line, "seal: ");
		snprintf(line, sizeof(line), "seal=%.*s%s", (int)i + 1, RECIPIENT, RECIPIENT + i);
		check_refused(line, "seal: ");
	}
}

TEST("what is no recipient of this kind is refused, and says what it is")
{
	check_refused("seal = /etc/key", "no recipient; expected age1");
	check_refused("seal = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "no recipient");
	check_refused("seal = age1pq1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
		      "not as long");
	check_refused("seal = AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX4"
		      "0Q2P2LM0",
		      "the secret key, which is for the desk alone");
	CHECK(strstr(why, "EGTZ") == NULL);
	check_refused("seal", "no =");
	check_refused("seal =", "seal: no value");
	check_refused("seal = age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryeb",
		      "a letter that no recipient has");
}

TEST("a misspelled key does not leave the dumps unsealed either")
{
	check_refused("sael = " RECIPIENT, "no such key");
	check_refused("recipient=" RECIPIENT, "no such key");
	config_read_init(&config);
	CHECK_EQ(read_line("sea1 = " RECIPIENT), -EINVAL);
	CHECK(config.seal_wanted);
	config_read_init(&config);
	CHECK_EQ(read_line("path = /age1"), 0);
	CHECK_EQ(read_line("# seal = " RECIPIENT), 0);
	CHECK(!config.seal_wanted);
}

#define SECRET "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"

TEST("a secret key leaves no dump unsealed wherever it stands, and is never shown")
{
	static const char *const lines[] = {"seal = " SECRET,
					    "sael = " SECRET,
					    "key=" SECRET,
					    SECRET,
					    SECRET " = yes",
					    "seal: \"" SECRET "\"",
					    "seal " SECRET,
					    "Seal = age-secret-key-1",
					    "target = LABEL=a " SECRET,
					    "[" SECRET "]",
					    "- " SECRET,
					    "keep = " SECRET,
					    "kdump." SECRET};

	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		config_read_init(&config);
		test_note("line '%.40s'", lines[i]);
		(void)read_line(lines[i]);
		CHECK(memmem(why, sizeof(why), "1EGTZ", 5) == NULL);
		CHECK(config.seal_wanted);
		CHECK_EQ(config.seals, 0);
	}
	config_read_init(&config);
	CHECK_EQ(config_override(&config, SECRET, "yes", why), -EINVAL);
	CHECK(memmem(why, sizeof(why), "1EGTZ", 5) == NULL);
	CHECK(config.seal_wanted);
}

TEST("a key that is nearly seal leaves no dump unsealed, whatever stands behind it")
{
	static const char *const lines[] = {"seals = ssh-ed25519 AAAA", "Seel: desk", "seal",
					    "sel=desk"};

	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_refused(lines[i], "expected");
	config_read_init(&config);
	CHECK_EQ(read_line("seal_statu = yes"), -EINVAL);
	CHECK_EQ(read_line("free = 16M"), 0);
	CHECK(!config.seal_wanted);
}

static void ignore(const char *finding)
{
	CHECK(finding[0] != '\0');
}

TEST("what is not read of a file leaves no dump unsealed where it names a recipient")
{
	static char text[33 * 1024 + 80];
	static char wide[2 * 80];
	static const char line[] = "\nseal = " RECIPIENT "\n";

	for (unsigned int big = 0; big < 2; big++) {
		memset(wide, 0, sizeof(wide));
		for (size_t i = 0; i < sizeof(line) - 1; i++)
			wide[2 * i + big] = line[i];
		config_read_init(&config);
		scratch_write_file("file", wide, 2 * (sizeof(line) - 1));
		CHECK_EQ(config_read_file(&config, "file", ignore), 1);
		CHECK(config.seal_wanted);
		CHECK_EQ(config.seals, 0);
	}
	memset(text, '#', sizeof(text));
	for (unsigned int there = 0; there < 2; there++) {
		if (there != 0)
			memcpy(text + 33 * 1024 - 40, line, sizeof(line) - 1);
		config_read_init(&config);
		scratch_write_file("file", text, sizeof(text));
		CHECK_EQ(config_read_file(&config, "file", ignore), 1);
		CHECK_EQ(config.seal_wanted, there);
	}
}

TEST("recipients of the command line replace those of the file, if they are any")
{
	config_read_init(&config);
	CHECK_EQ(read_line("seal = " RECIPIENT), 0);
	CHECK_EQ(config_override(&config, "seal", "age1", why), -EINVAL);
	CHECK_EQ(config.seals, 1);
	CHECK_MEM(config.seal[0], key, sizeof(key));
	CHECK_EQ(config_override(&config, "seal", others[1], why), 0);
	CHECK_EQ(config.seals, 1);
	CHECK(memcmp(config.seal[0], key, sizeof(key)) != 0);
	CHECK_EQ(config_override(&config, "seal", RECIPIENT, why), 0);
	CHECK_EQ(config.seals, 2);
	CHECK_MEM(config.seal[1], key, sizeof(key));
	CHECK_EQ(config_override(&config, "seal", NULL, why), -EINVAL);
	CHECK_EQ(config.seals, 2);
}

static unsigned int told;

static void count(const char *finding)
{
	CHECK_HAS(finding, "file:2: seal: mistyped: its checksum is wrong; expected age1");
	told++;
}

TEST("a bad recipient is told with the number of its line, and one that is good stays")
{
	static const char text[] =
		"keep = 3\n"
		"seal = age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryee\n"
		"seal = " RECIPIENT "\n";

	config_read_init(&config);
	scratch_write_file("file", text, sizeof(text) - 1);
	CHECK_EQ(config_read_file(&config, "file", count), 1);
	CHECK_EQ(told, 1);
	CHECK_EQ(config.seals, 1);
	CHECK_MEM(config.seal[0], key, sizeof(key));
}
