// SPDX-License-Identifier: GPL-2.0
/*
 * What every command does: name a card, list, say what went wrong.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
 * tool_refused() - tell why the library could not
 * @tool: run
 *
 * Return: EXIT_REFUSED if it was the kernel, else EXIT_USAGE.
 */
int tool_refused(struct tool *tool)
{
	const char *text = neuron_last_error(tool->handle);
	struct neuron_error_info info;
	size_t len = strlen(text);

	fprintf(stderr, "Error: %s%s\n", text, len && text[len - 1] == '.' ? "" : ".");
	if (neuron_last_error_info(tool->handle, &info, sizeof(info)))
		return EXIT_USAGE;
	return info.from_kernel ? EXIT_REFUSED : EXIT_USAGE;
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
 * tool_option() - take "KEY NUMBER" from wherever it stands
 * @args: words
 * @key: KEY, which is not cut short
 * @value: NUMBER; stays as it is if there is no such option
 *
 * Return: EXIT_DONE, or EXIT_USAGE after an error.
 */
int tool_option(struct args *args, const char *key, uint32_t *value)
{
	char **words = args->words;
	unsigned long number;
	char *end;

	while (*words && strcmp(*words, key))
		words++;
	if (!*words)
		return EXIT_DONE;
	if (!words[1])
		return tool_usage("\"%s\" lacks the number", key);
	errno = 0;
	number = strtoul(words[1], &end, 0);
	if (errno || *end || words[1][0] < '0' || words[1][0] > '9' || number > UINT32_MAX)
		return tool_usage("\"%s\" is no number", words[1]);
	*value = (uint32_t)number;
	do {
		words[0] = words[2];
		words++;
	} while (words[-1]);
	return EXIT_DONE;
}

/**
 * tool_open() - open the card that the words name
 * @tool: run
 * @args: words; all that are left
 * @command: what for
 * @ctx: context
 *
 * Return: EXIT_DONE, or the exit status after an error.
 */
int tool_open(struct tool *tool, struct args *args, const char *command, struct neuron_ctx **ctx)
{
	int index;
	int status = tool_device(tool, args, &index);

	if (status)
		return status;
	if (index == NEURON_ALL_DEVICES)
		return tool_usage("\"%s\" lacks the card", command);
	return neuron_ctx_open(tool->handle, (uint32_t)index, ctx) ? tool_refused(tool) : EXIT_DONE;
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
