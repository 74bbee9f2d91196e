// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl: shows what the neuron driver knows. The table of objects, and
 * options; see neuronnl(8).
 */
#include <stdio.h>
#include <string.h>

#include "neuronnl.h"

static const struct object *const objects[] = {
	&object_dev, &object_neighbor, &object_core, &object_engine, &object_ctx, &object_mem,
	&object_ring, &object_nq, &object_job, &object_stats, &object_monitor,
};

static const char help_text[] =
"Usage: neuronnl [ OPTIONS ] OBJECT { COMMAND | help }\n"
"where  OBJECT := { dev | neighbor | core | engine | ctx | mem | ring | nq | job |\n"
"                   stats | monitor }\n"
"       OPTIONS := { -j[son] | -p[retty] | -s[tatistics] | -d[etails] |\n"
"                    -t[imestamp] | -V[ersion] | -h[elp] }\n"
"Objects and commands may be cut short; \"show\" may be left out.\n"
"neuronnl OBJECT help says more.\n";

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

static bool is_option(const char *word, const char *name)
{
	/* -x, -xyz or --xyz */
	return (word[1] == name[0] && !word[2]) || !strcmp(word + 1, name) ||
	       (word[1] == '-' && !strcmp(word + 2, name));
}

static int print_version(void)
{
	printf("neuronnl %s\n", neuron_version());
	return EXIT_DONE;
}

static int print_help(const char *text)
{
	return fputs(text, stdout) < 0 ? EXIT_USAGE : EXIT_DONE;
}

/* Return: -1 to go on, or an exit status. */
static int options(struct tool *tool, struct args *args)
{
	const char *word;

	for (word = args_peek(args); word && word[0] == '-' && word[1]; word = args_peek(args)) {
		args_next(args);
		if (is_option(word, "json"))
			tool->json = true;
		else if (is_option(word, "pretty"))
			tool->pretty = true;
		else if (is_option(word, "statistics"))
			tool->statistics = true;
		else if (is_option(word, "details"))
			tool->details = true;
		else if (is_option(word, "timestamp"))
			tool->timestamp = true;
		else if (is_option(word, "Version") || is_option(word, "version"))
			return print_version();
		else if (is_option(word, "help"))
			return print_help(help_text);
		else
			return tool_usage("Unknown option \"%s\"", word);
	}
	return -1;
}

static size_t command_count(const struct object *object)
{
	size_t count = 0;

	while (object->commands[count].name)
		count++;
	return count;
}

/* Complains about a word that names none of @what. Return: EXIT_USAGE. */
static int not_found(const char *what, const char *word, int which, const char *help)
{
	tool_usage("%s \"%s\" %s", what, word,
		   which == ARGS_AMBIGUOUS ? "is ambiguous" : "not found");
	fputs(help, stderr);
	return EXIT_USAGE;
}

static int run_command(struct tool *tool, const struct object *object, struct args *args)
{
	const char *word = args_peek(args);
	int which = 0, status;

	if (word && !args_is_help(word)) {
		which = args_match(args_next(args), command_name, object->commands,
				   command_count(object));
		if (which < 0)
			return not_found("Command", word, which, object->help);
	}
	if (args_is_help(args_peek(args)))
		return print_help(object->help);
	status = neuron_open(&tool->handle);
	if (status) {
		fprintf(stderr, "Error: netlink: %s.\n", strerror(-status));
		return EXIT_USAGE;
	}
	out_init(&tool->out, stdout, tool->json, tool->pretty, tool->details);
	status = object->commands[which].run(tool, args);
	out_fini(&tool->out);
	neuron_close(tool->handle);
	return status;
}

int main(int argc, char **argv)
{
	struct args args = { .words = argv + (argc > 0) };
	struct tool tool = { 0 };
	const char *word;
	int status, which;

	status = options(&tool, &args);
	if (status >= 0)
		return status;
	word = args_next(&args);
	if (args_is_help(word))
		return print_help(help_text);
	if (!word) {
		fputs(help_text, stderr);
		return EXIT_USAGE;
	}
	which = args_match(word, object_name, objects, COUNT(objects));
	if (which < 0)
		return not_found("Object", word, which, help_text);
	return run_command(&tool, objects[which], &args);
}
