// SPDX-License-Identifier: GPL-2.0
/* One table has every option: its parsing and its line of help come from there. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* The build tells it, from the file VERSION. */
#ifndef NEURON_VERSION
#define NEURON_VERSION	"of an unknown version"
#endif

#define MAX_CARDS	64
#define MIB		(1ULL << 20)
#define FIRST_OPT	256	/* getopt's value of the table's first line */
#define HELP_COLUMN	23

static const char *const topologies[] = {
	[EMU_TOPOLOGY_RING] = "ring", [EMU_TOPOLOGY_LINE] = "line",
	[EMU_TOPOLOGY_NONE] = "none", NULL
};
static const char *const irq_modes[] = {
	[EMU_IRQ_NONE] = "none", [EMU_IRQ_MSI] = "msi", [EMU_IRQ_MSIX] = "msix", NULL
};
static const char *const dma_modes[] = { "async", "inline", NULL };
static const char *const isa_modes[] = { "none", "stand-in", NULL };

enum kind {
	KIND_HEADING,		/* no option, a line of the help text */
	KIND_FLAG,
	KIND_TEXT,
	KIND_NUMBER,		/* min..max */
	KIND_MIB,		/* min..max MiB, a power of two; stored in bytes */
	KIND_CHOICE,		/* one of choices; its index is stored */
	KIND_HELP,
	KIND_VERSION,
};

/**
 * struct option_line - one option
 * @name: without the dashes; of a heading: its text
 * @arg: name of its argument in the help text, or NULL
 * @help: what it does; a line break continues in the same column
 * @kind: how the argument is read
 * @offset: of the member of struct emu_settings that it sets
 * @size: bytes of that member
 * @min: see @kind
 * @max: see @kind
 * @choices: see @kind, ends with NULL
 */
struct option_line {
	const char *name;
	const char *arg;
	const char *help;
	enum kind kind;
	size_t offset;
	size_t size;
	uint64_t min;
	uint64_t max;
	const char *const *choices;
};

#define MEMBER(m)	offsetof(struct emu_settings, m), sizeof(((struct emu_settings *)0)->m)
#define HEADING(text)	{ text, NULL, NULL, KIND_HEADING, 0, 0, 0, 0, NULL }
#define FLAG(name, m, help) \
	{ name, NULL, help, KIND_FLAG, MEMBER(m), 0, 0, NULL }
#define TEXT(name, arg, m, help) \
	{ name, arg, help, KIND_TEXT, MEMBER(m), 0, 0, NULL }
#define NUMBER(name, arg, m, min, max, help) \
	{ name, arg, help, KIND_NUMBER, MEMBER(m), min, max, NULL }
#define MEBIBYTES(name, m, min, max, help) \
	{ name, "N", help, KIND_MIB, MEMBER(m), min, max, NULL }
#define CHOICE(name, arg, m, choices, help) \
	{ name, arg, help, KIND_CHOICE, MEMBER(m), 0, 0, choices }
#define TELL(name, kind, help) \
	{ name, NULL, help, kind, 0, 0, 0, 0, NULL }

static const struct option_line lines[] = {
	HEADING("Cards:"),
	NUMBER("devices", "N", emu.nr_cards, 0, MAX_CARDS,
	       "linked cards, default 1; sockets DIR/card0.sock ..."),
	NUMBER("spare", "M", emu.nr_spare, 0, MAX_CARDS,
	       "further cards without links, for hot-plug; default 0"),
	CHOICE("topology", "T", emu.topology, topologies,
	       "ring, line or none: links of the first N; default ring"),
	NUMBER("device-id", "ID", emu.device_id, 0x7064, 0x7067,
	       "0x7064 (default) to 0x7067"),
	NUMBER("revision", "R", emu.revision, 0, 0xff,
	       "PCI revision, default 0x01"),
	MEBIBYTES("bar0-mib", emu.bar0_bytes, 8, 256,
		  "size of BAR0, a power of two; default 16, which MSI-X needs"),
	MEBIBYTES("bar2-mib", emu.bar2_bytes, EMU_BAR2_BYTES / MIB, 2 * EMU_BAR2_BYTES / MIB,
		  "size of BAR2, 256 (default) or 512"),
	FLAG("bar2-nonprefetchable", emu.bar2_nonprefetchable,
	     "it then needs room below 4 GiB"),
	MEBIBYTES("bar4-mib", emu.bar4_bytes, 1, EMU_DRAM_BYTES / MIB,
		  "size of the DRAM window, a power of two; default 8192"),
	CHOICE("irq", "KIND", emu.irq_mode, irq_modes,
	       "none, msi (default) or msix"),
	NUMBER("api-version", "N", emu.api_version, 1, UINT32_MAX,
	       "what the firmware says; default 2, from 3 on it reads power"),
	NUMBER("serial", "N", emu.serial, 1, UINT64_MAX - 2 * MAX_CARDS,
	       "serial number of card 0, card 1 has the next one, and so on"),

	HEADING("Behaviour:"),
	CHOICE("dma", "KIND", emu.dma_inline, dma_modes,
	       "async (default): copies run beside the guest;\n"
	       "inline: inside the register write that starts them"),
	NUMBER("latency-us", "US", emu.latency_us, 0, 60000000,
	       "what a packet takes before its data moves; default 0; with\n"
	       "this or the next one, inline copies are done in time, too:\n"
	       "after the register write has returned"),
	NUMBER("bandwidth-mbps", "N", emu.bandwidth_mbps, 0, 1000000,
	       "megabytes per second of each engine; default 0: as fast as\n"
	       "memory is"),
	NUMBER("reset-ms", "MS", emu.reset_ms, 0, 600000,
	       "how long the firmware is silent in a reset; default 50"),
	NUMBER("fwio-delay-ms", "MS", emu.fwio_delay_ms, 0, 600000,
	       "how long the firmware takes for an answer; default 0"),
	FLAG("crc-error", emu.crc_error,
	     "a request with a wrong checksum gets error 1, not silence"),
	FLAG("latch-doorbell", emu.latch_doorbell,
	     "one doorbell rung during a reset is served after it"),
	FLAG("strict", strict,
	     "all that a careful driver keeps: the following two, ring ids\n"
	     "are compared and loads answer ones (both by default)"),
	FLAG("strict-rings", emu.strict_rings,
	     "rings that do not start and end on 256 bytes take nothing"),
	FLAG("strict-bus-master", emu.strict_bus_master,
	     "no DMA, no firmware answers while bus mastering is off"),
	FLAG("true-bar-reads", emu.true_bar_reads,
	     "loads from BAR0 and BAR2 return registers, not all ones"),
	FLAG("lenient-ring-ids", emu.lenient_ring_ids,
	     "do not compare the ring ids of descriptors"),
	CHOICE("isa", "KIND", emu.isa, isa_modes,
	       "none (default): cores swallow instructions;\n"
	       "stand-in: they execute an invented set, docs/isa.md"),

	HEADING("Process:"),
	TEXT("socket-dir", "DIR", socket_dir,
	     "where the sockets are made, default .; also DIR/ctl.sock"),
	TEXT("log", "FILE", log_path,
	     "log of odd and refused input, default: standard error"),
	TEXT("trace", "FILE", emu.trace_path,
	     "trace all cards into FILE from the start, JSON lines"),
	FLAG("die-with-parent", die_with_parent,
	     "end when the parent process does"),
	TELL("help", KIND_HELP, "print this"),
	TELL("version", KIND_VERSION, "print the version"),
};

#define NR_LINES	(sizeof(lines) / sizeof(lines[0]))

static const char intro_text[] =
"usage: neuron-emu [OPTION...]\n"
"       neuron-emu ctl SOCKET CARD COMMAND [ARGUMENT...]\n"
"\n"
"Emulates Neuron (Inferentia v1) cards. Each is a vfio-user server that QEMU\n"
"plugs into a guest as a PCI function. Prints \"ready\" when all can be reached,\n"
"and runs until SIGTERM or SIGINT.\n";

static const char end_text[] =
"\n"
"ctl sends one request to a control socket and prints the answer, JSON in one\n"
"line. CARD is a number or \"all\"; \"neuron-emu ctl SOCKET help\" lists commands.\n"
"Exit status 1: refused, the answer has \"error\"; 2: no answer.\n";

static void print_line(FILE *out, const struct option_line *line)
{
	const char *help = line->help, *end;
	int used;

	if (line->kind == KIND_HEADING) {
		fprintf(out, "\n%s\n", line->name);
		return;
	}
	used = fprintf(out, "  --%s%s%s", line->name, line->arg ? " " : "",
		       line->arg ? line->arg : "");
	if (used >= HELP_COLUMN) {
		fputc('\n', out);
		used = 0;
	}
	for (; (end = strchr(help, '\n')); help = end + 1, used = 0)
		fprintf(out, "%*s%.*s\n", HELP_COLUMN - used, "", (int)(end - help), help);
	fprintf(out, "%*s%s\n", HELP_COLUMN - used, "", help);
}

/**
 * emu_options_help() - the text of --help
 * @out: where it goes
 * Context: any.
 */
void emu_options_help(FILE *out)
{
	size_t i;

	fputs(intro_text, out);
	for (i = 0; i < NR_LINES; i++)
		print_line(out, &lines[i]);
	fputs(end_text, out);
}

/* All members are unsigned, bool or an enum; none of them is wider than the value. */
static void store(void *member, size_t size, uint64_t value)
{
	switch (size) {
	case 1:
		*(uint8_t *)member = (uint8_t)value;
		break;
	case 2:
		*(uint16_t *)member = (uint16_t)value;
		break;
	case 4:
		*(uint32_t *)member = (uint32_t)value;
		break;
	default:
		*(uint64_t *)member = value;
		break;
	}
}

static bool read_number(const struct option_line *line, const char *arg, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(arg, &end, 0);
	if (arg[0] < '0' || arg[0] > '9' || *end || errno || *value < line->min ||
	    *value > line->max)
		return false;
	if (line->kind != KIND_MIB)
		return true;
	if (*value & (*value - 1))
		return false;
	*value *= MIB;
	return true;
}

static bool read_choice(const struct option_line *line, const char *arg, uint64_t *value)
{
	for (*value = 0; line->choices[*value]; ++*value)
		if (!strcmp(arg, line->choices[*value]))
			return true;
	return false;
}

static bool set(struct emu_settings *settings, const struct option_line *line, const char *arg)
{
	void *member = (char *)settings + line->offset;
	uint64_t value = 1;

	switch (line->kind) {
	case KIND_TEXT:
		*(const char **)member = arg;
		return true;
	case KIND_NUMBER:
	case KIND_MIB:
		if (!read_number(line, arg, &value))
			return false;
		break;
	case KIND_CHOICE:
		if (!read_choice(line, arg, &value))
			return false;
		break;
	default:
		break;
	}
	store(member, line->size, value);
	return true;
}

static enum emu_options_result take(struct emu_settings *settings, const struct option_line *line)
{
	if (line->kind == KIND_HELP) {
		emu_options_help(stdout);
		return EMU_OPTIONS_TOLD;
	}
	if (line->kind == KIND_VERSION) {
		puts("neuron-emu " NEURON_VERSION);
		return EMU_OPTIONS_TOLD;
	}
	if (set(settings, line, optarg))
		return EMU_OPTIONS_RUN;
	fprintf(stderr, "neuron-emu: --%s: bad value '%s', see --help\n", line->name, optarg);
	return EMU_OPTIONS_WRONG;
}

static void make_getopt_table(struct option *table)
{
	size_t i;

	for (i = 0; i < NR_LINES; i++)
		if (lines[i].kind != KIND_HEADING)
			*table++ = (struct option){
				lines[i].name, lines[i].arg ? required_argument : no_argument,
				NULL, FIRST_OPT + (int)i
			};
}

static bool wrong(const char *why)
{
	fprintf(stderr, "neuron-emu: %s, see --help\n", why);
	return true;
}

/* What is wrong only together. */
static bool contradicts(const struct emu_settings *s)
{
	if (s->emu.nr_cards + s->emu.nr_spare == 0)
		return wrong("no cards at all");
	if (s->strict && s->emu.true_bar_reads)
		return wrong("--strict excludes --true-bar-reads");
	if (s->strict && s->emu.lenient_ring_ids)
		return wrong("--strict excludes --lenient-ring-ids");
	if (s->emu.irq_mode == EMU_IRQ_MSIX && emu_opts_bar0_bytes(&s->emu) < EMU_BAR0_BYTES)
		return wrong("--bar0-mib 8 has no room for the table of --irq msix");
	return false;
}

/**
 * emu_options_parse() - read a command line
 * @settings: has the defaults; answers what was said
 * @argc: of main()
 * @argv: of main()
 * Context: start of the process; getopt has a state.
 * Return: what main() shall do.
 */
enum emu_options_result emu_options_parse(struct emu_settings *settings, int argc, char **argv)
{
	struct option table[NR_LINES + 1] = { 0 };
	enum emu_options_result result;
	int opt;

	make_getopt_table(table);
	while ((opt = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (opt < FIRST_OPT) {
			fprintf(stderr, "see neuron-emu --help\n");
			return EMU_OPTIONS_WRONG;
		}
		result = take(settings, &lines[opt - FIRST_OPT]);
		if (result != EMU_OPTIONS_RUN)
			return result;
	}
	if (optind < argc) {
		fprintf(stderr, "neuron-emu: unexpected '%s', see --help\n", argv[optind]);
		return EMU_OPTIONS_WRONG;
	}
	if (contradicts(settings))
		return EMU_OPTIONS_WRONG;
	settings->emu.strict_bus_master |= settings->strict;
	settings->emu.strict_rings |= settings->strict;
	return EMU_OPTIONS_RUN;
}
