/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CRC is the remainder of a polynomial over GF(2); a zero byte multiplies it by x^8. So COUNT
 * zeros multiply it by x^(8 * COUNT), which squaring reaches in as many steps as COUNT has bits.
 */
#include "output/crc.h"

#define CRC_POLYNOMIAL UINT32_C(0xedb88320) /* IEEE 802.3, reflected: bit 31 is x^0 */
#define CRC_X8	       UINT32_C(0x00800000)

static uint32_t multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (uint32_t bit = UINT32_C(1) << 31; bit != 0; bit >>= 1) {
		if ((a & bit) != 0)
			product ^= b;
		b = (b & 1) != 0 ? b >> 1 ^ CRC_POLYNOMIAL : b >> 1;
	}
	return product;
}

uint32_t crc_zeros(uint32_t crc, uint64_t count)
{
	uint32_t power = CRC_X8;
	uint32_t rest = ~crc;

	for (; count != 0; count >>= 1) {
		if ((count & 1) != 0)
			rest = multiply(power, rest);
		power = multiply(power, power);
	}
	return ~rest;
}
