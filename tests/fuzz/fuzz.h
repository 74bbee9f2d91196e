/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzz targets share: taking an input apart, addresses worth trying, hostile
 * descriptors, and the search for bytes of the emulator where a client can read.
 */
#ifndef NEURON_FUZZ_H
#define NEURON_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card.h"

/* What every target defines and libFuzzer, or replay.c, calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Fresh and freed heap memory is filled with this byte, fresh stack with another one. No
 * input can bring them along, so a run of one in front of a client comes out of the emulator.
 */
#define FUZZ_SECRET	0xC9u

struct fuzz_in {
	const uint8_t *at;
	size_t left;
};

/* input.c */
uint8_t fuzz_u8(struct fuzz_in *in);
uint16_t fuzz_u16(struct fuzz_in *in);
uint32_t fuzz_u32(struct fuzz_in *in);
uint64_t fuzz_u64(struct fuzz_in *in);
size_t fuzz_bytes(struct fuzz_in *in, void *to, size_t len);
void fuzz_expect(bool good, const char *promise);
void fuzz_no_secret(const void *bytes, size_t len, const char *where);
void fuzz_no_secret_in_file(int fd, const char *where);
unsigned int fuzz_open_fds(void);
void fuzz_options(struct fuzz_in *in, struct emu_opts *opts);

/* places.c */
#define FUZZ_HOST	0x0000400000000000ull	/* device address of host address 0 */
#define FUZZ_IOVA	0x12000000ull
#define FUZZ_HOST_BYTES	0x10000u		/* of the memory at FUZZ_IOVA */
#define FUZZ_MISC	0x78E000u

uint32_t fuzz_queue_reg(unsigned int engine, bool s2m, unsigned int queue, uint32_t reg);
uint32_t fuzz_unit_reg(unsigned int engine, uint32_t reg);
uint32_t fuzz_apb_off(struct fuzz_in *in);
uint32_t fuzz_core_off(struct fuzz_in *in);
uint64_t fuzz_dev_addr(struct fuzz_in *in);
uint32_t fuzz_word(struct fuzz_in *in);

/* files.c */
int fuzz_memory_file(uint64_t len_bytes, unsigned int seals);
int fuzz_odd_fd(struct fuzz_in *in, int memory_fd, int sock);
void fuzz_disturb_file(struct fuzz_in *in, int fd);

#endif
