// SPDX-License-Identifier: GPL-2.0
#include <pthread.h>

#include "firmware.h"

#define CASTAGNOLI_REFLECTED 0x82F63B78u

static uint32_t table[256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void fill_table(void)
{
	uint32_t byte, crc;
	int bit;

	for (byte = 0; byte < 256; byte++) {
		crc = byte;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CASTAGNOLI_REFLECTED : 0);
		table[byte] = crc;
	}
}

/**
 * emu_crc32c() - checksum of FWIO requests, docs/hardware, section 4.5
 * @bytes: what to sum
 * @len_bytes: how much of it
 * Context: any.
 * Return: the checksum.
 */
uint32_t emu_crc32c(const uint8_t *bytes, size_t len_bytes)
{
	uint32_t crc = 0xFFFFFFFF;
	size_t i;

	pthread_once(&table_once, fill_table);
	for (i = 0; i < len_bytes; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	return ~crc;
}
