/* SPDX-License-Identifier: GPL-2.0 */
/* What the command line of the emulator can say. */
#ifndef NEURON_EMU_OPTIONS_H
#define NEURON_EMU_OPTIONS_H

#include "card.h"

/**
 * struct emu_settings - a parsed command line
 * @emu: what concerns the cards
 * @socket_dir: where the sockets are made
 * @log_path: file of the log, or NULL: standard error
 * @die_with_parent: end when the parent process does
 * @strict: all strict checks of @emu, and none of its leniencies
 */
struct emu_settings {
	struct emu_opts emu;
	const char *socket_dir;
	const char *log_path;
	bool die_with_parent;
	bool strict;
};

enum emu_options_result {
	EMU_OPTIONS_RUN,
	EMU_OPTIONS_TOLD,	/* help or version were asked for and printed */
	EMU_OPTIONS_WRONG,	/* refused, the reason is on standard error */
};

enum emu_options_result emu_options_parse(struct emu_settings *settings, int argc, char **argv);
void emu_options_help(FILE *out);

#endif
