// SPDX-License-Identifier: GPL-2.0
/* PCI configuration space: what a guest finds, and what it can change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "pcicfg.h"

static struct emu_pcicfg cfg;
static const struct emu_opts defaults = {
	.irq_mode = EMU_IRQ_MSI,
	.device_id = 0x7064,
	.revision = 0x01,
	.bar4_bytes = EMU_DRAM_BYTES,
};

static uint32_t rd(size_t off, size_t len)
{
	uint32_t value = 0;

	emu_pcicfg_read(&cfg, off, &value, len);
	return value;
}

static unsigned int wr(size_t off, size_t len, uint32_t value)
{
	return emu_pcicfg_write(&cfg, off, &value, len);
}

static int setup(void **state)
{
	(void)state;
	emu_pcicfg_init(&cfg, &defaults, 3);
	return 0;
}

static void init_with_irq(enum emu_irq_mode mode)
{
	struct emu_opts opts = defaults;

	opts.irq_mode = mode;
	emu_pcicfg_init(&cfg, &opts, 0);
}

/* Offset of a capability, 0 without; every pointer on the way is checked. */
static size_t find_cap(uint8_t id)
{
	size_t at = rd(0x34, 1);
	int steps = 0;

	while (at) {
		assert_true(at >= 0x40 && at < 0x100 && !(at & 3));
		assert_true(++steps < 48);
		if (rd(at, 1) == id)
			return at;
		at = rd(at + 1, 1);
	}
	return 0;
}

static size_t find_ext_cap(uint16_t id)
{
	size_t at = 0x100;
	int steps = 0;

	while (at) {
		assert_true(at >= 0x100 && at < EMU_PCICFG_BYTES && !(at & 3));
		assert_true(++steps < 100);
		if (rd(at, 2) == id)
			return at;
		at = rd(at, 4) >> 20;
	}
	return 0;
}

static void the_header_says_what_the_card_is(void **state)
{
	(void)state;
	assert_int_equal(rd(0x00, 4), 0x70641d0f);
	assert_int_equal(rd(0x04, 2), 0);
	assert_int_equal(rd(0x06, 2), 0x0010);
	assert_int_equal(rd(0x08, 4), 0x08800001);
	assert_int_equal(rd(0x0e, 1), 0x00);
	assert_int_equal(rd(0x2c, 4), 0x70641d0f);
	assert_int_equal(rd(0x30, 4), 0);
	assert_int_equal(rd(0x3d, 1), 0);
}

static void ids_come_from_the_options(void **state)
{
	struct emu_opts opts = defaults;

	(void)state;
	opts.device_id = 0x7067;
	opts.revision = 0xff;
	emu_pcicfg_init(&cfg, &opts, 0);
	assert_int_equal(rd(0x02, 2), 0x7067);
	assert_int_equal(rd(0x08, 1), 0xff);
}

static uint64_t bar(unsigned int n)
{
	return rd(0x10 + 4 * n, 4) | (uint64_t)rd(0x14 + 4 * n, 4) << 32;
}

static uint64_t size_of_bar(unsigned int n)
{
	wr(0x10 + 4 * n, 4, 0xffffffff);
	wr(0x14 + 4 * n, 4, 0xffffffff);
	return ~(bar(n) & ~0xfULL) + 1;
}

static void bars_keep_their_type_bits_whatever_is_written(void **state)
{
	const uint32_t type[] = { 0x4, 0xc, 0xc };
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_true(bar(2 * i) == type[i]);
		wr(0x10 + 8 * i, 4, 0);
		assert_true(bar(2 * i) == type[i]);
		wr(0x10 + 8 * i, 4, 0xffffffff);
		assert_int_equal(rd(0x10 + 8 * i, 4) & 0xf, type[i]);
	}
}

static void bars_are_sized_by_writing_ones(void **state)
{
	struct emu_opts opts = defaults;

	(void)state;
	assert_true(size_of_bar(0) == EMU_BAR0_BYTES);
	assert_true(size_of_bar(2) == EMU_BAR2_BYTES);
	assert_true(size_of_bar(4) == EMU_DRAM_BYTES);
	opts.bar4_bytes = 64ULL << 20;
	emu_pcicfg_init(&cfg, &opts, 0);
	assert_true(size_of_bar(4) == 64ULL << 20);
}

static void bars_hold_an_address(void **state)
{
	(void)state;
	wr(0x20, 4, 0);
	wr(0x24, 4, 0x12);
	assert_true(bar(4) == 0x120000000cULL);
	wr(0x10, 4, 0xfe000000);
	assert_true(bar(0) == 0xfe000004);
}

static void the_command_register_tells_of_bus_mastering(void **state)
{
	(void)state;
	assert_false(emu_pcicfg_bus_master(&cfg));
	assert_int_equal(wr(0x04, 2, 0x0002), 0);
	assert_int_equal(wr(0x04, 2, 0x0006), EMU_PCICFG_COMMAND);
	assert_true(emu_pcicfg_bus_master(&cfg));
	assert_int_equal(wr(0x04, 2, 0x0406), 0);
	assert_int_equal(rd(0x04, 2), 0x0406);
	assert_int_equal(wr(0x04, 1, 0x00), EMU_PCICFG_COMMAND);
	assert_false(emu_pcicfg_bus_master(&cfg));
	wr(0x04, 2, 0xffff);
	assert_int_equal(rd(0x04, 2), 0x0546);
}

static void capabilities_follow_the_interrupt_mode(void **state)
{
	(void)state;
	init_with_irq(EMU_IRQ_NONE);
	assert_int_equal(find_cap(0x01), 0x40);
	assert_int_equal(find_cap(0x10), 0x70);
	assert_int_equal(find_cap(0x05), 0);
	assert_int_equal(find_cap(0x11), 0);
	init_with_irq(EMU_IRQ_MSI);
	assert_int_equal(find_cap(0x05), 0x50);
	assert_int_equal(find_cap(0x11), 0);
	assert_int_equal(find_cap(0x10), 0x70);
	init_with_irq(EMU_IRQ_MSIX);
	assert_int_equal(find_cap(0x11), 0x50);
	assert_int_equal(find_cap(0x05), 0);
	assert_int_equal(find_cap(0x10), 0x70);
}

static void msi_offers_32_vectors(void **state)
{
	size_t msi = find_cap(0x05);

	(void)state;
	assert_int_equal(rd(msi + 2, 2), 0x008a);
	wr(msi + 2, 2, 0xffff);
	assert_int_equal(rd(msi + 2, 2), 0x00fb);
	wr(msi + 4, 4, 0xfee00003);
	assert_int_equal(rd(msi + 4, 4), 0xfee00000);
}

static void msix_is_in_bar0(void **state)
{
	size_t msix;

	(void)state;
	init_with_irq(EMU_IRQ_MSIX);
	msix = find_cap(0x11);
	assert_int_equal(rd(msix + 2, 2), 31);
	assert_int_equal(rd(msix + 4, 4), 0xf00000);
	assert_int_equal(rd(msix + 8, 4), 0xf08000);
	wr(msix + 2, 2, 0xffff);
	assert_int_equal(rd(msix + 2, 2), 0xc01f);
	wr(msix + 4, 4, 0xffffffff);
	assert_int_equal(rd(msix + 4, 4), 0xf00000);
}

static void the_link_runs_at_gen3_x8(void **state)
{
	size_t exp = find_cap(0x10);

	(void)state;
	assert_int_equal(rd(exp + 2, 2), 0x0002);
	assert_int_equal(rd(exp + 0x0c, 4) & 0x3ff, 0x083);
	assert_int_equal(rd(exp + 0x12, 2) & 0x3ff, 0x083);
	assert_int_equal(rd(exp + 0x2c, 4), 0x0e);
	assert_int_equal(rd(exp + 0x30, 2) & 0xf, 3);
	assert_true(rd(exp + 4, 4) & 1u << 28);
}

static void extended_capabilities_are_aer_and_serial_number(void **state)
{
	size_t aer = find_ext_cap(0x0001);
	size_t serial = find_ext_cap(0x0003);

	(void)state;
	assert_int_equal(aer, 0x100);
	assert_int_equal(rd(aer + 0x0c, 4), 0x00462030);
	assert_true(serial != 0);
	assert_int_equal(rd(serial + 4, 4), 3);
	assert_int_equal(rd(serial + 8, 4), 0x1d0f7064);
	assert_int_equal(find_ext_cap(0x0010), 0);
}

static void status_bits_are_cleared_by_writing_ones(void **state)
{
	(void)state;
	cfg.reg[0x07] = 0xf9;
	wr(0x06, 2, 0x8000);
	assert_int_equal(rd(0x06, 2), 0x7910);
	wr(0x06, 2, 0x0000);
	assert_int_equal(rd(0x06, 2), 0x7910);
	wr(0x06, 2, 0xffff);
	assert_int_equal(rd(0x06, 2), 0x0010);
}

static void bit_15_of_device_control_resets_the_function(void **state)
{
	size_t devctl = find_cap(0x10) + 8;

	(void)state;
	wr(0x04, 2, 0x0006);
	wr(0x20, 4, 0x80000000);
	assert_int_equal(wr(devctl, 2, 0x2810), 0);
	assert_int_equal(wr(devctl, 2, 0xa810), EMU_PCICFG_RESET | EMU_PCICFG_COMMAND);
	assert_int_equal(rd(devctl, 2), 0x2810);
	assert_int_equal(rd(0x04, 2), 0);
	assert_true(bar(4) == 0xc);
	assert_int_equal(wr(devctl + 1, 1, 0x80), EMU_PCICFG_RESET);
	assert_int_equal(wr(devctl, 1, 0x80), 0);
	assert_int_equal(wr(devctl + 2, 2, 0x8000), 0);
}

static void coming_back_from_d3hot_resets_the_function(void **state)
{
	size_t pmcsr = find_cap(0x01) + 4;

	(void)state;
	assert_int_equal(wr(pmcsr, 2, 0), 0);
	wr(0x04, 2, 0x0006);
	assert_int_equal(wr(pmcsr, 2, 3), EMU_PCICFG_SLEEP);
	assert_true(emu_pcicfg_asleep(&cfg));
	assert_int_equal(wr(pmcsr, 2, 3), 0);
	assert_int_equal(wr(pmcsr, 2, 1), 0);
	assert_true(emu_pcicfg_asleep(&cfg));
	assert_int_equal(wr(pmcsr, 2, 0), EMU_PCICFG_RESET | EMU_PCICFG_COMMAND);
	assert_false(emu_pcicfg_asleep(&cfg));
	assert_int_equal(wr(pmcsr, 2, 2), 0);
	assert_int_equal(rd(pmcsr, 2), 0);
}

/* But for the registers of AER that the PCI Express specification calls sticky. */
static void reset_restores_every_byte(void **state)
{
	static uint8_t before[EMU_PCICFG_BYTES];
	static uint8_t after[EMU_PCICFG_BYTES];
	const size_t sticky = 0x104, sticky_end = 0x11c;
	size_t off;

	(void)state;
	emu_pcicfg_read(&cfg, 0, before, sizeof(before));
	for (off = 0; off < EMU_PCICFG_BYTES; off += 4)
		wr(off, 4, 0x5a5a5a5a);
	emu_pcicfg_reset(&cfg);
	emu_pcicfg_read(&cfg, 0, after, sizeof(after));
	assert_memory_equal(before, after, sticky);
	assert_memory_equal(before + sticky_end, after + sticky_end, sizeof(before) - sticky_end);
	assert_int_equal(rd(0x108, 4), 0x005a5010); /* a mask: bits that exist, as written */
	emu_pcicfg_power_on(&cfg);
	emu_pcicfg_read(&cfg, 0, after, sizeof(after));
	assert_memory_equal(before, after, sizeof(before));
}

static void only_known_capabilities_are_there(void **state)
{
	const uint16_t absent[] = { 0x0010, 0x000f, 0x001b, 0x0013 }; /* SR-IOV, ATS, PASID, PRI */
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		assert_int_equal(find_ext_cap(absent[i]), 0);
}

static void bar_options_change_size_and_type(void **state)
{
	struct emu_opts opts = defaults;

	(void)state;
	opts.bar0_bytes = 8ULL << 20;
	opts.bar2_bytes = 512ULL << 20;
	opts.bar2_nonprefetchable = true;
	emu_pcicfg_init(&cfg, &opts, 0);
	assert_true(bar(0) == 0x4 && bar(2) == 0x4 && bar(4) == 0xc);
	assert_true(size_of_bar(0) == 8ULL << 20);
	assert_true(size_of_bar(2) == 512ULL << 20);
}

static void power_management_has_d0_and_d3hot(void **state)
{
	size_t pm = find_cap(0x01);

	(void)state;
	assert_int_equal(rd(pm + 2, 2), 0x0003); /* neither D1 nor D2, no PME */
	assert_int_equal(rd(pm + 4, 2), 0);
}

#define DEVSTA	(find_cap(0x10) + 0x0a)
#define AER	find_ext_cap(0x0001)

static void correctable_errors_are_recorded(void **state)
{
	(void)state;
	assert_true(emu_pcicfg_error(&cfg, EMU_PCICFG_CORRECTABLE, 0));
	assert_true(emu_pcicfg_error(&cfg, EMU_PCICFG_CORRECTABLE, 12));
	assert_int_equal(rd(AER + 0x10, 4), 0x1001);
	assert_int_equal(rd(DEVSTA, 2), 0x0001);
	wr(AER + 0x10, 4, 0x1000);
	assert_int_equal(rd(AER + 0x10, 4), 0x0001);
	wr(DEVSTA, 2, 0x0001);
	assert_int_equal(rd(DEVSTA, 2), 0);
	assert_int_equal(rd(AER + 0x14, 4), 0x2000); /* advisory errors are masked */
	assert_int_equal(rd(AER + 0x04, 4), 0);
}

static void severity_decides_what_an_error_is(void **state)
{
	(void)state;
	assert_true(emu_pcicfg_error(&cfg, EMU_PCICFG_UNCORRECTABLE, 14)); /* not fatal */
	assert_int_equal(rd(AER + 0x04, 4), 1u << 14);
	assert_int_equal(rd(DEVSTA, 2), 0x0002);
	assert_true(emu_pcicfg_error(&cfg, EMU_PCICFG_UNCORRECTABLE, 18)); /* fatal */
	assert_int_equal(rd(DEVSTA, 2), 0x0006);
	assert_int_equal(rd(AER + 0x18, 4) & 0x1f, 14); /* the first one */
	wr(AER + 0x04, 4, 0xffffffff);
	wr(DEVSTA, 2, 0xf);
	wr(AER + 0x0c, 4, 1u << 14);
	assert_true(emu_pcicfg_error(&cfg, EMU_PCICFG_UNCORRECTABLE, 14));
	assert_int_equal(rd(DEVSTA, 2), 0x0004);
}

static void masked_error_is_not_the_first(void **state)
{
	(void)state;
	wr(AER + 0x08, 4, 1u << 14);
	assert_true(emu_pcicfg_error(&cfg, EMU_PCICFG_UNCORRECTABLE, 14));
	assert_true(emu_pcicfg_error(&cfg, EMU_PCICFG_UNCORRECTABLE, 16));
	assert_int_equal(rd(AER + 0x04, 4), 1u << 14 | 1u << 16);
	assert_int_equal(rd(AER + 0x18, 4) & 0x1f, 16);
}

static void errors_outlive_a_function_level_reset(void **state)
{
	(void)state;
	emu_pcicfg_error(&cfg, EMU_PCICFG_UNCORRECTABLE, 20);
	wr(find_cap(0x10) + 8, 2, 0x8000);
	assert_int_equal(rd(AER + 0x04, 4), 1u << 20);
	assert_int_equal(rd(DEVSTA, 2), 0);
	emu_pcicfg_power_on(&cfg);
	assert_int_equal(rd(AER + 0x04, 4), 0);
}

static void unknown_errors_are_refused(void **state)
{
	(void)state;
	assert_false(emu_pcicfg_error(&cfg, EMU_PCICFG_UNCORRECTABLE, 0));
	assert_false(emu_pcicfg_error(&cfg, EMU_PCICFG_CORRECTABLE, 1));
	assert_false(emu_pcicfg_error(&cfg, EMU_PCICFG_CORRECTABLE, 32));
	assert_int_equal(rd(DEVSTA, 2), 0);
}

static void read_only_bits_survive_any_write(void **state)
{
	const uint32_t patterns[] = { 0xffffffff, 0, 0xa5a5a5a5 };
	static uint8_t before[EMU_PCICFG_BYTES];
	size_t off;
	size_t i;

	(void)state;
	memcpy(before, cfg.reg, sizeof(before));
	for (i = 0; i < 3; i++)
		for (off = 0; off < EMU_PCICFG_BYTES; off += 4)
			wr(off, 4, patterns[i]);
	for (off = 0; off < EMU_PCICFG_BYTES; off++)
		assert_int_equal((cfg.reg[off] ^ before[off]) & ~cfg.rw[off], 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(the_header_says_what_the_card_is),
		T(ids_come_from_the_options),
		T(bars_keep_their_type_bits_whatever_is_written),
		T(bars_are_sized_by_writing_ones),
		T(bars_hold_an_address),
		T(the_command_register_tells_of_bus_mastering),
		T(capabilities_follow_the_interrupt_mode),
		T(msi_offers_32_vectors),
		T(msix_is_in_bar0),
		T(the_link_runs_at_gen3_x8),
		T(extended_capabilities_are_aer_and_serial_number),
		T(status_bits_are_cleared_by_writing_ones),
		T(bit_15_of_device_control_resets_the_function),
		T(coming_back_from_d3hot_resets_the_function),
		T(reset_restores_every_byte),
		T(only_known_capabilities_are_there),
		T(bar_options_change_size_and_type),
		T(power_management_has_d0_and_d3hot),
		T(correctable_errors_are_recorded),
		T(severity_decides_what_an_error_is),
		T(masked_error_is_not_the_first),
		T(errors_outlive_a_function_level_reset),
		T(unknown_errors_are_refused),
		T(read_only_bits_survive_any_write),
	};

	return cmocka_run_group_tests_name("pcicfg", tests, NULL, NULL);
}
