/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the objects of the command share.
 */
#ifndef NEURONNL_H
#define NEURONNL_H

#include <stdio.h>

#include <neuron/libneuron.h>

#include "args.h"
#include "out.h"
#include "session.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

enum { EXIT_DONE, EXIT_USAGE, EXIT_REFUSED };

struct object;
struct command;
struct session;

/*
 * struct tool - one run of the command, of one line or of many
 * @statistics: -s
 * @timestamp: -t, @short_time: -ts
 * @force: -force: go on after a line that failed
 * @batch: -batch, @netns: -netns
 * @many: lines come from a file or a prompt
 * @session: what lives from line to line
 * @object, @command: of the line that runs
 * @words: of the line that runs, as given, for messages
 */
struct tool {
	struct neuron_handle *handle;
	struct out out;
	bool json, pretty, details, statistics, timestamp, short_time, force, many;
	enum out_color color;
	const char *netns, *batch;
	struct session *session;
	const struct object *object;
	const struct command *command;
	char **words;
};

/* Return: an exit status. */
typedef int (*command_fn)(struct tool *tool, struct args *args);

/*
 * struct command - a command of an object; help and completion are made from it
 * @name: word
 * @run: does it
 * @args: keywords, ends with a key of NULL; NULL if there are none
 * @more: words that no table describes, as help shows them after those of
 *	@args; "" in most cases
 * @about: what it does: whole sentences, lines of at most 76 characters
 * @ops: NEURON_CMD_... that it uses, 0 at the end
 * @local: needs no driver
 * @stream: prints what it likes, also with -j; else there is one JSON object
 */
struct command {
	const char *name;
	command_fn run;
	const struct arg *args;
	const char *more;
	const char *about;
	const uint8_t *ops;
	bool local, stream;
};

#define OPS(...)	((const uint8_t[]){ __VA_ARGS__, 0 })

/*
 * struct object - first word of the command
 * @commands: the first one is the default; ends with a name of NULL
 * @about: what it is, a line without full stop
 * @help: more text, or NULL
 */
struct object {
	const char *name;
	const struct command *commands;
	const char *about;
	const char *help;
};

/* Every object, NULL at the end. */
extern const struct object *const objects[];

extern const struct object object_dev, object_neighbor, object_core, object_engine, object_ctx,
	object_mem, object_ring, object_nq, object_sema, object_event, object_fw, object_job,
	object_stats, object_monitor, object_top, object_doctor, object_topology,
	object_cdi;

int tool_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
int tool_refused(struct tool *tool);
const char *refused_hint(const struct neuron_error_info *info, const char *text);
void refused_sentence(const struct command *command, const struct neuron_error_info *info,
		      const char *text, char *to, size_t size);
int tool_device(struct tool *tool, struct args *args, int *index);
uint64_t tool_now_ms(void);
bool tool_is_meant(const char *label, const char *name);
int tool_finish(struct tool *tool, int err);
int tool_list(struct tool *tool, struct args *args, const char *key,
	      int (*list)(struct tool *tool, int index));
int tool_background(struct tool *tool, struct session_item *ctx, const char *label, int err);
int tool_line(struct tool *tool, char **words);
int tool_connect(struct tool *tool);
const struct object *object_find(const char *word, int *which);
const struct command *command_find(const struct object *object, const char *word, int *which);

/* Arguments of every "show": "[ dev ] DEV". */
extern const struct arg show_args[];

int help_all(FILE *file);
int help_object(FILE *file, const struct object *object);
int help_command(FILE *file, const struct object *object, const struct command *command);
int help_tree(struct tool *tool);

/* Which words may follow; @candidate is called for each that begins with @begun. */
typedef void (*complete_fn)(void *arg, const char *candidate);
void complete_words(struct tool *tool, char **words, const char *begun, complete_fn candidate,
		    void *arg);

int batch_file(struct tool *tool, const char *path);
int prompt_run(struct tool *tool);

int words_split(char *line, char **words, size_t max);

/* Members of what several objects show. */
extern const struct show show_device[];
extern const size_t show_device_count;
extern const struct show show_neighbor[];
extern const size_t show_neighbor_count;
void show_stats(struct out *out, const struct neuron_stats_info *info);
void show_context(struct out *out, const struct neuron_ctx_info *info);

/* When something happened, as -t and -ts want it. */
void timestamp(const struct tool *tool, char *to, size_t size);

#endif
