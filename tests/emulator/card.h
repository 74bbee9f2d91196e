/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device model as its users (transport, control socket, unit tests, fuzzers) see it.
 *
 * A box is one process's set of cards; a card is one PCI function. Everything
 * here may be called from any thread; calls for one card are serialised inside.
 */
#ifndef NEURON_EMU_CARD_H
#define NEURON_EMU_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct emu_box;
struct emu_card;
struct emu_hostmem;
struct emu_trace;

enum emu_topology { EMU_TOPOLOGY_RING, EMU_TOPOLOGY_LINE, EMU_TOPOLOGY_NONE };
enum emu_isa_mode { EMU_ISA_NONE, EMU_ISA_STAND_IN };
enum emu_irq_mode { EMU_IRQ_NONE, EMU_IRQ_MSI, EMU_IRQ_MSIX };

/* Why a card is being reset: all of them are a power-on reset of the model. */
enum emu_reset_kind { EMU_RESET_BUS, EMU_RESET_FLR, EMU_RESET_CLIENT_GONE };

/**
 * struct emu_opts - what the command line says about all cards of a box
 * @nr_cards: cards linked by @topology
 * @nr_spare: further cards without links (hot-plug slots)
 * @topology: how the first @nr_cards cards are linked east to west
 * @dma_inline: run a copy inside the tail-increment write (else on a worker)
 * @latency_us: what a packet takes before its data moves, microseconds
 * @bandwidth_mbps: of each engine, 10^6 bytes per second; 0: not limited. Where one of these
 *	two is set, packets wait for the clock and are executed beside their caller, even with
 *	@dma_inline: a store that slept would stop the guest
 * @irq_mode: interrupt capability offered in PCI configuration space
 * @device_id: PCI device id, 0x7064..0x7067
 * @revision: PCI revision byte
 * @reset_ms: how long a reset keeps the firmware silent, milliseconds
 * @bar0_bytes: size of BAR0, a power of two; 0: EMU_BAR0_BYTES
 * @bar2_bytes: size of BAR2, at least EMU_BAR2_BYTES; 0: just that
 * @bar2_nonprefetchable: BAR2 says that reading it has side effects
 * @bar4_bytes: size of the BAR4 window (the DRAM behind it stays 2 x 4 GiB)
 * @api_version: what the firmware calls its interface; 0: EMU_API_VERSION
 * @serial: serial number of the first card, the next one has the next; 0: none has one
 * @fwio_delay_ms: how long the firmware takes for an answer, milliseconds
 * @crc_error: a request with a wrong checksum gets error 1 instead of silence
 * @latch_doorbell: one doorbell rung during a reset is served after it
 * @strict_rings: a ring whose start or end is not on 256 bytes takes no descriptors
 * @strict_bus_master: refuse DMA and FWIO while bus mastering is off
 * @true_bar_reads: direct loads of BAR0/BAR2 return the register, not ones
 * @lenient_ring_ids: ignore ring ids of descriptors
 * @isa: what happens to what is written into instruction FIFOs
 * @trace_path: file that the trace goes to unless one is named; NULL: none
 * @log: where one line per cause of refused or odd input goes; NULL: nowhere
 */
struct emu_opts {
	unsigned int nr_cards;
	unsigned int nr_spare;
	enum emu_topology topology;
	bool dma_inline;
	uint32_t latency_us;
	uint32_t bandwidth_mbps;
	enum emu_irq_mode irq_mode;
	uint16_t device_id;
	uint8_t revision;
	unsigned int reset_ms;
	uint64_t bar0_bytes;
	uint64_t bar2_bytes;
	uint64_t bar4_bytes;
	bool bar2_nonprefetchable;
	uint32_t api_version;
	uint64_t serial;
	unsigned int fwio_delay_ms;
	bool crc_error;
	bool latch_doorbell;
	bool strict_rings;
	bool strict_bus_master;
	bool true_bar_reads;
	bool lenient_ring_ids;
	enum emu_isa_mode isa;
	const char *trace_path;
	FILE *log;
};

#define EMU_BAR0_BYTES	(16ULL << 20)	/* unless the options say otherwise */
#define EMU_BAR2_BYTES	(256ULL << 20)	/* what the four cores fill; BAR2 may be larger */
#define EMU_API_VERSION	2u		/* 3 would promise the power register */
#define EMU_DRAM_BYTES	(8ULL << 30)	/* both channels, back to back */
#define EMU_NR_VECTORS	32		/* interrupt sources, docs/hardware 8.4 */

static inline uint64_t emu_opts_bar0_bytes(const struct emu_opts *opts)
{
	return opts->bar0_bytes ? opts->bar0_bytes : EMU_BAR0_BYTES;
}

static inline uint64_t emu_opts_bar2_bytes(const struct emu_opts *opts)
{
	return opts->bar2_bytes ? opts->bar2_bytes : EMU_BAR2_BYTES;
}

struct emu_box *emu_box_create(const struct emu_opts *opts);
void emu_box_destroy(struct emu_box *box);
unsigned int emu_box_count(const struct emu_box *box);
struct emu_card *emu_box_card(struct emu_box *box, unsigned int index);
struct emu_trace *emu_box_trace(struct emu_box *box);

/* A client (QEMU) came or went: a card without one has its links down. */
void emu_card_attach(struct emu_card *card);
void emu_card_detach(struct emu_card *card);

void emu_card_bar_read(struct emu_card *card, unsigned int bar, uint64_t off,
		       void *buf, size_t len);
void emu_card_bar_write(struct emu_card *card, unsigned int bar, uint64_t off,
			const void *buf, size_t len);
void emu_card_reset(struct emu_card *card, enum emu_reset_kind kind);
void emu_card_set_bus_master(struct emu_card *card, bool on);

/* In D3hot a card does no DMA and sends no interrupts; a reset ends that. */
void emu_card_set_asleep(struct emu_card *card, bool asleep);

/* What descriptors and FWIO reach as host memory; filled by the transport. */
struct emu_hostmem *emu_card_hostmem(struct emu_card *card);

/* Memory file behind BAR4 (offset rule of docs/hardware 1.3), owned by the card. */
int emu_card_dram_fd(const struct emu_card *card);

/* raise() is called with a source number 0..31 of docs/hardware 8.4; must not block. */
void emu_card_set_irq(struct emu_card *card,
		      void (*raise)(void *arg, unsigned int source), void *arg);

/* True once "inject dead" made the function vanish: every region answers all ones. */
bool emu_card_is_dead(const struct emu_card *card);

/*
 * One control command (argv[0] = "show", "link", "inject", "raise", ...), answered
 * as one JSON object on @out. Returns 0, or -errno with {"error": "..."} written.
 */
int emu_card_command(struct emu_card *card, int argc, char **argv, FILE *out);

#endif
