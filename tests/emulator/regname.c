// SPDX-License-Identifier: GPL-2.0
#include "regname.h"

#include <stdarg.h>
#include <stdio.h>

#include "card.h"
#include "core.h"
#include "dma.h"
#include "engine.h"
#include "miscram.h"
#include "notify.h"
#include "regs.h"
#include "udma.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define BAR0_CORE_BYTES		0x100000u
#define BAR0_UNIT_BYTES		0x40000u
#define BAR0_TDMA_BYTES		0x1000u
#define BAR0_MSIX_TABLE		0xF00000u
#define BAR0_MSIX_PENDING	0xF08000u
#define MSIX_BYTES		0x8000u
#define QUEUE_BYTES		0x1000u
#define GROUP_BYTES		0x40u
#define SELECT_FIRST		0x400u
#define SELECT_BYTES		0x40u
#define NOTIFY_FIRST		0x0BFCu
#define TRACE_FIRST		0x0C7Cu
#define ERROR_FIRST		0x1074u
#define EVENT_FIRST		0x1094u
#define NOTIFY_QUEUE_BYTES	0x20u
#define NOTIFY_INSTANCE_BYTES	0x104u

struct reg {
	uint32_t off;
	const char *name;
};

static const struct reg tdma[] = {
	{ 0x00, "event-accel" }, { 0x1C, "read-reorder" }, { 0x20, "write-reorder" },
};

/* Alike in both halves of an engine. */
static const struct reg half_common[] = {
	{ 0x200, "state" }, { 0x204, "change-state" }, { 0x20C, "error-log-mask" },
	{ 0x214, "error-log[0]" }, { 0x218, "error-log[1]" }, { 0x21C, "error-log[2]" },
	{ 0x220, "error-log[3]" }, { 0x224, "error-log-clear" }, { 0x300, "prefetch-fifo" },
	{ 0x308, "prefetch-bursts" }, { 0x508, "count-bytes-lo" }, { 0x50C, "count-bytes-hi" },
	{ 0x510, "count-fetched" }, { 0x514, "count-packets-done" },
	{ 0x518, "count-entries" }, { 0x51C, "count-acks" },
};

static const struct reg m2s_common[] = {
	{ 0x118, "read-burst" }, { 0x11C, "descriptor-burst" }, { 0x120, "completion-burst" },
	{ 0x124, "outstanding" }, { 0x228, "data-fifo-status" },
	{ 0x22C, "header-fifo-status" }, { 0x230, "unacked-fifo-status" },
	{ 0x234, "queue-select" }, { 0x238, "prefetch-fifo-status" },
	{ 0x23C, "completion-fifo-status" }, { 0x240, "limiter-tokens" },
	{ 0x244, "scheduler-deficit" }, { 0x248, "clear-control" }, { 0x24C, "check-enable" },
	{ 0x250, "fifo-enable" }, { 0x254, "packet-length" }, { 0x258, "stream" },
	{ 0x304, "prefetch" }, { 0x310, "data-fifo" }, { 0x400, "completion-control" },
	{ 0x404, "coalescing" }, { 0x408, "ack-timeout" }, { 0x504, "count-packets" },
	{ 0x600, "feature[1]" }, { 0x604, "revision" }, { 0x608, "feature[3]" },
	{ 0x60C, "feature[4]" }, { 0x610, "feature[5]" },
};

static const struct reg s2m_common[] = {
	{ 0x124, "outstanding-reads" }, { 0x128, "outstanding-writes" },
	{ 0x12C, "outstanding-writes-2" }, { 0x228, "data-fifo-status" },
	{ 0x22C, "header-fifo-status" }, { 0x230, "axi-fifo-status" },
	{ 0x234, "unacked-fifo-status" }, { 0x238, "queue-select" },
	{ 0x23C, "prefetch-fifo-status" }, { 0x240, "completion-fifo-status" },
	{ 0x244, "clear-control" }, { 0x248, "check-enable" }, { 0x24C, "fifo-enable" },
	{ 0x250, "stream" }, { 0x304, "prefetch-policy" }, { 0x30C, "almost-full" },
	{ 0x340, "data-fifo" }, { 0x344, "no-descriptor-policy" },
	{ 0x380, "completion-control" }, { 0x384, "completion-fifo" },
	{ 0x38C, "ack-timeout" }, { 0x504, "count-dropped" }, { 0x600, "feature[1]" },
};

static const struct reg queue_common[] = {
	{ 0x20, "config" }, { 0x24, "status" }, { 0x28, "base-lo" }, { 0x2C, "base-hi" },
	{ 0x30, "length" }, { 0x34, "head" }, { 0x38, "tail-increment" }, { 0x3C, "tail" },
	{ 0x40, "current" }, { 0x44, "completion-base-lo" }, { 0x48, "completion-base-hi" },
	{ 0x4C, "completion-head" }, { 0x50, "completion-head-raw" },
};

static const struct reg m2s_queue[] = {
	{ 0x74, "limiter-mask" }, { 0x80, "scheduler-control" }, { 0x84, "scheduler-qos" },
	{ 0x88, "scheduler-weight" }, { 0xA0, "completion-config" }, { 0xB0, "control" },
	{ 0xC0, "packets" },
};

static const struct reg s2m_queue[] = {
	{ 0x54, "completion-config" }, { 0x58, "coalescing" }, { 0x5C, "header-split" },
	{ 0x60, "qos" }, { 0x64, "control" }, { 0x68, "packets" },
};

static const struct reg gen[] = {
	{ 0x2104, "revision" }, { 0x211C, "abort-control" }, { 0x2300, "axi-timeout" },
	{ 0x2304, "axi-config-2" }, { 0x2308, "axi-endianness" }, { 0x3420, "memory-init" },
	{ 0x3460, "spare" },
};

static const struct reg iofic_groups[] = {
	{ 0x0000, "primary-a" }, { 0x0040, "primary-b" }, { 0x0080, "primary-c" },
	{ 0x00C0, "primary-d" }, { 0x2000, "secondary-a" }, { 0x2040, "secondary-b" },
	{ 0x2080, "secondary-c" }, { 0x2D00, "axi-m2s-descriptor-read" },
	{ 0x2E00, "axi-m2s-data-read" }, { 0x2F00, "axi-m2s-completion-write" },
	{ 0x3000, "axi-s2m-descriptor-read" }, { 0x3100, "axi-s2m-data-write" },
	{ 0x3200, "axi-s2m-completion-write" }, { 0x3300, "axi-msix" },
};

static const struct reg iofic[] = {
	{ 0x00, "cause" }, { 0x08, "cause-set" }, { 0x10, "mask" }, { 0x18, "mask-clear" },
	{ 0x20, "status" }, { 0x28, "control" }, { 0x30, "abort-mask" }, { 0x38, "log-mask" },
};

static const struct reg selects[] = {
	{ 0x0, "tx" }, { 0x4, "rx-buffer-1" }, { 0x8, "rx-buffer-2" }, { 0xC, "rx-completion" },
};

static const struct reg notify[] = {
	{ 0x00, "base-lo" }, { 0x04, "base-hi" }, { 0x08, "size" }, { 0x0C, "tail" },
	{ 0x14, "overflows" }, { 0x18, "head" },
};

static const struct reg misc[] = {
	{ 0x000, "api-version" }, { 0x01C, "status" }, { 0x024, "device-id" },
	{ 0x038, "serial-lo" }, { 0x03C, "serial-hi" }, { 0x040, "ecc-sram" },
	{ 0x044, "ecc-memory[0]" }, { 0x048, "ecc-memory[1]" }, { 0x04C, "ecc-memory[2]" },
	{ 0x050, "ecc-memory[3]" }, { 0x054, "power[0]" }, { 0x058, "power[1]" },
	{ 0x064, "memory-repair" }, { 0x1D8, "reset-map" }, { 0x1EC, "reset-request" },
	{ 0x1F0, "request-hi" }, { 0x1F4, "request-lo" }, { 0x1F8, "response-hi" },
	{ 0x1FC, "response-lo" }, { 0x800, "doorbell" },
};

static const char *find(const struct reg *table, size_t count, uint32_t off)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (table[i].off == off)
			return table[i].name;
	return NULL;
}

/* A register by its name, or by its distance from the beginning of the block. */
__attribute__((format(printf, 4, 5)))
static void say(char *name, const char *reg, uint32_t off, const char *format, ...)
{
	va_list args;
	size_t used;

	va_start(args, format);
	used = (size_t)vsnprintf(name, EMU_REGNAME_BYTES, format, args);
	va_end(args);
	if (used >= EMU_REGNAME_BYTES)
		return;
	if (reg)
		snprintf(name + used, EMU_REGNAME_BYTES - used, ".%s", reg);
	else
		snprintf(name + used, EMU_REGNAME_BYTES - used, "+0x%x", off);
}

static void name_half(unsigned int engine, enum emu_dir dir, uint32_t off, char *name)
{
	const char *half = dir == EMU_M2S ? "m2s" : "s2m", *reg;
	unsigned int queue;

	if (off < EMU_UDMA_QUEUES || off >= EMU_UDMA_QUEUES + EMU_NR_QUEUES * QUEUE_BYTES) {
		reg = find(half_common, COUNT_OF(half_common), off);
		if (!reg)
			reg = dir == EMU_M2S ? find(m2s_common, COUNT_OF(m2s_common), off) :
					       find(s2m_common, COUNT_OF(s2m_common), off);
		say(name, reg, off, "engine[%u].%s", engine, half);
		return;
	}
	queue = (off - EMU_UDMA_QUEUES) / QUEUE_BYTES;
	off = (off - EMU_UDMA_QUEUES) % QUEUE_BYTES;
	reg = find(queue_common, COUNT_OF(queue_common), off);
	if (!reg)
		reg = dir == EMU_M2S ? find(m2s_queue, COUNT_OF(m2s_queue), off) :
				       find(s2m_queue, COUNT_OF(s2m_queue), off);
	say(name, reg, off, "engine[%u].%s.queue[%u]", engine, half, queue);
}

static void name_gen(unsigned int engine, uint32_t off, char *name)
{
	size_t i;

	for (i = 0; i < COUNT_OF(iofic_groups); i++) {
		if (off < iofic_groups[i].off || off >= iofic_groups[i].off + GROUP_BYTES)
			continue;
		off -= iofic_groups[i].off;
		say(name, find(iofic, COUNT_OF(iofic), off), off, "engine[%u].gen.%s", engine,
		    iofic_groups[i].name);
		return;
	}
	say(name, find(gen, COUNT_OF(gen), off), off, "engine[%u].gen", engine);
}

static void name_gen_ex(unsigned int engine, uint32_t off, char *name)
{
	unsigned int queue = (off - SELECT_FIRST) / SELECT_BYTES;

	if (off < SELECT_FIRST || queue >= EMU_NR_QUEUES) {
		say(name, NULL, off, "engine[%u].gen-ex", engine);
		return;
	}
	off = (off - SELECT_FIRST) % SELECT_BYTES;
	say(name, find(selects, COUNT_OF(selects), off), off,
	    "engine[%u].gen-ex.address-select[%u]", engine, queue);
}

static void name_udma(unsigned int engine, uint32_t off, char *name)
{
	if (off < EMU_UDMA_S2M)
		name_half(engine, EMU_M2S, off, name);
	else if (off < EMU_UDMA_GEN)
		name_half(engine, EMU_S2M, off - EMU_UDMA_S2M, name);
	else if (off < EMU_UDMA_GEN_EX)
		name_gen(engine, off - EMU_UDMA_GEN, name);
	else
		name_gen_ex(engine, off - EMU_UDMA_GEN_EX, name);
}

static void name_engines(uint32_t off, char *name)
{
	unsigned int first = off / BAR0_CORE_BYTES * EMU_ENGINES_PER_CORE;
	uint32_t in_core = off % BAR0_CORE_BYTES, in;

	if (in_core >= BAR0_UNIT_BYTES) {
		name_udma(first + in_core / BAR0_UNIT_BYTES - 1, in_core % BAR0_UNIT_BYTES, name);
	} else if (in_core < EMU_ENGINES_PER_CORE * BAR0_TDMA_BYTES) {
		in = in_core % BAR0_TDMA_BYTES;
		say(name, find(tdma, COUNT_OF(tdma), in), in, "engine[%u].tdma",
		    first + in_core / BAR0_TDMA_BYTES);
	} else {
		say(name, NULL, off, "bar0");
	}
}

static bool name_notify_queue(unsigned int core, uint32_t off, char *name)
{
	static const struct reg first[] = {
		{ NOTIFY_FIRST, "notify" }, { TRACE_FIRST, "trace" },
	};
	uint32_t in, instance;
	size_t i;

	for (i = 0; i < COUNT_OF(first); i++) {
		instance = (off - first[i].off) / NOTIFY_INSTANCE_BYTES;
		in = (off - first[i].off) % NOTIFY_INSTANCE_BYTES;
		if (off < first[i].off || instance >= EMU_NOTIFY_INSTANCES ||
		    in >= EMU_NOTIFY_SUBQUEUES * NOTIFY_QUEUE_BYTES)
			continue;
		off = in % NOTIFY_QUEUE_BYTES;
		say(name, find(notify, COUNT_OF(notify), off), off, "core[%u].nq.%s[%u.%u]", core,
		    first[i].name, instance, in / NOTIFY_QUEUE_BYTES);
		return true;
	}
	return false;
}

static void name_notify(unsigned int core, uint32_t off, char *name)
{
	if (name_notify_queue(core, off, name))
		return;
	if (off - ERROR_FIRST < NOTIFY_QUEUE_BYTES)
		say(name, find(notify, COUNT_OF(notify), off - ERROR_FIRST), off - ERROR_FIRST,
		    "core[%u].nq.error", core);
	else if (off - EVENT_FIRST < NOTIFY_QUEUE_BYTES)
		say(name, find(notify, COUNT_OF(notify), off - EVENT_FIRST), off - EVENT_FIRST,
		    "core[%u].nq.event", core);
	else
		say(name, NULL, off, "core[%u].nq", core);
}

static void name_bar0(uint32_t off, char *name)
{
	uint32_t in = off - EMU_APB_NOTIFY;

	if (off < EMU_NR_CORES * BAR0_CORE_BYTES)
		name_engines(off, name);
	else if (in < EMU_NR_CORES * EMU_APB_NOTIFY_STRIDE)
		name_notify(in / EMU_APB_NOTIFY_STRIDE, in % EMU_APB_NOTIFY_STRIDE, name);
	else if (off - EMU_APB_MISC < EMU_MISC_BYTES)
		say(name, find(misc, COUNT_OF(misc), off - EMU_APB_MISC), off - EMU_APB_MISC,
		    "misc");
	else if (off - BAR0_MSIX_TABLE < MSIX_BYTES)
		say(name, NULL, off - BAR0_MSIX_TABLE, "msix.table");
	else if (off - BAR0_MSIX_PENDING < MSIX_BYTES)
		say(name, NULL, off - BAR0_MSIX_PENDING, "msix.pending");
	else
		say(name, NULL, off, "bar0");
}

static void name_sync(unsigned int core, uint32_t off, char *name)
{
	static const char *const views[] = { "value", "set", "add", "subtract" };
	unsigned int view = (off - 0x1000) / 0x100, i = off % 0x100 / 4;

	if (off < 4 * EMU_NR_EVENTS)
		snprintf(name, EMU_REGNAME_BYTES, "core[%u].event[%u]", core, off / 4);
	else if (off >= 0x1000 && view < COUNT_OF(views) && i < EMU_NR_SEMAPHORES)
		snprintf(name, EMU_REGNAME_BYTES, "core[%u].semaphore[%u].%s", core, i,
			 views[view]);
	else
		say(name, NULL, off, "core[%u].sync", core);
}

static void name_bar2(uint32_t off, char *name)
{
	unsigned int core = off / EMU_CORE_BYTES;
	uint32_t in = off % EMU_CORE_BYTES;

	if (in - EMU_CORE_FIFO < EMU_CORE_FIFO_BYTES)
		say(name, NULL, in - EMU_CORE_FIFO, "core[%u].instruction-fifo", core);
	else if (in - EMU_CORE_SYNC < EMU_CORE_SYNC_BYTES)
		name_sync(core, in - EMU_CORE_SYNC, name);
	else
		say(name, NULL, in, "core[%u].memory", core);
}

/**
 * emu_regname() - what people call a register
 * @bar: 0 or 2; of others only the offset is said
 * @off: offset in it
 * @name: answers the name; characters that need no escape in JSON
 * Context: any.
 */
void emu_regname(unsigned int bar, uint64_t off, char name[EMU_REGNAME_BYTES])
{
	if (bar == 0 && off < EMU_BAR0_BYTES)
		name_bar0((uint32_t)off, name);
	else if (bar == 2 && off < EMU_BAR2_BYTES)
		name_bar2((uint32_t)off, name);
	else
		snprintf(name, EMU_REGNAME_BYTES, "bar%u+0x%llx", bar, (unsigned long long)off);
}

static void name_local(uint64_t addr, char *name)
{
	addr &= ~EMU_ADDR_PORT;
	if (addr >= EMU_ADDR_CORES && addr < EMU_ADDR_CORES + EMU_BAR2_BYTES)
		emu_regname(2, addr - EMU_ADDR_CORES, name);
	else if (addr >= EMU_ADDR_APB && addr < EMU_ADDR_APB + EMU_BAR0_BYTES)
		emu_regname(0, addr - EMU_ADDR_APB, name);
	else if (addr < EMU_CHANNEL_BYTES)
		snprintf(name, EMU_REGNAME_BYTES, "dram[0]+0x%llx", (unsigned long long)addr);
	else if (addr >= EMU_ADDR_DRAM1 && addr < EMU_ADDR_DRAM1 + EMU_CHANNEL_BYTES)
		snprintf(name, EMU_REGNAME_BYTES, "dram[1]+0x%llx",
			 (unsigned long long)(addr - EMU_ADDR_DRAM1));
	else
		snprintf(name, EMU_REGNAME_BYTES, "nothing");
}

/**
 * emu_regname_of_address() - what lies at a device address
 * @dev_addr: as in a descriptor or a firmware READ
 * @name: answers the name, as emu_regname(); behind "east:" or "west:" if it is a neighbour's
 * Context: any.
 */
void emu_regname_of_address(uint64_t dev_addr, char name[EMU_REGNAME_BYTES])
{
	static const char *const prefix[] = { "", "host", "east:", "west:" };
	uint64_t low = dev_addr & (EMU_ADDR_HOST - 1);
	uint64_t selector = dev_addr >> EMU_ADDR_SELECTOR_SHIFT;
	char local[EMU_REGNAME_BYTES];

	if (selector > 3) {
		snprintf(name, EMU_REGNAME_BYTES, "nothing");
	} else if (selector == EMU_ADDR_HOST >> EMU_ADDR_SELECTOR_SHIFT) {
		snprintf(name, EMU_REGNAME_BYTES, "host+0x%llx", (unsigned long long)low);
	} else {
		name_local(low, local);
		snprintf(name, EMU_REGNAME_BYTES, "%s%.*s", prefix[selector],
			 (int)(EMU_REGNAME_BYTES - sizeof("east:")), local);
	}
}
