/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfio-user server of one card: what makes it a PCI function for a client
 * such as QEMU. One client at a time; a further one waits in the backlog.
 */
#ifndef NEURON_EMU_VFU_H
#define NEURON_EMU_VFU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card.h"
#include "pcicfg.h"

struct emu_vfu;

/**
 * struct emu_vfu_stats - what the transport has done since it was created
 * @connected: a client has introduced itself and is there
 * @clients: clients that introduced themselves
 * @messages: messages received
 * @refused: of these, answered with an error
 * @dma_maps: mappings of host memory that exist now
 * @vectors: interrupt vectors that the client has granted now
 * @irqs_sent: interrupts signalled to the client
 * @irqs_lost: interrupts raised while no vector could take them
 */
struct emu_vfu_stats {
	bool connected;
	uint64_t clients;
	uint64_t messages;
	uint64_t refused;
	size_t dma_maps;
	unsigned int vectors;
	uint64_t irqs_sent;
	uint64_t irqs_lost;
};

struct emu_vfu *emu_vfu_create(struct emu_card *card, const struct emu_opts *opts,
			       unsigned int index);
void emu_vfu_destroy(struct emu_vfu *vfu);
int emu_vfu_listen(struct emu_vfu *vfu, const char *path);
void emu_vfu_serve(struct emu_vfu *vfu, int fd);
bool emu_vfu_error(struct emu_vfu *vfu, enum emu_pcicfg_error kind, unsigned int bit);
void emu_vfu_get_stats(struct emu_vfu *vfu, struct emu_vfu_stats *stats);

#endif
