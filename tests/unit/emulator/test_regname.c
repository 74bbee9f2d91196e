// SPDX-License-Identifier: GPL-2.0
/* Names of registers. */
#include "model.h"

#include "regname.h"

static void names_in_bars(void **state)
{
	static const struct {
		unsigned int bar;
		uint32_t off;
		const char *name;
	} known[] = {
		{ 0, 0x000000, "engine[0].tdma.event-accel" },
		{ 0, 0x302020, "engine[11].tdma.write-reorder" },
		{ 0, 0x040200, "engine[0].m2s.state" },
		{ 0, 0x0C0604, "engine[2].m2s.revision" },
		{ 0, 0x060204, "engine[0].s2m.change-state" },
		{ 0, 0x0E0380, "engine[2].s2m.completion-control" },
		{ 0, 0x0D0038, "engine[2].m2s.queue[15].tail-increment" },
		{ 0, 0x0410B0, "engine[0].m2s.queue[0].control" },
		{ 0, 0x061064, "engine[0].s2m.queue[0].control" },
		{ 0, 0x0610B0, "engine[0].s2m.queue[0]+0xb0" },
		{ 0, 0x0400FC, "engine[0].m2s+0xfc" },
		{ 0, 0x17A030, "engine[3].gen.secondary-a.abort-mask" },
		{ 0, 0x178058, "engine[3].gen.primary-b.mask-clear" },
		{ 0, 0x17A300, "engine[3].gen.axi-timeout" },
		{ 0, 0x17B460, "engine[3].gen.spare" },
		{ 0, 0x3FC7CC, "engine[11].gen-ex.address-select[15].rx-completion" },
		{ 0, 0x3FC800, "engine[11].gen-ex+0x800" },
		{ 0, 0x003000, "bar0+0x3000" },
		{ 0, 0x404BFC, "core[0].nq.notify[0.0].base-lo" },
		{ 0, 0x434C7C, "core[3].nq.trace[0.0].base-lo" },
		{ 0, 0x404F34, "core[0].nq.notify[3.1].tail" },
		{ 0, 0x41407C + 0x1000, "core[1].nq.error.size" },
		{ 0, 0x4150AC, "core[1].nq.event.head" },
		{ 0, 0x4150B4, "core[1].nq+0x10b4" },
		{ 0, 0x78E01C, "misc.status" },
		{ 0, 0x78E1F0, "misc.request-hi" },
		{ 0, 0x78E800, "misc.doorbell" },
		{ 0, 0x78E0C0, "misc+0xc0" },
		{ 0, 0xF00010, "msix.table+0x10" },
		{ 0, 0xF08000, "msix.pending+0x0" },
		{ 0, 0x800000, "bar0+0x800000" },
		{ 2, 0x0000010, "core[0].memory+0x10" },
		{ 2, 0x665C004, "core[1].instruction-fifo+0x4" },
		{ 2, 0x2700044, "core[0].event[17]" },
		{ 2, 0xE701000, "core[3].semaphore[0].value" },
		{ 2, 0x270117C, "core[0].semaphore[31].set" },
		{ 2, 0x2701204, "core[0].semaphore[1].add" },
		{ 2, 0x2701300, "core[0].semaphore[0].subtract" },
		{ 2, 0x2701180, "core[0].sync+0x1180" },
		{ 2, 0x10000000, "bar2+0x10000000" },
		{ 4, 0x20, "bar4+0x20" },
	};
	char name[EMU_REGNAME_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		emu_regname(known[i].bar, known[i].off, name);
		assert_string_equal(name, known[i].name);
	}
}

static void names_of_addresses(void **state)
{
	static const struct {
		uint64_t addr;
		const char *name;
	} known[] = {
		{ APB + MISC + 0x24, "misc.device-id" },
		{ EAST + APB + MISC + 0x24, "east:misc.device-id" },
		{ WEST + CORES + 0x2700000, "west:core[0].event[0]" },
		{ PORT1 + 0x40, "dram[0]+0x40" },
		{ DRAM1 + 0x40, "dram[1]+0x40" },
		{ HOST + 0x1234, "host+0x1234" },
		{ 0x2000000000, "nothing" },
		{ UINT64_MAX, "nothing" },
	};
	char name[EMU_REGNAME_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		emu_regname_of_address(known[i].addr, name);
		assert_string_equal(name, known[i].name);
	}
}

/* Two registers with one name would mislead; plain text goes into JSON as it is. */
static void every_word_has_a_name_of_its_own(void **state)
{
	char name[EMU_REGNAME_BYTES], before[EMU_REGNAME_BYTES] = "";
	uint32_t off;

	(void)state;
	for (off = 0; off < EMU_BAR0_BYTES; off += 4) {
		emu_regname(0, off, name);
		assert_string_not_equal(name, before);
		assert_null(strpbrk(name, "\"\\\n"));
		memcpy(before, name, sizeof(before));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAIN("registers are named after block, number and use", names_in_bars),
		PLAIN("device addresses are named after what lies there", names_of_addresses),
		PLAIN("names fit into JSON, neighbours have different ones",
		      every_word_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
