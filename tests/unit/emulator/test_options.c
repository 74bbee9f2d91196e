// SPDX-License-Identifier: GPL-2.0
/* What the command line says reaches the cards; contradictions are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

#define MIB (1ull << 20)

static struct emu_settings settings;
static char said[1024];

/* Parses a line of words; what it complains of is in said. */
static enum emu_options_result parse(const char *line)
{
	FILE *catch = tmpfile();
	enum emu_options_result result;
	char copy[256], *argv[16] = { "neuron-emu" }, *save = NULL, *word;
	int argc = 1, keep = dup(STDERR_FILENO);
	size_t got;

	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	settings = (struct emu_settings){ .emu.nr_cards = 1, .emu.irq_mode = EMU_IRQ_MSI };
	optind = 0; /* start anew */
	assert_non_null(catch);
	dup2(fileno(catch), STDERR_FILENO);
	result = emu_options_parse(&settings, argc, argv);
	dup2(keep, STDERR_FILENO);
	close(keep);
	rewind(catch);
	got = fread(said, 1, sizeof(said) - 1, catch);
	said[got] = 0;
	fclose(catch);
	return result;
}

static void bars(void **state)
{
	(void)state;
	assert_int_equal(parse("--bar0-mib 8 --bar2-mib 512 --bar4-mib 64"), EMU_OPTIONS_RUN);
	assert_true(settings.emu.bar0_bytes == 8 * MIB);
	assert_true(settings.emu.bar2_bytes == 512 * MIB);
	assert_true(settings.emu.bar4_bytes == 64 * MIB);
	assert_false(settings.emu.bar2_nonprefetchable);
	assert_int_equal(parse("--bar2-nonprefetchable"), EMU_OPTIONS_RUN);
	assert_true(settings.emu.bar2_nonprefetchable);
	assert_true(emu_opts_bar0_bytes(&settings.emu) == 16 * MIB);
	assert_true(emu_opts_bar2_bytes(&settings.emu) == 256 * MIB);
}

static void firmware(void **state)
{
	(void)state;
	assert_int_equal(parse("--api-version 3 --serial 0x123456789a --fwio-delay-ms 7 "
			       "--crc-error --latch-doorbell --reset-ms 0"), EMU_OPTIONS_RUN);
	assert_int_equal(settings.emu.api_version, 3);
	assert_true(settings.emu.serial == 0x123456789a);
	assert_int_equal(settings.emu.fwio_delay_ms, 7);
	assert_true(settings.emu.crc_error);
	assert_true(settings.emu.latch_doorbell);
	assert_int_equal(parse(""), EMU_OPTIONS_RUN);
	assert_false(settings.emu.crc_error);
	assert_false(settings.emu.latch_doorbell);
}

static void strictness(void **state)
{
	(void)state;
	assert_int_equal(parse("--strict"), EMU_OPTIONS_RUN);
	assert_true(settings.emu.strict_bus_master);
	assert_true(settings.emu.strict_rings);
	assert_false(settings.emu.lenient_ring_ids);
	assert_false(settings.emu.true_bar_reads);
	assert_int_equal(parse("--strict-rings"), EMU_OPTIONS_RUN);
	assert_false(settings.emu.strict_bus_master);
	assert_true(settings.emu.strict_rings);
	assert_int_equal(parse("--lenient-ring-ids --true-bar-reads"), EMU_OPTIONS_RUN);
	assert_true(settings.emu.lenient_ring_ids);
	assert_true(settings.emu.true_bar_reads);
}

static void refused(const char *line, const char *why)
{
	assert_int_equal(parse(line), EMU_OPTIONS_WRONG);
	if (!strstr(said, why))
		fail_msg("'%s' is answered by '%s'", line, said);
}

static void bad_values(void **state)
{
	(void)state;
	refused("--bar0-mib 4", "--bar0-mib: bad value '4'");
	refused("--bar0-mib 24", "--bar0-mib: bad value '24'");
	refused("--bar0-mib 512", "--bar0-mib: bad value '512'");
	refused("--bar2-mib 128", "--bar2-mib: bad value '128'");
	refused("--bar2-mib 1024", "--bar2-mib: bad value '1024'");
	refused("--bar4-mib 3", "--bar4-mib: bad value '3'");
	refused("--api-version 0", "--api-version: bad value '0'");
	refused("--api-version two", "--api-version: bad value 'two'");
	refused("--serial -1", "--serial: bad value '-1'");
	refused("--serial 0xffffffffffffffff", "--serial: bad value");
	refused("--fwio-delay-ms 600001", "--fwio-delay-ms: bad value");
	refused("--revision 256", "--revision: bad value '256'");
	refused("--device-id 0x7068", "--device-id: bad value '0x7068'");
	refused("--irq intx", "--irq: bad value 'intx'");
	refused("--no-such-option", "--help");
	refused("extra", "unexpected 'extra'");
}

static void contradictions(void **state)
{
	(void)state;
	refused("--strict --lenient-ring-ids", "--strict excludes --lenient-ring-ids");
	refused("--true-bar-reads --strict", "--strict excludes --true-bar-reads");
	refused("--irq msix --bar0-mib 8", "--bar0-mib 8 has no room");
	refused("--devices 0", "no cards at all");
	assert_int_equal(parse("--irq msix --bar0-mib 16"), EMU_OPTIONS_RUN);
	assert_int_equal(parse("--irq msi --bar0-mib 8"), EMU_OPTIONS_RUN);
}

static void help_names_every_option(void **state)
{
	static const char *const names[] = {
		"bar0-mib", "bar2-mib", "bar2-nonprefetchable", "bar4-mib", "api-version", "serial",
		"fwio-delay-ms", "crc-error", "latch-doorbell", "strict", "strict-rings",
		"strict-bus-master", "true-bar-reads", "lenient-ring-ids", "revision",
	};
	char *text = NULL, want[64];
	size_t bytes = 0, i;
	FILE *out = open_memstream(&text, &bytes);

	(void)state;
	emu_options_help(out);
	fclose(out);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(want, sizeof(want), "\n  --%s", names[i]);
		assert_non_null(strstr(text, want));
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bars),
		cmocka_unit_test(firmware),
		cmocka_unit_test(strictness),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
