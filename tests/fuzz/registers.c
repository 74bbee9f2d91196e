// SPDX-License-Identifier: GPL-2.0
/*
 * Registers with DMA behind them: an input is a program of a driver gone mad, run against
 * the device library in process. A guest reaches all of this.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"
#include "hostmem.h"

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define FUZZ_MSAN 1
#endif
#endif

#define MAX_CARDS	4u
#define MAX_OPS		300u
#define READ_ONLY_IOVA	(FUZZ_IOVA + 0x100000)
#define READ_ONLY_BYTES	0x4000u

/* Of the descriptors, docs/hardware, section 3.9. */
#define M2S_FIRST	(1u << 26)
#define M2S_LAST	(1u << 27)
#define OP_COPY		0x01080003u

struct world {
	struct fuzz_in in;
	struct emu_opts opts;
	struct emu_box *box;
	struct emu_card *card;		/* the one that operations go to */
	int host_fd;			/* memory of the host, of all cards alike */
	int read_only_fd;
	atomic_uint irqs;
};

static void raised(void *arg, unsigned int source)
{
	struct world *w = arg;

	fuzz_expect(source < EMU_NR_VECTORS, "interrupt sources are those of the document");
	atomic_fetch_add(&w->irqs, 1);
}

static void store(struct world *w, unsigned int bar, uint64_t off, uint32_t value)
{
	emu_card_bar_write(w->card, bar, off, &value, sizeof(value));
}

/* By the file, so that a file that was cut does not kill the fuzzer itself. */
static void host_put(struct world *w, uint64_t off, const void *bytes, size_t len)
{
	if (pwrite(w->host_fd, bytes, len, (off_t)off) < 0)
		return;
}

static void do_store(struct world *w)
{
	uint32_t off = fuzz_apb_off(&w->in);

	store(w, 0, off, fuzz_word(&w->in));
}

static void do_store_core(struct world *w)
{
	uint32_t off = fuzz_core_off(&w->in);

	store(w, 2, off, fuzz_word(&w->in));
}

static void do_store_odd(struct world *w)
{
	static const uint64_t borders[] = {
		0, EMU_BAR0_BYTES - 8, EMU_BAR2_BYTES - 8, EMU_DRAM_BYTES - 8, UINT64_MAX - 7, 1u << 20,
	};
	uint8_t bar = fuzz_u8(&w->in), len = fuzz_u8(&w->in) % 65, bytes[64] = { 0 };
	uint64_t off = borders[(bar >> 4) % 6] + fuzz_u32(&w->in);

	fuzz_bytes(&w->in, bytes, len);
	emu_card_bar_write(w->card, bar % 8, off, bytes, len);
}

static void do_load(struct world *w)
{
	uint8_t kind = fuzz_u8(&w->in), bytes[64];
	size_t len = kind & 0x40 ? fuzz_u8(&w->in) % 65 : kind & 1 ? 8 : 4;
	uint64_t off;

	if (kind & 0x80)
		off = fuzz_u64(&w->in);
	else
		off = kind & 2 ? fuzz_core_off(&w->in) : fuzz_apb_off(&w->in);
	memset(bytes, FUZZ_SECRET, sizeof(bytes));
	emu_card_bar_read(w->card, kind & 0x20 ? fuzz_u8(&w->in) : kind & 2, off, bytes, len);
	fuzz_no_secret(bytes, len, "what a load answers");
#ifdef FUZZ_MSAN
	__msan_check_mem_is_initialized(bytes, len);
#endif
}

static void do_dram(struct world *w)
{
	uint8_t kind = fuzz_u8(&w->in), bytes[64] = { 0 };
	uint64_t off = (kind & 0x40 ? EMU_DRAM_BYTES / 2 : 0) + fuzz_u16(&w->in);
	size_t len = kind & 0x3f;

	fuzz_bytes(&w->in, bytes, len);
	emu_card_bar_write(w->card, 4, off, bytes, len);
}

static void do_host(struct world *w)
{
	uint16_t off = fuzz_u16(&w->in);
	uint8_t bytes[64];
	size_t len = fuzz_bytes(&w->in, bytes, fuzz_u8(&w->in) % 65);

	host_put(w, off % FUZZ_HOST_BYTES, bytes, len);
}

/* A word or two that a core or an engine takes for an address. */
static void do_host_addr(struct world *w)
{
	uint16_t off = fuzz_u16(&w->in);
	uint64_t addr = fuzz_dev_addr(&w->in);

	host_put(w, off % FUZZ_HOST_BYTES & ~7u, &addr, sizeof(addr));
}

static uint32_t length_field(struct fuzz_in *in)
{
	static const uint16_t lengths[] = {
		0, 1, 2, 3, 4, 8, 16, 32, 64, 100, 256, 512, 1000, 1024, 4096, 8192, 0xffff,
	};
	uint8_t kind = fuzz_u8(in);

	return kind < 0xf0 ? lengths[kind % 17] : fuzz_u16(in);
}

/*
 * Descriptors as a driver makes them, most of the time. Rings lie at multiples of 4 KiB
 * of host memory (or of DRAM, if the flags say so); M2S first, S2M half a ring behind.
 */
static void do_descriptor(struct world *w)
{
	uint8_t kind = fuzz_u8(&w->in), place = fuzz_u8(&w->in), flags = fuzz_u8(&w->in);
	uint32_t slot = kind >> 2, word[4];
	uint64_t addr, off = (place & 15) * 0x1000u + (place & 0x80 ? 0x800 : 0) + slot * 16u;

	word[0] = length_field(&w->in) | (uint32_t)(1 + (kind & 3)) % 4 << 24;
	if (!(flags & 1))
		word[0] |= M2S_FIRST;
	if (!(flags & 2))
		word[0] |= M2S_LAST;
	word[0] |= (uint32_t)(flags >> 2 & 3) << 28;
	if (flags & 0x40)
		word[0] |= fuzz_u32(&w->in);
	word[1] = flags & 0x10 ? fuzz_u32(&w->in) : OP_COPY;
	addr = fuzz_dev_addr(&w->in);
	word[2] = (uint32_t)addr;
	word[3] = (uint32_t)(addr >> 32);
	if (place & 0x40)
		emu_card_bar_write(w->card, 4, off, word, sizeof(word));
	else
		host_put(w, off, word, sizeof(word));
}

static void program_half(struct world *w, unsigned int engine, unsigned int queue, bool s2m,
			 uint64_t base, uint32_t length, uint64_t completion)
{
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, 0x20), 0);
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, s2m ? 0x64 : 0xB0), 0x100);
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, 0x28), (uint32_t)base);
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, 0x2C), (uint32_t)(base >> 32));
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, 0x30), length);
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, 0x44), (uint32_t)completion);
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, 0x48), (uint32_t)(completion >> 32));
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, s2m ? 0x54 : 0xA0), completion ? 1 : 0);
	store(w, 0, fuzz_queue_reg(engine, s2m, queue, 0x20), 0x30000);
}

static void do_ring(struct world *w)
{
	uint8_t which = fuzz_u8(&w->in), place = fuzz_u8(&w->in), flags = fuzz_u8(&w->in);
	unsigned int engine = which >> 4, queue = which & 15, length = 1 + fuzz_u8(&w->in) % 128;
	uint64_t window = place & 0x40 ? 0 : FUZZ_HOST + FUZZ_IOVA, completion = 0;
	uint64_t base = window + (place & 15) * 0x1000u;

	engine %= 12;
	if (flags & 1)
		completion = flags & 2 ? fuzz_dev_addr(&w->in) : window + 0xE000;
	program_half(w, engine, queue, false, base, length, completion);
	program_half(w, engine, queue, true, flags & 4 ? base : base + 0x800, length, completion);
	if (flags & 8)
		store(w, 0, fuzz_unit_reg(engine, 0x254), 0x010FFFFF);
	if (flags & 0x10)
		store(w, 0, fuzz_unit_reg(engine, 0x38000 + 0x2030), 0xF0000000);
	if (flags & 0x20)
		store(w, 0, fuzz_unit_reg(engine, 0x38000 + 0x2070), 0x000010F8);
	store(w, 0, fuzz_unit_reg(engine, 0x204), 1);
	store(w, 0, fuzz_unit_reg(engine, 0x20204), 1);
}

static void do_tail(struct world *w)
{
	uint8_t which = fuzz_u8(&w->in), count = fuzz_u8(&w->in);
	unsigned int engine = (which >> 4) % 12, queue = which & 15;

	if (!(count & 0x80))
		store(w, 0, fuzz_queue_reg(engine, true, queue, 0x38), 1 + (count & 0x3f));
	store(w, 0, fuzz_queue_reg(engine, false, queue, 0x38), 1 + (count & 0x3f));
}

static uint32_t crc32c(const uint8_t *bytes, size_t len)
{
	uint32_t crc = ~0u;
	unsigned int bit;

	for (; len; len--, bytes++) {
		crc ^= *bytes;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0);
	}
	return ~crc;
}

/* docs/hardware, section 4.3: sequence, command, size, checksum, then addresses. */
static size_t make_request(struct world *w, uint8_t flags, uint8_t request[8 + 64 * 8])
{
	size_t words = fuzz_u8(&w->in) % 65, bytes = 8 + words * 8, i;
	uint16_t size = flags & 2 ? fuzz_u16(&w->in) : (uint16_t)bytes;
	uint64_t addr;
	uint32_t crc;

	memset(request, 0, 8 + 64 * 8);
	request[0] = flags >> 4;
	request[1] = flags & 4 ? fuzz_u8(&w->in) : flags & 8 ? 2 : 1;
	memcpy(request + 2, &size, sizeof(size));
	for (i = 0; i < words; i++) {
		addr = 0xFFFF0000000ull + fuzz_apb_off(&w->in);
		if (!w->in.left)
			break;
		if (fuzz_u8(&w->in) & 1)
			addr = fuzz_dev_addr(&w->in);
		memcpy(request + 8 + i * 8, &addr, sizeof(addr));
	}
	crc = flags & 1 ? fuzz_u32(&w->in) : crc32c(request, bytes);
	memcpy(request + 4, &crc, sizeof(crc));
	return bytes;
}

static void do_request(struct world *w)
{
	uint8_t flags = fuzz_u8(&w->in), where = fuzz_u8(&w->in);
	uint8_t request[8 + 64 * 8];
	size_t bytes = make_request(w, flags, request);
	uint64_t from = FUZZ_HOST + FUZZ_IOVA + 0xC000, to = from + 0x1000;

	host_put(w, 0xC000, request, bytes);
	if (where & 1)
		from = fuzz_dev_addr(&w->in);
	if (where & 2)
		to = fuzz_dev_addr(&w->in);
	store(w, 0, FUZZ_MISC + 0x1F0, (uint32_t)(from >> 32));
	store(w, 0, FUZZ_MISC + 0x1F4, (uint32_t)from);
	store(w, 0, FUZZ_MISC + 0x1F8, (uint32_t)(to >> 32));
	store(w, 0, FUZZ_MISC + 0x1FC, (uint32_t)to);
	if (where & 0x30)
		store(w, 0, FUZZ_MISC + 0x1D8, where >> 6);
	store(w, 0, FUZZ_MISC + 0x1EC, where >> 4 & 3);
	store(w, 0, FUZZ_MISC + 0x800, 1);
}

static void do_notify_queue(struct world *w)
{
	uint8_t which = fuzz_u8(&w->in);
	uint32_t unit = 0x404000 + (which & 3) * 0x10000;
	uint32_t queue = unit + (which & 0x40 ? 0x1074 : which & 0x80 ? 0x1094 : 0xBFC);
	uint64_t base = fuzz_dev_addr(&w->in);

	queue += which & 0xC0 ? 0 : (which >> 2 & 15) * 0x20;
	store(w, 0, queue, (uint32_t)base);
	store(w, 0, queue + 4, (uint32_t)(base >> 32));
	store(w, 0, queue + 8, fuzz_u8(&w->in) * 16u);
	store(w, 0, queue + 0x18, fuzz_u8(&w->in));
}

static uint32_t operand(struct fuzz_in *in)
{
	static const uint32_t likely[] = {
		0, 1, 2, 3, 4, 8, 16, 31, 32, 64, 255, 256, 1024, 16384, 16385, 0x1000, 0x8000,
		0xFFFFFFF0, 0x80000000, 0xffffffff, 0x40, 5, 0x100, 0x101, 0x1000000, 40,
	};
	uint8_t kind = fuzz_u8(in);

	return kind < 0xe0 ? likely[kind % 26] : fuzz_u32(in);
}

/* One of the stand-in set, docs/isa.md, into a FIFO or where a ring may copy it from. */
static void do_instruction(struct world *w)
{
	static const uint8_t opcodes[] = {
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x10, 0x10, 0x11, 0x11, 0x12,
		0x1F, 0x00,
	};
	uint8_t kind = fuzz_u8(&w->in), where = fuzz_u8(&w->in);
	uint32_t word[16] = { 0x49530100u | opcodes[kind & 15], kind >> 4 };
	unsigned int i, words = kind & 0x80 ? fuzz_u8(&w->in) % 17 : 16;
	uint64_t fifo = (where & 3) * 0x4000000ull + 0x265C000;

	for (i = 2; i < 16 && w->in.left && (kind & 15) < 14; i++)
		word[i] = operand(&w->in);
	if (where & 0x40)
		host_put(w, 0x8000 + (where >> 2 & 15) * 64, word, words * 4);
	else if (where & 0x80)
		emu_card_bar_write(w->card, 4, (where >> 2 & 15) * 64, word, words * 4);
	else
		for (i = 0; i < words; i++)
			store(w, 2, fifo + i * 4, word[i]);
}

static void do_reset(struct world *w)
{
	uint8_t what = fuzz_u8(&w->in);

	if (what & 0x80) {
		emu_card_set_asleep(w->card, what & 1);
		return;
	}
	switch (what % 6) {
	case 0:
		emu_card_reset(w->card, EMU_RESET_FLR);
		break;
	case 1:
		emu_card_reset(w->card, EMU_RESET_CLIENT_GONE);
		break;
	case 2:
		emu_card_detach(w->card);
		break;
	case 3:
		emu_card_attach(w->card);
		break;
	default:
		emu_card_set_bus_master(w->card, what & 1);
		break;
	}
}

static void do_map(struct world *w)
{
	struct emu_hostmem *hm = emu_card_hostmem(w->card);
	uint8_t kind = fuzz_u8(&w->in);
	uint64_t off = fuzz_u8(&w->in) * 0x400ull, len = fuzz_u8(&w->in) * 0x400ull;

	switch (kind & 7) {
	case 0:
		emu_hostmem_unmap_all(hm);
		break;
	case 1:
	case 2:
		emu_hostmem_unmap(hm, FUZZ_IOVA + off, len);
		break;
	case 3:
		emu_hostmem_map(hm, fuzz_u64(&w->in), fuzz_u64(&w->in), w->host_fd,
				fuzz_u64(&w->in), 3);
		break;
	case 4:
		fuzz_disturb_file(&w->in, w->host_fd);
		break;
	case 5:
		fuzz_disturb_file(&w->in, emu_card_dram_fd(w->card));
		break;
	default:
		emu_hostmem_map(hm, FUZZ_IOVA + off, len, kind & 8 ? -1 : w->host_fd,
				kind & 0x10 ? 0 : off, kind >> 5 & 3);
		break;
	}
}

static void run_command(struct world *w, char *line)
{
	char *argv[17], *save = NULL, *word, *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	int argc = 0;

	for (word = strtok_r(line, " ", &save); word && argc < 16; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	if (argc)
		emu_card_command(w->card, argc, argv, out);
	fclose(out);
	fuzz_no_secret(text, bytes, "the answer to a command");
	free(text);
}

static void do_command(struct world *w)
{
	static const char *const lines[] = {
		"inject dma stall %u", "inject dma resume", "inject dma abort %u",
		"inject dma slow %u", "inject dma wrong-completion %u", "inject device dead",
		"inject device alive", "inject device reset-hang", "inject device never-ready",
		"inject device ready", "inject fwio delay %u 3", "inject fwio garbage 3",
		"inject fwio oversize %u", "inject fwio bad-seq", "inject fwio error %u",
		"inject fwio drop", "inject fwio none", "link east down", "link east up",
		"trace start /dev/null", "link west up", "inject nq overflow %u", "raise error 1 1 %u 1",
		"raise trace 0 2 %u 5", "raise notify 0 0 %u 1", "raise event 2 0 3 1", "trace stop",
		"dram read %u 64", "reg read 0 %u", "misc 64 %u",
		"show", "inject none", "inject dma corrupt %u", "inject dma lost-completion",
		"inject nq wrong-phase %u", "inject device ones", "inject device reset-fail %u",
		"inject irq lost %u", "inject irq spurious %u", "inject fwio short %u",
		"aer uncorrectable %u", "power %u", "inject device none",
	};
	uint8_t which = fuzz_u8(&w->in);
	char line[128];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
	snprintf(line, sizeof(line), lines[which % (sizeof(lines) / sizeof(lines[0]))],
		 fuzz_u8(&w->in));
#pragma GCC diagnostic pop
#ifndef FUZZ_MSAN	/* json-c is not instrumented */
	run_command(w, line);
#else
	(void)run_command;
#endif
}

static void do_pause(struct world *w)
{
	uint8_t turns = fuzz_u8(&w->in) & 15;

	while (turns--)
		sched_yield();
}

/* Always 32, so that inputs keep their meaning: a new one takes the place of a repeated one. */
#define NR_OPERATIONS 32u

static void (*const operations[NR_OPERATIONS])(struct world *w) = {
	do_store, do_store, do_store_core, do_store_odd, do_load, do_dram, do_host,
	do_host_addr, do_descriptor, do_descriptor, do_descriptor, do_ring, do_ring, do_tail,
	do_tail, do_tail, do_request, do_request, do_notify_queue, do_reset, do_map,
	do_command, do_pause, do_instruction, do_store_core, do_descriptor, do_ring, do_tail,
	do_request, do_map, do_command, do_load,
};

static void connect_card(struct world *w, struct emu_card *card)
{
	struct emu_hostmem *hm = emu_card_hostmem(card);

	emu_hostmem_map(hm, FUZZ_IOVA, FUZZ_HOST_BYTES, w->host_fd, 0,
			EMU_HOSTMEM_READ | EMU_HOSTMEM_WRITE);
	emu_hostmem_map(hm, READ_ONLY_IOVA, READ_ONLY_BYTES, w->read_only_fd, 0,
			EMU_HOSTMEM_READ);
	emu_card_set_irq(card, raised, w);
	emu_card_attach(card);
	emu_card_set_bus_master(card, true);
}

static void check_card(struct emu_card *card)
{
	fuzz_no_secret_in_file(emu_card_dram_fd(card), "device memory");
#ifdef FUZZ_MSAN
	struct emu_hostmem *hm = emu_card_hostmem(card);
	size_t len = FUZZ_HOST_BYTES;
	void *at;

	emu_hostmem_begin(hm);
	at = emu_hostmem_ptr(hm, FUZZ_IOVA, &len, EMU_HOSTMEM_READ);
	if (at)
		__msan_check_mem_is_initialized(at, len);
	emu_hostmem_end(hm);
#endif
}

/* What still runs is stopped before it is looked at: rings may feed themselves. */
static void end_cards(struct world *w)
{
	unsigned int i;

	for (i = 0; i < emu_box_count(w->box); i++) {
		struct emu_card *card = emu_box_card(w->box, i);

		check_card(card);
		emu_card_reset(card, EMU_RESET_BUS);
	}
}

/**
 * LLVMFuzzerTestOneInput() - run one program
 * @data: options of the box, then operations, one byte each and what they need
 * @size: length
 * Return: 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { .in = { data, size } };
	unsigned int open_fds = fuzz_open_fds();
	unsigned int i;
	uint8_t op;

	fuzz_options(&w.in, &w.opts);
	w.box = emu_box_create(&w.opts);
	fuzz_expect(w.box, "a box can be made");
	w.host_fd = fuzz_memory_file(FUZZ_HOST_BYTES, 0);
	w.read_only_fd = fuzz_memory_file(READ_ONLY_BYTES, 0);
	for (i = 0; i < emu_box_count(w.box); i++)
		connect_card(&w, emu_box_card(w.box, i));
	w.card = emu_box_card(w.box, 0);

	for (i = 0; i < MAX_OPS && w.in.left; i++) {
		op = fuzz_u8(&w.in);
		if (op >= 0xF0)
			w.card = emu_box_card(w.box, op % emu_box_count(w.box));
		else
			operations[op % NR_OPERATIONS](&w);
	}
	end_cards(&w);
	emu_box_destroy(w.box);
	fuzz_no_secret_in_file(w.host_fd, "host memory");
	close(w.host_fd);
	close(w.read_only_fd);
	fuzz_expect(fuzz_open_fds() == open_fds, "no descriptor is left open");
	return 0;
}
