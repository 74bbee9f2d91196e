// SPDX-License-Identifier: GPL-2.0
/*
 * Help at every level, from the one table of objects and commands.
 */
#include <string.h>

#include "neuronnl.h"

#define WIDTH	79

static const char options_text[] =
"       OPTIONS := { -j[son] | -p[retty] | -s[tatistics] | -d[etails] |\n"
"                    -t[imestamp] | -ts[hort] | -c[olor] | -n[etns] NAME |\n"
"                    -b[atch] FILE | -force | -V[ersion] | -h[elp] }\n"
"Objects and commands may be cut short; \"show\" may be left out.\n"
"\"neuronnl OBJECT help\" and \"neuronnl OBJECT COMMAND help\" say more. Without\n"
"words, and with -batch, lines share one session (\"neuronnl ctx help\").\n";

/* A line that is being filled with words. */
struct line {
	FILE *file;
	size_t column, indent;
	const char *before;	/* of the next word */
};

static void put_word(struct line *line, const char *word)
{
	size_t len = strlen(line->before) + strlen(word);

	if (line->column + len > WIDTH) {
		fprintf(line->file, "\n%*s", (int)line->indent, "");
		line->column = line->indent;
	} else {
		fputs(line->before, line->file);
		line->column += strlen(line->before);
	}
	fputs(word, line->file);
	line->column += strlen(word);
	line->before = " ";
}

static void put_arg(struct line *line, const struct arg *arg)
{
	const char *value = args_value_name(arg);
	const char *dashes[2] = { "", "" };
	char text[128];

	if (arg->flags & ARG_BARE) {
		dashes[0] = "[ ";
		dashes[1] = " ]";
	}
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", arg->flags & ARG_NEEDED ? "" : "[ ",
		 dashes[0], arg->key, dashes[1], value[0] ? " " : "", value,
		 arg->flags & ARG_NEEDED ? "" : " ]");
	put_word(line, text);
}

/* The words of a command, from the column where the line is. */
static void put_command(struct line *line, const struct object *object,
			const struct command *command)
{
	const struct arg *arg;

	put_word(line, object->name);
	put_word(line, command->name);
	line->indent += strlen(object->name) + strlen(command->name) + 2;
	for (arg = command->args; arg && arg->key; arg++)
		if (arg->flags & ARG_NEEDED)
			put_arg(line, arg);
	for (arg = command->args; arg && arg->key; arg++)
		if (!(arg->flags & ARG_NEEDED))
			put_arg(line, arg);
	if (command->more && command->more[0])
		put_word(line, command->more);
	fputc('\n', line->file);
}

static void put_usage(FILE *file, const char *before, const struct object *object,
		      const struct command *command)
{
	struct line line = {
		.file = file, .before = "", .column = strlen(before), .indent = strlen(before),
	};

	fputs(before, file);
	put_command(&line, object, command);
}

/**
 * help_all() - help of the whole command
 * @file: where to
 *
 * Return: exit status.
 */
int help_all(FILE *file)
{
	struct line line = { .file = file, .before = "", .indent = 19, .column = 19 };
	char word[64];
	size_t i;

	fputs("Usage: neuronnl [ OPTIONS ] OBJECT { COMMAND | help }\n"
	      "       neuronnl [ OPTIONS ] [ -force ] [ -batch FILE ]\n"
	      "where  OBJECT := { ", file);
	for (i = 0; objects[i]; i++) {
		snprintf(word, sizeof(word), "%s%s", objects[i]->name, objects[i + 1] ? " |" : " }");
		put_word(&line, word);
	}
	fputc('\n', file);
	fputs(options_text, file);
	fputc('\n', file);
	for (i = 0; objects[i]; i++)
		fprintf(file, "    %-10s %s\n", objects[i]->name, objects[i]->about);
	return ferror(file) ? EXIT_USAGE : EXIT_DONE;
}

static bool uses(const struct command *command, enum arg_kind kind)
{
	const struct arg *arg;

	for (arg = command->args; arg && arg->key; arg++)
		if (arg->kind == kind)
			return true;
	return false;
}

static void put_values(FILE *file, const struct arg *arg)
{
	struct line line = { .file = file, .before = "", .indent = 19 };
	const char *name, *last = NULL;
	char word[80];
	uint32_t i;

	fprintf(file, "       %s := { ", arg->value);
	line.column = 13 + strlen(arg->value);
	for (i = 0; i < 64; i++) {
		name = arg->kind == ARG_ENUM ? arg->name(i) : i < 32 ? arg->name(1U << i) : NULL;
		if (!name)
			continue;
		if (last) {
			snprintf(word, sizeof(word), "%s |", last);
			put_word(&line, word);
		}
		last = name;
	}
	snprintf(word, sizeof(word), "%s }", last ? last : "");
	put_word(&line, word);
	fputc('\n', file);
}

/* What the values that stand in usage may be. */
static void put_kinds(FILE *file, const struct command *first, size_t count)
{
	static const struct { uint8_t kind; const char *text; } kinds[] = {
		{ ARG_DEV, "       DEV := { INDEX | pci/ADDRESS | ADDRESS }\n" },
		{ ARG_CTX, "       CTX := { DEV | LABEL }: a card, or a context of the session;\n"
		  "              may be left out if the session has just one\n" },
		{ ARG_MEM, "       MEM := { LABEL | ID }, of this session\n" },
		{ ARG_PLACE, "       MEM := { LABEL | ID }, of this session; OFFSET in bytes\n" },
		{ ARG_RING, "       RING := { LABEL | ID }, of this session\n" },
		{ ARG_NQ, "       NQ := { LABEL | ID }, of this session\n" },
		{ ARG_JOB, "       JOB := { LABEL | ID }, of this session\n" },
		{ ARG_U64, "       BYTES := NUMBER[K|M|G|T]\n" },
		{ ARG_MS, "       TIME := { N[ms] | Ns | forever }\n" },
	};
	const struct arg *arg;
	size_t i, j;

	for (i = 0; i < COUNT(kinds); i++)
		for (j = 0; j < count; j++)
			if (uses(&first[j], kinds[i].kind)) {
				fputs(kinds[i].text, file);
				break;
			}
	for (j = 0; j < count; j++)
		for (arg = first[j].args; arg && arg->key; arg++)
			if ((arg->kind == ARG_ENUM || arg->kind == ARG_FLAGS) && arg->value)
				put_values(file, arg);
}

/**
 * help_object() - help of an object
 * @file: where to
 * @object: object
 *
 * Return: exit status.
 */
int help_object(FILE *file, const struct object *object)
{
	const struct command *command;

	for (command = object->commands; command->name; command++)
		put_usage(file, command == object->commands ? "Usage: neuronnl " :
			  "       neuronnl ", object, command);
	put_kinds(file, object->commands, (size_t)(command - object->commands));
	for (command = object->commands; command->name; command++)
		if (command->about)
			fprintf(file, "\n%s:\n    %s\n", command->name, command->about);
	if (object->help)
		fprintf(file, "\n%s", object->help);
	return ferror(file) ? EXIT_USAGE : EXIT_DONE;
}

/**
 * help_command() - help of a command
 * @file: where to
 * @object: its object
 * @command: command
 *
 * Return: exit status.
 */
int help_command(FILE *file, const struct object *object, const struct command *command)
{
	const uint8_t *op;

	put_usage(file, "Usage: neuronnl ", object, command);
	put_kinds(file, command, 1);
	if (command->about)
		fprintf(file, "\n    %s\n", command->about);
	if (command->ops && command->ops[0]) {
		fputs("\nOperations of the family:", file);
		for (op = command->ops; *op; op++)
			fprintf(file, " %s", neuron_cmd_name(*op));
		fputc('\n', file);
	}
	return ferror(file) ? EXIT_USAGE : EXIT_DONE;
}

static const char *usage_text(const struct object *object, const struct command *command,
			      char *to, size_t size)
{
	FILE *file = fmemopen(to, size, "w");
	struct line line = { .file = file, .before = "" };
	char *at;

	to[0] = '\0';
	if (!file)
		return to;
	put_command(&line, object, command);
	fclose(file);
	/* A line of its own, whatever its length. */
	for (at = to; *at; at++)
		if (*at == '\n')
			*at = at[1] ? ' ' : '\0';
	return to;
}

static void tree_command(struct tool *tool, const struct object *object,
			 const struct command *command)
{
	const char *ops[NEURON_CMD_MAX];
	size_t count = 0;
	char usage[2048];

	out_object(&tool->out, NULL, usage_text(object, command, usage, sizeof(usage)));
	out_string(&tool->out, "object", object->name, OUT_HEAD);
	out_string(&tool->out, "command", command->name, OUT_HEAD);
	out_string(&tool->out, "usage", usage, OUT_HEAD);
	for (; command->ops && command->ops[count]; count++)
		ops[count] = neuron_cmd_name(command->ops[count]);
	out_strings(&tool->out, "operations", ops, count, 0);
	out_object_end(&tool->out);
}

/**
 * help_tree() - every command with its usage and the operations it uses
 * @tool: run
 *
 * Return: exit status.
 */
int help_tree(struct tool *tool)
{
	const struct command *command;
	size_t i;

	out_array(&tool->out, "help");
	for (i = 0; objects[i]; i++)
		for (command = objects[i]->commands; command->name; command++)
			tree_command(tool, objects[i], command);
	out_array_end(&tool->out);
	return tool_finish(tool, 0);
}
