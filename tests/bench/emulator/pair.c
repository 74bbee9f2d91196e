// SPDX-License-Identifier: GPL-2.0
#include "pair.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "card.h"
#include "hostmem.h"

#define HOST_IOVA	0x100000000ull
#define HOST_WINDOW	0x400000000000ull
#define RING_BYTES	(PAIR_LENGTH * DESC_BYTES)

/* Engine 2, queue 15: the published drivers copy with these. */
#define UDMA		0xC0000u
#define S2M		0x20000u
#define GEN		0x38000u
#define QUEUE		(0x1000u + 15 * 0x1000u)
#define Q_CONFIG	0x20u
#define Q_BASE_LO	0x28u
#define Q_BASE_HI	0x2Cu
#define Q_LENGTH	0x30u
#define Q_TAIL_ADD	0x38u
#define M2S_CONTROL	0xB0u
#define S2M_CONTROL	0x64u
#define GROUP_B		(GEN + 0x40)
#define MASK_CLEAR	0x18u
#define CONTROL		0x28u
#define AUTO_CLEAR	(1u << 2)
#define COMPLETION_LINE	3u		/* of engine 2 */

#define WORD0_FIRST_LAST (3u << 26)
#define WORD0_INTERRUPT	(1u << 28)
#define OP_COPY		0x01080003u

static void store(struct pair *pair, uint32_t off, uint32_t value)
{
	emu_card_bar_write(pair->card, 0, UDMA + off, &value, sizeof(value));
}

static void irq(void *arg, unsigned int source)
{
	struct pair *pair = arg;

	if (source == COMPLETION_LINE)
		sem_post(&pair->done);
}

static void make_host(struct pair *pair)
{
	size_t bytes = pair->data_bytes + 2 * RING_BYTES;
	int fd = memfd_create("bench-host", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)bytes))
		err(2, "host memory");
	pair->host = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pair->host == MAP_FAILED)
		err(2, "host memory");
	memset(pair->host, 0x5a, bytes);
	if (emu_hostmem_map(emu_card_hostmem(pair->card), HOST_IOVA, bytes, fd, 0,
			    EMU_HOSTMEM_READ | EMU_HOSTMEM_WRITE))
		errx(2, "host memory does not map");
	close(fd);
	pair->ring[0] = pair->host + pair->data_bytes;
	pair->ring[1] = pair->ring[0] + RING_BYTES;
}

static void map_dram(struct pair *pair)
{
	pair->dram = mmap(NULL, EMU_DRAM_BYTES, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_NORESERVE, emu_card_dram_fd(pair->card), 0);
	if (pair->dram == MAP_FAILED)
		err(2, "device memory");
}

static void program_half(struct pair *pair, uint32_t half, uint64_t base)
{
	store(pair, half + QUEUE + Q_CONFIG, 0x03000000);
	store(pair, half + QUEUE + (half ? S2M_CONTROL : M2S_CONTROL), 0x100);
	store(pair, half + QUEUE + Q_BASE_LO, (uint32_t)base);
	store(pair, half + QUEUE + Q_BASE_HI, (uint32_t)(base >> 32));
	store(pair, half + QUEUE + Q_LENGTH, PAIR_LENGTH);
	store(pair, half + QUEUE + Q_CONFIG, 0x03030000);
}

static void program(struct pair *pair)
{
	store(pair, 0x254, 0x010FFFFF);
	store(pair, 0x304, 0x00010080);
	store(pair, GEN + 0x3460, 1);
	program_half(pair, 0, pair_dev_host(pair, pair->data_bytes));
	program_half(pair, S2M, pair_dev_host(pair, pair->data_bytes + RING_BYTES));
	store(pair, GROUP_B + CONTROL, AUTO_CLEAR);
	store(pair, GROUP_B + MASK_CLEAR, ~(1u << 15));
	store(pair, GEN + MASK_CLEAR, ~1u);
}

/**
 * pair_create() - a card, host memory of which every page is there, an idle queue pair
 * @dma_inline: copies run within the store that starts them
 * @data_bytes: host memory beside the rings
 * Return: never NULL; what cannot be had ends the program.
 */
struct pair *pair_create(bool dma_inline, size_t data_bytes)
{
	struct emu_opts opts = {
		.nr_cards = 1,
		.topology = EMU_TOPOLOGY_NONE,
		.dma_inline = dma_inline,
		.irq_mode = EMU_IRQ_MSIX,
		.device_id = 0x7064,
		.revision = 1,
	};
	struct pair *pair = calloc(1, sizeof(*pair));

	if (!pair)
		err(2, "memory");
	pair->data_bytes = data_bytes;
	pair->ring_id = 1;
	sem_init(&pair->done, 0, 0);
	pair->box = emu_box_create(&opts);
	if (!pair->box)
		err(2, "card");
	pair->card = emu_box_card(pair->box, 0);
	emu_card_attach(pair->card);
	emu_card_set_irq(pair->card, irq, pair);
	make_host(pair);
	map_dram(pair);
	program(pair);
	return pair;
}

/**
 * pair_destroy() - give everything back
 * @pair: idle
 */
void pair_destroy(struct pair *pair)
{
	emu_card_set_irq(pair->card, NULL, NULL);
	emu_box_destroy(pair->box);
	munmap(pair->host, pair->data_bytes + 2 * RING_BYTES);
	munmap(pair->dram, EMU_DRAM_BYTES);
	sem_destroy(&pair->done);
	free(pair);
}

/**
 * pair_dev_host() - where the card sees a byte of host memory
 * @pair: the pair
 * @off: offset in @pair->host
 * Return: device address.
 */
uint64_t pair_dev_host(const struct pair *pair, size_t off)
{
	(void)pair;
	return HOST_WINDOW + HOST_IOVA + off;
}

static void put_desc(uint8_t *at, uint32_t word0, uint32_t word1, uint64_t addr)
{
	uint32_t words[4] = { word0, word1, (uint32_t)addr, (uint32_t)(addr >> 32) };

	memcpy(at, words, sizeof(words));
}

/**
 * pair_put() - write one copy, a packet of its own, into the rings
 * @pair: the pair
 * @dst: device address
 * @src: device address
 * @len_bytes: 1 to 65536
 * @last: it tells pair_run() that all before it are done, too
 */
void pair_put(struct pair *pair, uint64_t dst, uint64_t src, uint32_t len_bytes, bool last)
{
	uint32_t word0 = (len_bytes & 0xffff) | pair->ring_id << 24;
	size_t off = (size_t)pair->next * DESC_BYTES;

	put_desc(pair->ring[1] + off, word0 | (last ? WORD0_INTERRUPT : 0), 0, dst);
	put_desc(pair->ring[0] + off, word0 | WORD0_FIRST_LAST, OP_COPY, src);
	if (++pair->next == PAIR_LENGTH) {
		pair->next = 0;
		pair->ring_id = (pair->ring_id + 1) & 3;
	}
}

/**
 * pair_run() - start what was put and wait for its end
 * @pair: the pair
 * @descriptors: how many were put; the last one with @last
 */
void pair_run(struct pair *pair, uint32_t descriptors)
{
	store(pair, S2M + QUEUE + Q_TAIL_ADD, descriptors);
	store(pair, QUEUE + Q_TAIL_ADD, descriptors);
	while (sem_wait(&pair->done) && errno == EINTR)
		;
}
