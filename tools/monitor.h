/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command that is run for each event of a monitor.
 */
#ifndef NEURONNL_MONITOR_H
#define NEURONNL_MONITOR_H

#include <signal.h>
#include <sys/types.h>

#include "neuronnl.h"

struct hook_event;
struct json_object;

/**
 * struct hook - runs a command for each event, in their order
 * @command: for the shell, NULL for none
 * @mask: signals that are held back in the command
 * @first, @last: events that wait for their turn
 * @child: what runs, 0 if nothing does
 */
struct hook {
	const char *command;
	const sigset_t *mask;
	struct hook_event *first, *last;
	pid_t child;
};

int hook_add(struct hook *hook, struct json_object *json);
void hook_reap(struct hook *hook);
void hook_end(struct hook *hook);

#endif
