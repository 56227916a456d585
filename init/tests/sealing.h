/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that are sealed in tests, for somebody whose secret key is known, and opened again by the
 * distribution's age.
 */
#ifndef TESTS_SEALING_H
#define TESTS_SEALING_H

#include "output/seal.h"

#include <stdbool.h>

/* The public key of the secret key in age's test vectors (C2SP CCTV). */
extern const uint8_t sealing_recipient[AGE_KEY];
#define SEALING_RECIPIENT "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"
#define SEALING_SECRET	  "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"

/* Keys that seal for it; each call begins another run. */
void sealing_keys(struct seal *keys);

/* age opens FILE, and what was in it takes its place; false when age refuses it. */
bool sealing_open(const char *file);

#endif
