// SPDX-License-Identifier: GPL-2.0
/* neuron-emu: emulated Neuron cards behind vfio-user sockets. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "card.h"
#include "ctl.h"
#include "vfu.h"

/* The build tells it, from the file VERSION. */
#ifndef NEURON_VERSION
#define NEURON_VERSION	"of an unknown version"
#endif

#define MAX_CARDS	64
#define MIB		(1ULL << 20)

/* Longer than any socket name, so that the socket complains and nothing is cut. */
#define PATH_BYTES	512

static const char help_text[] =
"usage: neuron-emu [OPTION...]\n"
"       neuron-emu ctl SOCKET CARD COMMAND [ARGUMENT...]\n"
"\n"
"Emulates Neuron (Inferentia v1) cards. Each is a vfio-user server that QEMU\n"
"plugs into a guest as a PCI function. Prints \"ready\" when all can be reached,\n"
"and runs until SIGTERM or SIGINT.\n"
"\n"
"Cards:\n"
"  --devices N          linked cards, default 1; sockets DIR/card0.sock ...\n"
"  --spare M            further cards without links, for hot-plug; default 0\n"
"  --topology T         ring, line or none: links of the first N; default ring\n"
"  --device-id ID       0x7064 (default) to 0x7067\n"
"  --revision R         PCI revision, default 0x01\n"
"  --bar4-mib N         size of the DRAM window, a power of two; default 8192\n"
"  --irq KIND           none, msi (default) or msix\n"
"\n"
"Behaviour:\n"
"  --dma KIND           async (default): copies run beside the guest;\n"
"                       inline: inside the register write that starts them\n"
"  --reset-ms MS        how long the firmware is silent in a reset; default 50\n"
"  --strict-bus-master  no DMA, no firmware answers while bus mastering is off\n"
"  --true-bar-reads     loads from BAR0 and BAR2 return registers, not all ones\n"
"  --lenient-ring-ids   do not compare the ring ids of descriptors\n"
"\n"
"Process:\n"
"  --socket-dir DIR     where the sockets are made, default .; also DIR/ctl.sock\n"
"  --log FILE           log of odd and refused input, default: standard error\n"
"  --die-with-parent    end when the parent process does\n"
"  --help, --version\n"
"\n"
"ctl sends one request to a control socket and prints the answer, JSON in one\n"
"line. CARD is a number or \"all\"; \"neuron-emu ctl SOCKET help\" lists commands.\n"
"Exit status 1: refused, the answer has \"error\"; 2: no answer.\n";

enum opt {
	OPT_DEVICES = 256, OPT_SPARE, OPT_TOPOLOGY, OPT_DEVICE_ID, OPT_REVISION,
	OPT_BAR4_MIB, OPT_IRQ, OPT_DMA, OPT_RESET_MS, OPT_STRICT, OPT_TRUE_READS,
	OPT_LENIENT, OPT_SOCKET_DIR, OPT_LOG, OPT_DIE, OPT_HELP, OPT_VERSION
};

static const struct option options[] = {
	{ "devices", required_argument, NULL, OPT_DEVICES },
	{ "spare", required_argument, NULL, OPT_SPARE },
	{ "topology", required_argument, NULL, OPT_TOPOLOGY },
	{ "device-id", required_argument, NULL, OPT_DEVICE_ID },
	{ "revision", required_argument, NULL, OPT_REVISION },
	{ "bar4-mib", required_argument, NULL, OPT_BAR4_MIB },
	{ "irq", required_argument, NULL, OPT_IRQ },
	{ "dma", required_argument, NULL, OPT_DMA },
	{ "reset-ms", required_argument, NULL, OPT_RESET_MS },
	{ "strict-bus-master", no_argument, NULL, OPT_STRICT },
	{ "true-bar-reads", no_argument, NULL, OPT_TRUE_READS },
	{ "lenient-ring-ids", no_argument, NULL, OPT_LENIENT },
	{ "socket-dir", required_argument, NULL, OPT_SOCKET_DIR },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "die-with-parent", no_argument, NULL, OPT_DIE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 }
};

static const char *const topologies[] = {
	[EMU_TOPOLOGY_RING] = "ring", [EMU_TOPOLOGY_LINE] = "line",
	[EMU_TOPOLOGY_NONE] = "none", NULL
};
static const char *const irq_modes[] = {
	[EMU_IRQ_NONE] = "none", [EMU_IRQ_MSI] = "msi", [EMU_IRQ_MSIX] = "msix", NULL
};
static const char *const dma_modes[] = { "async", "inline", NULL };

struct settings {
	struct emu_opts emu;
	const char *socket_dir;
	const char *log_path;
	bool die_with_parent;
};

static void bad_value(int opt, const char *arg)
{
	const struct option *o;

	for (o = options; o->val != opt; o++)
		;
	fprintf(stderr, "neuron-emu: --%s: bad value '%s', see --help\n", o->name, arg);
	exit(2);
}

static uint64_t number(int opt, const char *arg, uint64_t min, uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(arg, &end, 0);
	if (arg[0] < '0' || arg[0] > '9' || *end || errno || value < min || value > max)
		bad_value(opt, arg);
	return value;
}

static unsigned int choice(int opt, const char *arg, const char *const *names)
{
	unsigned int i;

	for (i = 0; names[i]; i++)
		if (!strcmp(arg, names[i]))
			return i;
	bad_value(opt, arg);
	return 0;
}

static uint64_t bar4_bytes(int opt, const char *arg)
{
	uint64_t mib = number(opt, arg, 1, EMU_DRAM_BYTES / MIB);

	if (mib & (mib - 1))
		bad_value(opt, arg);
	return mib * MIB;
}

static bool set_process_option(struct settings *s, int opt)
{
	switch (opt) {
	case OPT_SOCKET_DIR:
		s->socket_dir = optarg;
		return true;
	case OPT_LOG:
		s->log_path = optarg;
		return true;
	case OPT_DIE:
		s->die_with_parent = true;
		return true;
	case OPT_HELP:
		fputs(help_text, stdout);
		exit(0);
	case OPT_VERSION:
		puts("neuron-emu " NEURON_VERSION);
		exit(0);
	default:
		return false;
	}
}

static void set_option(struct settings *s, int opt)
{
	struct emu_opts *e = &s->emu;

	switch (opt) {
	case OPT_DEVICES:
		e->nr_cards = number(opt, optarg, 0, MAX_CARDS);
		break;
	case OPT_SPARE:
		e->nr_spare = number(opt, optarg, 0, MAX_CARDS);
		break;
	case OPT_TOPOLOGY:
		e->topology = choice(opt, optarg, topologies);
		break;
	case OPT_DEVICE_ID:
		e->device_id = number(opt, optarg, 0x7064, 0x7067);
		break;
	case OPT_REVISION:
		e->revision = number(opt, optarg, 0, 0xff);
		break;
	case OPT_BAR4_MIB:
		e->bar4_bytes = bar4_bytes(opt, optarg);
		break;
	case OPT_IRQ:
		e->irq_mode = choice(opt, optarg, irq_modes);
		break;
	case OPT_DMA:
		e->dma_inline = choice(opt, optarg, dma_modes);
		break;
	case OPT_RESET_MS:
		e->reset_ms = number(opt, optarg, 0, 600000);
		break;
	case OPT_STRICT:
		e->strict_bus_master = true;
		break;
	case OPT_TRUE_READS:
		e->true_bar_reads = true;
		break;
	case OPT_LENIENT:
		e->lenient_ring_ids = true;
		break;
	default:
		if (!set_process_option(s, opt)) {
			fprintf(stderr, "see neuron-emu --help\n");
			exit(2);
		}
	}
}

static void parse(struct settings *s, int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		set_option(s, opt);
	if (optind < argc) {
		fprintf(stderr, "neuron-emu: unexpected '%s', see --help\n", argv[optind]);
		exit(2);
	}
	if (s->emu.nr_cards + s->emu.nr_spare == 0) {
		fprintf(stderr, "neuron-emu: no cards at all\n");
		exit(2);
	}
}

/* The parent may have gone before the request was made: compare. */
static void follow_parent(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent) {
		fprintf(stderr, "neuron-emu: parent has gone\n");
		exit(1);
	}
}

/**
 * struct program - all that has to be undone at the end
 * @box: the cards
 * @vfus: a transport per card, NULL where there is none yet
 * @ctl: control socket
 */
struct program {
	struct emu_box *box;
	struct emu_vfu **vfus;
	struct emu_ctl *ctl;
};

static int listen_failed(const char *path, int ret)
{
	fprintf(stderr, "neuron-emu: %s: %s\n", path, strerror(-ret));
	return ret;
}

static int start_card(struct program *p, const struct settings *s, unsigned int i)
{
	char path[PATH_BYTES];
	int ret;

	p->vfus[i] = emu_vfu_create(emu_box_card(p->box, i), &s->emu, i);
	if (!p->vfus[i])
		return listen_failed("transport", -ENOMEM);
	snprintf(path, sizeof(path), "%s/card%u.sock", s->socket_dir, i);
	ret = emu_vfu_listen(p->vfus[i], path);
	return ret ? listen_failed(path, ret) : 0;
}

static int start_ctl(struct program *p, const struct settings *s)
{
	char path[PATH_BYTES];
	int ret;

	p->ctl = emu_ctl_create(p->box, p->vfus);
	if (!p->ctl)
		return listen_failed("control socket", -ENOMEM);
	snprintf(path, sizeof(path), "%s/ctl.sock", s->socket_dir);
	ret = emu_ctl_listen(p->ctl, path);
	return ret ? listen_failed(path, ret) : 0;
}

static int start(struct program *p, const struct settings *s)
{
	unsigned int i;
	int ret;

	p->box = emu_box_create(&s->emu);
	if (!p->box)
		return listen_failed("cards", -ENOMEM);
	p->vfus = calloc(emu_box_count(p->box), sizeof(*p->vfus));
	if (!p->vfus)
		return listen_failed("cards", -ENOMEM);
	for (i = 0; i < emu_box_count(p->box); i++) {
		ret = start_card(p, s, i);
		if (ret)
			return ret;
	}
	return start_ctl(p, s);
}

static void finish(struct program *p)
{
	unsigned int i;

	emu_ctl_destroy(p->ctl);
	if (p->vfus)
		for (i = 0; i < emu_box_count(p->box); i++)
			emu_vfu_destroy(p->vfus[i]);
	free(p->vfus);
	if (p->box)
		emu_box_destroy(p->box);
}

static FILE *open_log(const char *path)
{
	FILE *log = path ? fopen(path, "we") : stderr;

	if (!log) {
		fprintf(stderr, "neuron-emu: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	setvbuf(log, NULL, _IOLBF, 0);
	return log;
}

/* Blocked before any thread exists, so that all of them inherit it. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct settings s = {
		.emu = {
			.nr_cards = 1,
			.irq_mode = EMU_IRQ_MSI,
			.device_id = 0x7064,
			.revision = 0x01,
			.reset_ms = 50,
			.bar4_bytes = EMU_DRAM_BYTES,
		},
		.socket_dir = ".",
	};
	struct program program = { 0 };
	pid_t parent = getppid();
	sigset_t set;
	int signo;
	int ret;

	if (argc > 1 && !strcmp(argv[1], "ctl"))
		return emu_ctl_client(argc - 2, argv + 2);
	parse(&s, argc, argv);
	block_signals(&set);
	if (s.die_with_parent)
		follow_parent(parent);
	s.emu.log = open_log(s.log_path);

	ret = start(&program, &s);
	if (!ret) {
		puts("ready");
		fflush(stdout);
		sigwait(&set, &signo);
	}
	finish(&program);
	return ret ? 1 : 0;
}
