// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET_RUN	8u		/* more in a row than chance brings about */
#define STACK_SECRET	0xAAu		/* of clang's -ftrivial-auto-var-init=pattern */
#define SCAN_BYTES	(1u << 20)	/* of a file, holes not counted */
#define DEVICE_ID	0x7064

/* Cores that calculate may come upon the secret by themselves. */
static bool calculates;

/* The sanitizers' runtime asks these for defaults; the environment goes first. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/**
 * __asan_default_options() - fill heap memory with the secret
 * Return: options.
 */
const char *__asan_default_options(void)
{
	return "malloc_fill_byte=201:max_malloc_fill_size=32768:"
	       "free_fill_byte=201:max_free_fill_size=4096:quarantine_size_mb=16";
}

/**
 * __ubsan_default_options() - say where it was
 * Return: options.
 */
const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1";
}

/**
 * fuzz_u8() - next byte of the input
 * @in: the input
 * Return: the byte, never a secret one; 0 behind the end.
 */
uint8_t fuzz_u8(struct fuzz_in *in)
{
	uint8_t byte;

	if (!in->left)
		return 0;
	in->left--;
	byte = *in->at++;
	return byte == FUZZ_SECRET || byte == STACK_SECRET ? byte - 1 : byte;
}

/**
 * fuzz_u16() - next two bytes, low one first
 * @in: the input
 * Return: the number.
 */
uint16_t fuzz_u16(struct fuzz_in *in)
{
	uint16_t low = fuzz_u8(in);

	return (uint16_t)(low | fuzz_u8(in) << 8);
}

/**
 * fuzz_u32() - next four bytes, low one first
 * @in: the input
 * Return: the number.
 */
uint32_t fuzz_u32(struct fuzz_in *in)
{
	uint32_t low = fuzz_u16(in);

	return low | (uint32_t)fuzz_u16(in) << 16;
}

/**
 * fuzz_u64() - next eight bytes, low one first
 * @in: the input
 * Return: the number.
 */
uint64_t fuzz_u64(struct fuzz_in *in)
{
	uint64_t low = fuzz_u32(in);

	return low | (uint64_t)fuzz_u32(in) << 32;
}

/**
 * fuzz_bytes() - next bytes as they are
 * @in: the input
 * @to: where to
 * @len: how many at most
 * Return: how many there were.
 */
size_t fuzz_bytes(struct fuzz_in *in, void *to, size_t len)
{
	uint8_t *byte = to;
	size_t i;

	if (len > in->left)
		len = in->left;
	for (i = 0; i < len; i++)
		byte[i] = fuzz_u8(in);
	return len;
}

/**
 * fuzz_expect() - end the run as a finding unless a promise is kept
 * @good: is it
 * @promise: what is promised
 */
void fuzz_expect(bool good, const char *promise)
{
	if (good)
		return;
	fprintf(stderr, "broken promise: %s\n", promise);
	abort();
}

static void no_run(uint8_t secret, const void *bytes, size_t len, const char *where)
{
	const uint8_t *at = bytes, *end = at + len;
	size_t run;

	for (; at < end && (at = memchr(at, secret, end - at)); at++) {
		for (run = 0; run < SECRET_RUN && at < end && *at == secret; at++)
			run++;
		if (run < SECRET_RUN)
			continue;
		fprintf(stderr, "memory of the emulator (%s) in %s\n",
			secret == FUZZ_SECRET ? "heap" : "stack", where);
		abort();
	}
}

/**
 * fuzz_no_secret() - nothing here comes out of the emulator's heap or stack
 * @bytes: what a client can read
 * @len: length
 * @where: its name, for the report
 */
void fuzz_no_secret(const void *bytes, size_t len, const char *where)
{
	if (calculates)
		return;
	no_run(FUZZ_SECRET, bytes, len, where);
	no_run(STACK_SECRET, bytes, len, where);
}

/**
 * fuzz_no_secret_in_file() - the same for a memory file, what is allocated of it
 * @fd: the file
 * @where: its name, for the report
 */
void fuzz_no_secret_in_file(int fd, const char *where)
{
	static uint8_t piece[65536];
	size_t scanned = 0;
	off_t at = 0;
	ssize_t got;

	while (scanned < SCAN_BYTES) {
		at = lseek(fd, at, SEEK_DATA);
		if (at < 0)
			return;
		got = pread(fd, piece, sizeof(piece), at);
		if (got <= 0)
			return;
		fuzz_no_secret(piece, (size_t)got, where);
		at += got;
		scanned += (size_t)got;
	}
}

/**
 * fuzz_open_fds() - changes when a descriptor was left open
 * Return: how many there are.
 */
unsigned int fuzz_open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	fuzz_expect(dir, "descriptors can be counted");
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/**
 * fuzz_options() - the first four bytes of an input are the emulator's command line
 * @in: the input
 * @opts: filled in
 */
void fuzz_options(struct fuzz_in *in, struct emu_opts *opts)
{
	uint8_t flags = fuzz_u8(in), kind = fuzz_u8(in), cards = fuzz_u8(in), more = fuzz_u8(in);

	*opts = (struct emu_opts){
		.nr_cards = cards & 2 ? cards & 3 : 1,
		.nr_spare = cards >> 4 & 1,
		.topology = kind % 3,
		.irq_mode = (kind >> 2) % 3,
		.dma_inline = flags & 1,
		.strict_bus_master = flags & 2,
		.true_bar_reads = !(flags & 4),
		.lenient_ring_ids = flags & 8,
		.isa = flags & 0x10 ? EMU_ISA_STAND_IN : EMU_ISA_NONE,
		.latency_us = flags & 0x20 ? 1 : 0,
		.bandwidth_mbps = flags & 0x40 ? 1000 : 0,
		.fwio_delay_ms = flags & 0x80 ? 1 : 0,
		.device_id = DEVICE_ID,
		.revision = 1,
		.reset_ms = more & 3,
		.bar4_bytes = more & 4 ? 1u << 20 : EMU_DRAM_BYTES,
		.bar0_bytes = more & 8 ? 2 * EMU_BAR0_BYTES : 0,
		.bar2_bytes = more & 0x10 ? 2 * EMU_BAR2_BYTES : 0,
		.crc_error = more & 0x20,
		.latch_doorbell = more & 0x40,
		.strict_rings = more & 0x80,
	};
	calculates = opts->isa == EMU_ISA_STAND_IN;
}
