/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host memory as one card reaches it: the DMA mappings that the vfio-user client sent.
 * Thread-safe: DMA workers look up while the transport maps and unmaps.
 */
#ifndef NEURON_EMU_HOSTMEM_H
#define NEURON_EMU_HOSTMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emu_hostmem;

struct emu_hostmem *emu_hostmem_create(void);
void emu_hostmem_destroy(struct emu_hostmem *hm);

#define EMU_HOSTMEM_READ	1u
#define EMU_HOSTMEM_WRITE	2u

/* fd < 0: known but not reachable (no descriptor came); the fd is not consumed. */
int emu_hostmem_map(struct emu_hostmem *hm, uint64_t iova, uint64_t len_bytes,
		    int fd, uint64_t fd_off, unsigned int prot);
/* Drops whatever lies inside the range (the client's deviation); never fails. */
void emu_hostmem_unmap(struct emu_hostmem *hm, uint64_t iova, uint64_t len_bytes);
void emu_hostmem_unmap_all(struct emu_hostmem *hm);
size_t emu_hostmem_count(struct emu_hostmem *hm);

/*
 * Copies; ranges may span mappings. Return 0 or -EFAULT; a read that faults
 * leaves buf undefined, a write that faults has written nothing.
 */
int emu_hostmem_read(struct emu_hostmem *hm, uint64_t iova, void *buf, size_t len);
int emu_hostmem_write(struct emu_hostmem *hm, uint64_t iova, const void *buf, size_t len);

enum emu_hostmem_reach {
	EMU_HOSTMEM_REACHED,
	EMU_HOSTMEM_UNMAPPED,
	EMU_HOSTMEM_READ_ONLY,		/* mapped, but not for writing */
	EMU_HOSTMEM_WRITE_ONLY,		/* mapped, but not for reading */
	EMU_HOSTMEM_NO_MEMORY,		/* mapped, but without a descriptor, or its file was cut */
};

enum emu_hostmem_reach emu_hostmem_reach(struct emu_hostmem *hm, uint64_t *iova,
					 uint64_t len_bytes, unsigned int prot);

/*
 * Zero-copy access for DMA: between begin and end, ptr() answers the longest
 * contiguous piece at iova (up to *len, updated), or NULL if unreachable.
 * No map or unmap takes effect between begin and end, so keep it short.
 */
void emu_hostmem_begin(struct emu_hostmem *hm);
void *emu_hostmem_ptr(struct emu_hostmem *hm, uint64_t iova, size_t *len, unsigned int prot);
void emu_hostmem_end(struct emu_hostmem *hm);

/* What a thread holds; between pause and resume nothing, and it may take other locks. */
struct emu_hostmem_held {
	struct emu_hostmem *hm;
	unsigned int depth;
};

struct emu_hostmem_held emu_hostmem_pause(void);
void emu_hostmem_resume(struct emu_hostmem_held paused);

/*
 * A client may cut a mapped file short. Whoever touches it then finds zeros, and lost()
 * is true once; ptr() answers NULL afterwards. mend() is for the signal handler.
 */
bool emu_hostmem_mend(const void *addr);
bool emu_hostmem_lost(void);

#endif
