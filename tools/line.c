// SPDX-License-Identifier: GPL-2.0
/*
 * A line: object, command, and what the command does with the rest.
 */
#include <signal.h>
#include <string.h>

#include "neuronnl.h"

static const char *object_name(const void *names, size_t i)
{
	const struct object *const *all = names;

	return all[i]->name;
}

static const char *command_name(const void *names, size_t i)
{
	const struct command *commands = names;

	return commands[i].name;
}

/**
 * object_find() - the object that a word means
 * @word: name of an object, or the beginning of one
 * @which: ARGS_NONE or ARGS_AMBIGUOUS if it means none; may be NULL
 *
 * Return: the object or NULL.
 */
const struct object *object_find(const char *word, int *which)
{
	size_t count = 0;
	int found;

	while (objects[count])
		count++;
	found = args_match(word, object_name, objects, count);
	if (which)
		*which = found;
	return found < 0 ? NULL : objects[found];
}

/**
 * command_find() - the command that a word means
 * @object: its object
 * @word: name of a command, or the beginning of one
 * @which: ARGS_NONE or ARGS_AMBIGUOUS if it means none; may be NULL
 *
 * Return: the command or NULL.
 */
const struct command *command_find(const struct object *object, const char *word, int *which)
{
	size_t count = 0;
	int found;

	while (object->commands[count].name)
		count++;
	found = args_match(word, command_name, object->commands, count);
	if (which)
		*which = found;
	return found < 0 ? NULL : &object->commands[found];
}

static int not_found(const char *what, const char *word, int which)
{
	return tool_usage("%s \"%s\" %s", what, word,
			  which == ARGS_AMBIGUOUS ? "is ambiguous" : "not found");
}

/* With JSON every command says something that can be read, also if it failed. */
static int close_document(struct tool *tool, unsigned int before, int status)
{
	if (!tool->json || tool->command->stream || tool->out.documents != before)
		return status;
	out_reset(&tool->out);
	out_array(&tool->out, tool->object->name);
	out_array_end(&tool->out);
	return out_finish(&tool->out) && !status ? EXIT_USAGE : status;
}

static int run(struct tool *tool, struct args *args)
{
	unsigned int before = tool->out.documents;
	int status = tool->command->local ? EXIT_DONE : tool_connect(tool);
	sigset_t signals;

	/* What a command does about signals ends with it. */
	sigprocmask(SIG_SETMASK, NULL, &signals);
	if (!status)
		status = tool->command->run(tool, args);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	return close_document(tool, before, status);
}

/* A keyword of the first command, which may be left out then. */
static bool is_keyword(const struct command *command, const char *word)
{
	const struct arg *arg;

	for (arg = command->args; arg && arg->key; arg++)
		if (!strcmp(arg->key, word))
			return true;
	return false;
}

static int run_object(struct tool *tool, struct args *args)
{
	const char *word = args_peek(args);
	bool help = args_is_help(word);
	int which;

	tool->command = tool->object->commands;
	if (help)
		return help_object(stdout, tool->object);
	if (word && !is_keyword(tool->command, word)) {
		tool->command = command_find(tool->object, args_next(args), &which);
		if (!tool->command) {
			not_found("Command", word, which);
			if (!tool->many)
				help_object(stderr, tool->object);
			return EXIT_USAGE;
		}
	}
	if (args_is_help(args_peek(args)))
		return help_command(stdout, tool->object, tool->command);
	return run(tool, args);
}

static void print_candidate(void *arg, const char *candidate)
{
	fprintf(arg, "%s\n", candidate);
}

/* "help", "help tree", "help complete WORDS...": the last word is not complete. */
static int run_help(struct tool *tool, struct args *args)
{
	size_t count = 0;
	char *begun;

	if (args_take(args, "tree"))
		return help_tree(tool);
	if (!args_take(args, "complete"))
		return help_all(stdout);
	while (args->words[count])
		count++;
	begun = count ? args->words[count - 1] : "";
	if (count)
		args->words[count - 1] = NULL;
	complete_words(tool, args->words, begun, print_candidate, stdout);
	return ferror(stdout) ? EXIT_USAGE : EXIT_DONE;
}

/**
 * tool_line() - do what a line says
 * @tool: run
 * @words: of the line, NULL at the end
 *
 * Return: exit status.
 */
int tool_line(struct tool *tool, char **words)
{
	struct args args = { .words = words };
	const char *word = args_next(&args);
	int which;

	if (!word)
		return EXIT_DONE;
	tool->words = words;
	if (args_is_help(word))
		return run_help(tool, &args);
	tool->object = object_find(word, &which);
	if (tool->object)
		return run_object(tool, &args);
	not_found("Object", word, which);
	if (!tool->many)
		help_all(stderr);
	return EXIT_USAGE;
}
