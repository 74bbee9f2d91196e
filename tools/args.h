/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of the command line: which of several names a word is, and keywords
 * with their values by a table, which help and completion are made from too.
 */
#ifndef NEURONNL_ARGS_H
#define NEURONNL_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tool;
struct session_item;

struct args {
	char **words;	/* what is left, NULL at the end */
};

enum { ARGS_NONE = -1, ARGS_AMBIGUOUS = -2 };

const char *args_peek(const struct args *args);
const char *args_next(struct args *args);
bool args_take(struct args *args, const char *word);
bool args_is_help(const char *word);
int args_match(const char *word, const char *(*name)(const void *names, size_t i),
	       const void *names, size_t count);

#define ARGS_LIST	128	/* numbers in a list, more than any operation takes */

/* ARG_LIST: "0,2,5-7" */
struct args_list {
	uint32_t count;
	uint32_t value[ARGS_LIST];
};

/* ARG_PLACE: "MEM" or "MEM+OFFSET" */
struct args_place {
	struct session_item *mem;
	uint64_t offset;
};

/*
 * enum arg_kind - what follows a keyword, and the member that it goes to
 * @ARG_FLAG: nothing; bool
 * @ARG_U32: number, decimal or 0x...; uint32_t
 * @ARG_S32: number with sign; int32_t
 * @ARG_U64: number, also with K, M, G, T (1024); uint64_t
 * @ARG_MS: time: "500", "500ms", "2s", "forever"; int (NEURON_FOREVER)
 * @ARG_STRING: text; const char *
 * @ARG_LABEL: name for something new; const char *
 * @ARG_NAMED: label that things of the command's object may have, in whatever
 *	context; const char *
 * @ARG_FILE: path; const char *
 * @ARG_ENUM: one of the names of @name; uint32_t
 * @ARG_FLAGS: names of bits by @name, with commas between; uint32_t
 * @ARG_LIST: numbers with commas between; struct args_list
 * @ARG_DEV: card; int (index, or NEURON_ALL_DEVICES if not given)
 * @ARG_CTX: card or label of a context: whose authority to use, opened if the
 *	session has none; struct session_item *. If it is not given, the
 *	session's context if it has just one, else NULL
 * @ARG_OPENED: label of a context of the session, or its card; never opened;
 *	struct session_item *
 * @ARG_MEM, @ARG_RING, @ARG_NQ, @ARG_JOB: label or id of something that the
 *	session made; struct session_item *
 * @ARG_PLACE: memory and where in it; struct args_place
 */
enum arg_kind {
	ARG_FLAG, ARG_U32, ARG_S32, ARG_U64, ARG_MS, ARG_STRING, ARG_LABEL, ARG_NAMED, ARG_FILE,
	ARG_ENUM, ARG_FLAGS, ARG_LIST, ARG_DEV, ARG_CTX, ARG_OPENED, ARG_MEM, ARG_RING, ARG_NQ,
	ARG_JOB, ARG_PLACE, ARG_KINDS
};

#define ARG_NEEDED	0x1u	/* an error if it is missing */
#define ARG_BARE	0x2u	/* the keyword may be left out, the value stands alone */

/*
 * struct arg - a keyword of a command
 * @key: the word
 * @kind: enum arg_kind
 * @flags: ARG_NEEDED, ARG_BARE
 * @off: where in the command's struct the value goes
 * @value: what help calls the value, NULL for a word by @kind
 * @name: of ARG_ENUM and ARG_FLAGS: name of a value, NULL if there is none
 * @attr: attribute of the spec by which the kernel complains about it, NULL
 *	if that is @key
 */
struct arg {
	const char *key;
	uint8_t kind, flags;
	uint16_t off;
	const char *value;
	const char *(*name)(uint32_t value);
	const char *attr;
};

/* ARG(kind, key, struct, member, flags [, .name = ..., .value = ..., .attr = ...]) */
#define ARG(kind_, key_, type_, member_, flags_, ...)				\
	{ .key = (key_), .kind = (kind_), .flags = (flags_),			\
	  .off = offsetof(type_, member_), ##__VA_ARGS__ }

int args_parse(struct tool *tool, struct args *args, void *to, uint64_t *given);
int args_parse_table(struct tool *tool, struct args *args, const struct arg *table, void *to,
		     uint64_t *given);
int args_end(const struct args *args);
const char *args_value_name(const struct arg *arg);

/* One value, for words that no table can describe. */
int args_u32(const char *key, const char *word, uint32_t *value);
int args_place(struct tool *tool, const char *word, struct session_item *ctx,
	       struct args_place *place);

#endif
