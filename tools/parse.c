// SPDX-License-Identifier: GPL-2.0
/*
 * Keywords and their values, by a table. In any order; what is missing, given
 * twice or unknown is told by its name.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "neuronnl.h"

static const char *const kind_values[ARG_KINDS] = {
	[ARG_FLAG] = "", [ARG_U32] = "N", [ARG_S32] = "N", [ARG_U64] = "BYTES", [ARG_MS] = "TIME",
	[ARG_STRING] = "TEXT", [ARG_LABEL] = "LABEL", [ARG_NAMED] = "LABEL",
	[ARG_FILE] = "FILE", [ARG_ENUM] = "WORD",
	[ARG_FLAGS] = "WORD,...", [ARG_LIST] = "N,...", [ARG_DEV] = "DEV", [ARG_CTX] = "CTX",
	[ARG_OPENED] = "CTX",
	[ARG_MEM] = "MEM", [ARG_RING] = "RING", [ARG_NQ] = "NQ", [ARG_JOB] = "JOB",
	[ARG_PLACE] = "MEM[+OFFSET]",
};

/**
 * args_value_name() - what help calls the value of a keyword
 * @arg: keyword
 *
 * Return: a word, empty if there is no value.
 */
const char *args_value_name(const struct arg *arg)
{
	return arg->value ? arg->value : kind_values[arg->kind];
}

/**
 * args_end() - complain unless all words were taken
 * @args: words
 *
 * Return: EXIT_DONE or EXIT_USAGE.
 */
int args_end(const struct args *args)
{
	const char *word = args_peek(args);

	return word ? tool_usage("\"%s\" is one word too many", word) : EXIT_DONE;
}

/* Return: what follows the number, NULL if there is none. */
static const char *number(const char *word, uint64_t *value)
{
	char *end;

	if (word[0] < '0' || word[0] > '9')
		return NULL;
	errno = 0;
	*value = strtoull(word, &end, 0);
	return errno ? NULL : end;
}

/* A number of bytes or of anything, with K, M, G or T; the key is for the message. As args_u32(). */
static int parse_u64(const char *key, const char *word, uint64_t *value)
{
	static const char units[] = "KMGT";
	const char *rest = number(word, value);
	const char *unit = rest && *rest ? strchr(units, *rest) : NULL;
	unsigned int shift = unit ? 10 * (unsigned int)(unit - units + 1) : 0;

	if (unit)
		rest += strcmp(rest + 1, "iB") ? 1 : 3;
	if (!rest || *rest)
		return tool_usage("\"%s\": \"%s\" is no number", key, word);
	if (*value > UINT64_MAX >> shift)
		return tool_usage("\"%s\": %s is too much", key, word);
	*value <<= shift;
	return EXIT_DONE;
}

/**
 * args_u32() - a number
 * @key: keyword that it belongs to, for the message
 * @word: the number
 * @value: where it goes
 *
 * Return: EXIT_DONE or EXIT_USAGE.
 */
int args_u32(const char *key, const char *word, uint32_t *value)
{
	uint64_t wide;
	const char *rest = number(word, &wide);

	if (!rest || *rest)
		return tool_usage("\"%s\": \"%s\" is no number", key, word);
	if (wide > UINT32_MAX)
		return tool_usage("\"%s\": %s is too much", key, word);
	*value = (uint32_t)wide;
	return EXIT_DONE;
}

/* A number that may be below zero; as args_u32(). */
static int parse_s32(const char *key, const char *word, int32_t *value)
{
	bool minus = word[0] == '-';
	uint64_t wide;
	const char *rest = number(word + minus, &wide);

	if (!rest || *rest)
		return tool_usage("\"%s\": \"%s\" is no number", key, word);
	if (wide > (uint64_t)INT32_MAX + minus)
		return tool_usage("\"%s\": %s is too much", key, word);
	*value = (int32_t)(minus ? -(int64_t)wide : (int64_t)wide);
	return EXIT_DONE;
}

static int time_ms(const char *key, const char *word, int *ms)
{
	const char *rest;
	uint64_t value;

	if (!strcmp(word, "forever")) {
		*ms = NEURON_FOREVER;
		return EXIT_DONE;
	}
	rest = number(word, &value);
	if (!rest || (*rest && strcmp(rest, "ms") && strcmp(rest, "s")))
		return tool_usage("\"%s\": \"%s\" is no time such as 500, 500ms, 2s or forever", key,
				  word);
	if (value > INT_MAX / 1000)
		return tool_usage("\"%s\": %s is too much", key, word);
	*ms = (int)value * (strcmp(rest, "s") ? 1 : 1000);
	return EXIT_DONE;
}

#define ENUM_VALUES	64	/* no enum of the spec has more */

/* Says which names there are. Return: EXIT_USAGE. */
static int not_a_name(const struct arg *arg, const char *word)
{
	char names[512] = "";
	const char *name;
	uint32_t i;

	for (i = 0; i < ENUM_VALUES; i++) {
		name = arg->kind == ARG_FLAGS ? (i < 32 ? arg->name(1U << i) : NULL) : arg->name(i);
		if (!name)
			continue;
		if (names[0])
			strncat(names, ", ", sizeof(names) - strlen(names) - 1);
		strncat(names, name, sizeof(names) - strlen(names) - 1);
	}
	return tool_usage("\"%s\": \"%s\" is none of %s", arg->key, word, names);
}

/* Value of a name; as args_u32(). */
static int parse_enum(const struct arg *arg, const char *word, uint32_t *value)
{
	const char *name;
	uint32_t i;

	for (i = 0; i < ENUM_VALUES; i++) {
		name = arg->name(i);
		if (name && !strcmp(name, word)) {
			*value = i;
			return EXIT_DONE;
		}
	}
	return not_a_name(arg, word);
}

static int bit_names(const struct arg *arg, const char *word, uint32_t *value)
{
	size_t len = strcspn(word, ",");
	const char *name;
	uint32_t bit;

	*value = 0;
	for (;; word += len + 1, len = strcspn(word, ",")) {
		for (bit = 1; bit; bit <<= 1) {
			name = arg->name(bit);
			if (name && strlen(name) == len && !strncmp(name, word, len))
				break;
		}
		if (!bit)
			return not_a_name(arg, word);
		*value |= bit;
		if (!word[len])
			return EXIT_DONE;
	}
}

/* "3" or "3-5". Return: what follows, NULL after an error. */
static const char *list_piece(const char *word, struct args_list *list)
{
	uint64_t first, last;
	const char *rest = number(word, &first);

	last = first;
	if (rest && *rest == '-')
		rest = number(rest + 1, &last);
	if (!rest || last > UINT32_MAX || first > last)
		return NULL;
	for (; first <= last; first++) {
		if (list->count == ARGS_LIST)
			return NULL;
		list->value[list->count++] = (uint32_t)first;
	}
	return rest;
}

static int numbers(const char *key, const char *word, struct args_list *list)
{
	const char *rest = word;

	list->count = 0;
	for (;;) {
		rest = list_piece(rest, list);
		if (!rest || (*rest && *rest != ','))
			return tool_usage("\"%s\": \"%s\" is no list of at most %d numbers such as "
					  "0,2,5-7", key, word, ARGS_LIST);
		if (!*rest++)
			return EXIT_DONE;
	}
}

/**
 * args_place() - memory, and where in it: "MEM" or "MEM+OFFSET"
 * @tool: run
 * @word: the place
 * @ctx: context whose memory it is, NULL for any of the session
 * @place: where it goes
 *
 * Return: EXIT_DONE or the exit status after an error.
 */
int args_place(struct tool *tool, const char *word, struct session_item *ctx,
	       struct args_place *place)
{
	const char *plus = strchr(word, '+');
	char name[64];
	int status;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "+"), word);
	status = session_find(tool, SESSION_MEM, name, ctx, &place->mem);
	place->offset = 0;
	if (!status && plus)
		status = parse_u64(name, plus + 1, &place->offset);
	return status;
}

static int device(struct tool *tool, const char *word, int *index)
{
	struct neuron_device_info info;

	if (neuron_device_find(tool->handle, word, &info, sizeof(info)))
		return tool_refused(tool);
	*index = (int)info.index;
	return EXIT_DONE;
}

static int label(const char *key, const char *word, const char **to)
{
	if (strlen(word) > NEURON_MAX_LABEL)
		return tool_usage("\"%s\": \"%s\" has more than %d characters", key, word,
				  NEURON_MAX_LABEL);
	if (!word[0] || (word[0] >= '0' && word[0] <= '9') || strpbrk(word, "+, \t/"))
		return tool_usage("\"%s\": \"%s\" is no name: it would begin with a letter and have "
				  "no blank, plus, comma or slash", key, word);
	*to = word;
	return EXIT_DONE;
}

/* What the session knows. */
static int convert_item(struct tool *tool, const struct arg *arg, const char *word,
			struct session_item *ctx, void *to)
{
	switch (arg->kind) {
	case ARG_OPENED:
		return session_opened(tool, word, to);
	case ARG_MEM:
		return session_find(tool, SESSION_MEM, word, ctx, to);
	case ARG_RING:
		return session_find(tool, SESSION_RING, word, ctx, to);
	case ARG_NQ:
		return session_find(tool, SESSION_NQ, word, ctx, to);
	case ARG_JOB:
		return session_find(tool, SESSION_JOB, word, ctx, to);
	default:
		return args_place(tool, word, ctx, to);
	}
}

static int convert(struct tool *tool, const struct arg *arg, const char *word,
		   struct session_item *ctx, void *to)
{
	switch (arg->kind) {
	case ARG_FLAG:
		*(bool *)to = true;
		return EXIT_DONE;
	case ARG_U32:
		return args_u32(arg->key, word, to);
	case ARG_S32:
		return parse_s32(arg->key, word, to);
	case ARG_U64:
		return parse_u64(arg->key, word, to);
	case ARG_MS:
		return time_ms(arg->key, word, to);
	case ARG_STRING:
	case ARG_NAMED:
	case ARG_FILE:
		*(const char **)to = word;
		return EXIT_DONE;
	case ARG_LABEL:
		return label(arg->key, word, to);
	case ARG_ENUM:
		return parse_enum(arg, word, to);
	case ARG_FLAGS:
		return bit_names(arg, word, to);
	case ARG_LIST:
		return numbers(arg->key, word, to);
	case ARG_DEV:
		return device(tool, word, to);
	default:
		return convert_item(tool, arg, word, ctx, to);
	}
}

#define ARGS_KEYS	32	/* a command has fewer keywords */

/* Which keyword a word is; ARGS_NONE if none, and no value may stand alone. */
static int which_arg(const struct arg *table, const char *word, const char *const *found,
		     bool *bare)
{
	int i;

	*bare = false;
	for (i = 0; table && table[i].key; i++)
		if (!strcmp(table[i].key, word))
			return i;
	*bare = true;
	for (i = 0; table && table[i].key; i++)
		if (table[i].flags & ARG_BARE && !found[i])
			return i;
	return ARGS_NONE;
}

/* Takes words as long as the table knows them. */
static int collect(struct args *args, const struct arg *table, const char **found)
{
	const char *word;
	bool bare;
	int i;

	for (word = args_peek(args); word; word = args_peek(args)) {
		i = which_arg(table, word, found, &bare);
		if (i < 0)
			return EXIT_DONE;
		if (found[i])
			return tool_usage("\"%s\" is given twice", table[i].key);
		args_next(args);
		if (!bare && table[i].kind != ARG_FLAG)
			word = args_next(args);
		if (!word)
			return tool_usage("\"%s\" lacks its value (%s)", table[i].key,
					  args_value_name(&table[i]));
		found[i] = word;
	}
	return EXIT_DONE;
}

static int missing(const struct tool *tool, const struct arg *arg)
{
	if (arg->kind != ARG_CTX)
		return tool_usage("\"%s\" is missing (%s)", arg->key, args_value_name(arg));
	return tool_usage(tool->session->items ?
			  "\"%s\" is missing: the session has several contexts" :
			  "\"%s\" is missing: name the card", arg->key);
}

/* Contexts and cards, since other words mean something within them. */
static int convert_ctx(struct tool *tool, const struct arg *table, const char *const *found,
		       char *to, struct session_item **ctx)
{
	struct session_item **item;
	int i, status;

	for (i = 0; table[i].key; i++) {
		if (table[i].kind == ARG_DEV && !found[i])
			*(int *)(to + table[i].off) = NEURON_ALL_DEVICES;
		if (table[i].kind != ARG_CTX)
			continue;
		item = (struct session_item **)(to + table[i].off);
		status = found[i] ? session_ctx(tool, found[i], item) :
				    session_only_ctx(tool, item);
		if (status)
			return status;
		if (!*item && table[i].flags & ARG_NEEDED)
			return missing(tool, &table[i]);
		*ctx = found[i] ? *item : NULL;
	}
	return EXIT_DONE;
}

/**
 * args_parse_table() - keywords and their values, in any order
 * @tool: run
 * @args: words; those that the table does not know, and what follows, are left
 * @table: keywords, ends with a key of NULL
 * @to: struct that the offsets of the table belong to, with defaults in it
 * @given: a bit for each keyword of the table that was there, may be NULL
 *
 * Return: EXIT_DONE, or the exit status after an error.
 */
int args_parse_table(struct tool *tool, struct args *args, const struct arg *table, void *to,
		     uint64_t *given)
{
	const char *found[ARGS_KEYS] = { NULL };
	struct session_item *ctx = NULL;
	bool more = tool->command->more || table != tool->command->args;
	uint64_t mask = 0;
	int i, status;

	status = collect(args, table, found);
	if (!status && args_peek(args) && !more)
		status = tool_usage("\"%s\" is no keyword of \"%s %s\"", args_peek(args),
				    tool->object->name, tool->command->name);
	for (i = 0; !status && table[i].key; i++) {
		if (found[i])
			mask |= 1ULL << i;
		else if (table[i].flags & ARG_NEEDED && table[i].kind != ARG_CTX)
			status = missing(tool, &table[i]);
	}
	if (given)
		*given = mask;
	if (!status)
		status = convert_ctx(tool, table, found, to, &ctx);
	for (i = 0; !status && table[i].key; i++)
		if (found[i] && table[i].kind != ARG_CTX)
			status = convert(tool, &table[i], found[i], ctx, (char *)to + table[i].off);
	return status;
}

/**
 * args_parse() - the words of the command that runs, by its own table
 * @tool: run
 * @args: words; all that are left, unless the command has "more"
 * @to: struct that the offsets of the table belong to, with defaults in it
 * @given: a bit for each keyword of the table that was there, may be NULL
 *
 * Return: EXIT_DONE, or the exit status after an error.
 */
int args_parse(struct tool *tool, struct args *args, void *to, uint64_t *given)
{
	return args_parse_table(tool, args, tool->command->args, to, given);
}
