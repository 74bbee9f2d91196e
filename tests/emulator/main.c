// SPDX-License-Identifier: GPL-2.0
/* neuron-emu: emulated Neuron cards behind vfio-user sockets. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "card.h"
#include "ctl.h"
#include "options.h"
#include "trace.h"
#include "vfu.h"

/* Longer than any socket name, so that the socket complains and nothing is cut. */
#define PATH_BYTES	512

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

static int start_card(struct program *p, const struct emu_settings *s, unsigned int i)
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

static int start_ctl(struct program *p, const struct emu_settings *s)
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

static int start_trace(struct program *p, const struct emu_settings *s)
{
	int ret;

	if (!s->emu.trace_path)
		return 0;
	ret = emu_trace_start(emu_box_trace(p->box), EMU_TRACE_ALL_CARDS, EMU_TRACE_ALL_KINDS,
			      s->emu.trace_path, false);
	return ret ? listen_failed(s->emu.trace_path, ret) : 0;
}

static int start(struct program *p, const struct emu_settings *s)
{
	unsigned int i;
	int ret;

	p->box = emu_box_create(&s->emu);
	if (!p->box)
		return listen_failed("cards", -ENOMEM);
	ret = start_trace(p, s);
	if (ret)
		return ret;
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
	struct emu_settings s = {
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
	switch (emu_options_parse(&s, argc, argv)) {
	case EMU_OPTIONS_TOLD:
		return 0;
	case EMU_OPTIONS_WRONG:
		return 2;
	default:
		break;
	}
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
