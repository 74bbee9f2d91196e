// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "card.h"
#include "dram.h"

/**
 * emu_dram_init() - make 8 GiB of memory that costs nothing until it is written
 * @dram: storage
 * Context: once per card.
 * Return: 0 or a negative errno.
 */
int emu_dram_init(struct emu_dram *dram)
{
	int err;

	dram->fd = memfd_create("neuron-dram", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (dram->fd < 0)
		return -errno;
	/* Clients get this file; one that could cut it would end the emulator by SIGBUS. */
	if (ftruncate(dram->fd, EMU_DRAM_BYTES) < 0 ||
	    fcntl(dram->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto fail;
	dram->bytes = mmap(NULL, EMU_DRAM_BYTES, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_NORESERVE, dram->fd, 0);
	if (dram->bytes != MAP_FAILED)
		return 0;
fail:
	err = -errno;
	close(dram->fd);
	dram->fd = -1;
	dram->bytes = NULL;
	return err;
}

/**
 * emu_dram_fini() - give the memory back
 * @dram: possibly never initialised (bytes NULL)
 * Context: no user left.
 */
void emu_dram_fini(struct emu_dram *dram)
{
	if (!dram->bytes)
		return;
	munmap(dram->bytes, EMU_DRAM_BYTES);
	close(dram->fd);
	dram->bytes = NULL;
}

/**
 * emu_dram_drop() - forget the content, which then reads as zero
 * @dram: the card's memory
 *
 * A hole in the file keeps it sparse; a pattern would cost 8 GiB per reset.
 * Context: any; guests and engines may access it meanwhile.
 */
void emu_dram_drop(struct emu_dram *dram)
{
	fallocate(dram->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, EMU_DRAM_BYTES);
}
