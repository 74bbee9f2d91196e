// SPDX-License-Identifier: GPL-2.0
/*
 * What every command does: name a card, list, say what went wrong.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "neuronnl.h"

/**
 * tool_usage() - complain about the command line
 * @format: as of printf(), without full stop
 *
 * Return: EXIT_USAGE.
 */
int tool_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

/**
 * tool_connect() - a socket for requests, if there is none yet
 * @tool: run
 *
 * Return: EXIT_DONE or EXIT_USAGE.
 */
int tool_connect(struct tool *tool)
{
	int err = tool->handle ? 0 : neuron_open(&tool->handle);

	if (!err)
		return EXIT_DONE;
	tool->handle = NULL;
	return tool_usage("Error: netlink: %s.", strerror(-err));
}

/**
 * tool_now_ms() - the time, for distances only
 *
 * Return: milliseconds.
 */
uint64_t tool_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/**
 * tool_device() - which card is meant: "[ dev ] DEV", or nothing
 * @tool: run
 * @args: words; all that are left
 * @index: the card, NEURON_ALL_DEVICES if none is named
 *
 * Return: EXIT_DONE, or the exit status after an error.
 */
int tool_device(struct tool *tool, struct args *args, int *index)
{
	struct neuron_device_info info;
	const char *word;

	*index = NEURON_ALL_DEVICES;
	while (args_peek(args)) {
		if (args_take(args, "dev") && !args_peek(args))
			return tool_usage("\"dev\" lacks the card");
		word = args_next(args);
		if (*index != NEURON_ALL_DEVICES)
			return tool_usage("\"%s\" is one word too many", word);
		if (neuron_device_find(tool->handle, word, &info, sizeof(info)))
			return tool_refused(tool);
		*index = (int)info.index;
	}
	return EXIT_DONE;
}

/**
 * tool_is_meant() - is this one of what shall be shown?
 * @label: what it is called, may be empty
 * @name: what was asked for, NULL for all
 *
 * Return: true if so.
 */
bool tool_is_meant(const char *label, const char *name)
{
	return !name || !strcmp(label, name);
}

/**
 * tool_finish() - end a command that talked to the kernel
 * @tool: run
 * @err: what the library returned
 *
 * Return: exit status.
 */
int tool_finish(struct tool *tool, int err)
{
	int status = err ? tool_refused(tool) : EXIT_DONE;

	if (out_finish(&tool->out)) {
		fprintf(stderr, "Error: writing: %m.\n");
		return EXIT_USAGE;
	}
	return status;
}

/**
 * tool_list() - a command that shows all objects of a kind
 * @tool: run
 * @args: words; may name a card
 * @key: name of the list
 * @list: shows those of a card, or of all
 *
 * JSON is valid and has the list even if nothing could be shown.
 *
 * Return: exit status.
 */
int tool_list(struct tool *tool, struct args *args, const char *key,
	      int (*list)(struct tool *tool, int index))
{
	int index, status, err = 0;

	out_array(&tool->out, key);
	status = tool_device(tool, args, &index);
	if (!status)
		err = list(tool, index);
	out_array_end(&tool->out);
	if (status) {
		out_finish(&tool->out);
		return status;
	}
	return tool_finish(tool, err);
}

/* Of every "show". */
struct show_what {
	int dev;
};

const struct arg show_args[] = {
	ARG(ARG_DEV, "dev", struct show_what, dev, ARG_BARE),
	{ .key = NULL },
};

/**
 * tool_background() - end a command whose work may go on as a job
 * @tool: run
 * @ctx: context
 * @label: for the job, NULL for none
 * @err: what the library returned
 *
 * Return: exit status.
 */
int tool_background(struct tool *tool, struct session_item *ctx, const char *label, int err)
{
	uint32_t id = neuron_ctx_last_job(ctx->ctx);

	if (!err || !id)
		return err ? tool_refused(tool) : EXIT_DONE;
	if (!session_add(tool, SESSION_JOB, ctx, id, label, NULL))
		return EXIT_USAGE;
	if (err == -EINPROGRESS)
		return EXIT_DONE;
	return tool_usage("Error: the time is over; the work goes on as job %u: \"job wait %u\".",
			  id, id);
}
