// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl top: cards, contexts, memory and traffic, as they are now and again
 * after each interval. On a terminal it is a screen, else blocks of text.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin.h"
#include "screen.h"
#include "signals.h"
#include "top.h"

#define INTERVAL_MS	1000
#define INTERVAL_MIN_MS	10

struct what {
	int dev;
	uint32_t count;		/* 0: no end */
	int interval;
};

static const struct arg top_args[] = {
	ARG(ARG_DEV, "dev", struct what, dev, 0),
	ARG(ARG_MS, "interval", struct what, interval, 0),
	ARG(ARG_U32, "count", struct what, count, 0),
	{ .key = NULL },
};

/**
 * struct top - a run
 * @screen: NULL for text or JSON
 * @text: what the screen shows
 * @shown: how many samples were shown
 */
struct top {
	struct tool *tool;
	struct what what;
	struct signals signals;
	const struct screen *screen;
	struct top_sample before, now;
	char *text;
	uint32_t shown;
};

/* Makes the text anew. Return: 0 or -ENOMEM. */
static int make_text(struct top *top)
{
	size_t size;
	FILE *file;

	free(top->text);
	top->text = NULL;
	file = open_memstream(&top->text, &size);
	if (!file)
		return -ENOMEM;
	top_text(top->tool, file, &top->before, &top->now, (uint32_t)top->what.interval);
	return fclose(file) ? -ENOMEM : 0;
}

/* Return: EXIT_DONE, or EXIT_USAGE if it could not be written. */
static int show(struct top *top)
{
	struct tool *tool = top->tool;

	if (tool->json) {
		top_json(tool, &top->before, &top->now);
		return tool_finish(tool, 0);
	}
	if (make_text(top))
		return tool_usage("Error: no memory.");
	if (top->screen) {
		top->screen->draw(top->text);
		return EXIT_DONE;
	}
	fprintf(tool->out.file, "%s%s", top->shown ? "\n" : "", top->text);
	return tool_finish(tool, 0);
}

/* The card or the driver may go, and come again: only at first that is an error. */
static int look(struct top *top)
{
	int err;

	top_sample_free(&top->before);
	top->before = top->now;
	err = top_sample(top->tool, top->what.dev, &top->now);
	return err && !top->shown ? tool_refused(top->tool) : EXIT_DONE;
}

/* Takes all keys. Return: what is to be done. */
static enum screen_key take_keys(struct top *top)
{
	enum screen_key key = SCREEN_NONE, next;

	if (!top->screen)
		return key;
	for (next = top->screen->key(); next != SCREEN_NONE; next = top->screen->key())
		if (next == SCREEN_QUIT || key == SCREEN_NONE)
			key = next;
	if (key == SCREEN_REDRAW)
		top->screen->draw(top->text);
	return key;
}

/* Until it is time to look again. Return: whether to go on. */
static bool pass_time(struct top *top)
{
	uint64_t end_ms = top->now.at_ms + (uint64_t)top->what.interval, now_ms;
	struct pollfd fds[2] = {
		{ .fd = top->signals.fd, .events = POLLIN },
		{ .fd = top->screen ? STDIN_FILENO : -1, .events = POLLIN },
	};
	enum screen_key key;

	for (now_ms = tool_now_ms(); now_ms < end_ms; now_ms = tool_now_ms()) {
		/* A new size of the terminal ends the call, and is found as a key. */
		if (poll(fds, COUNT(fds), (int)(end_ms - now_ms)) < 0 && errno != EINTR)
			return false;
		if (fds[0].revents || fds[1].revents & (POLLHUP | POLLERR))
			return false;
		key = take_keys(top);
		if (key == SCREEN_QUIT)
			return false;
		if (key == SCREEN_NOW)
			break;
	}
	return true;
}

/* Without the plug-in, or on a terminal that it does not know, text is good enough. */
static void open_screen(struct top *top)
{
	const struct tool *tool = top->tool;

	if (tool->json || tool->many || !isatty(STDIN_FILENO) || !isatty(fileno(tool->out.file)))
		return;
	top->screen = plugin_symbol(SCREEN_PLUGIN, SCREEN_SYMBOL);
	if (top->screen && top->screen->open())
		top->screen = NULL;
}

static int loop(struct top *top)
{
	int status;

	for (;;) {
		status = look(top);
		if (!status && !top->shown)
			open_screen(top);
		if (!status)
			status = show(top);
		if (status)
			return status;
		top->shown++;
		if (top->shown == top->what.count || !pass_time(top))
			return EXIT_DONE;
	}
}

static int top_show(struct tool *tool, struct args *args)
{
	struct top top = { .tool = tool, .what = { .interval = INTERVAL_MS } };
	int status = args_parse(tool, args, &top.what, NULL);

	if (!status && top.what.interval < INTERVAL_MIN_MS)
		status = tool_usage("\"interval\": at least %d ms", INTERVAL_MIN_MS);
	if (!status && signals_hold(&top.signals, false))
		status = tool_usage("Error: signals: %m.");
	if (status)
		return status;
	/* Lines stay lines. */
	tool->out.pretty = false;
	status = loop(&top);
	if (top.screen)
		top.screen->close();
	signals_release(&top.signals);
	tool->out.pretty = tool->pretty;
	top_sample_free(&top.before);
	top_sample_free(&top.now);
	free(top.text);
	return status;
}

static const struct command commands[] = {
	{
		.name = "show", .run = top_show, .args = top_args, .stream = true,
		.about = "Shows what the driver counts, again after each interval (default 1s), count\n"
			 "    times or without end. On a terminal: q ends it, arrows scroll, a blank\n"
			 "    looks at once.",
		.ops = OPS(NEURON_CMD_DEVICE_GET, NEURON_CMD_STATS_GET, NEURON_CMD_CONTEXT_GET),
	},
	{ .name = NULL },
};

const struct object object_top = {
	.name = "top", .commands = commands,
	.about = "live view of cards, contexts, memory and traffic",
};
