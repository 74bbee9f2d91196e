// SPDX-License-Identifier: GPL-2.0
/*
 * Which word may come next: for the prompt, and for the shell by
 * "neuronnl help complete". From the table of objects and commands, what the
 * session knows, and the cards that are there.
 */
#include <dirent.h>
#include <string.h>

#include "neuronnl.h"

/*
 * struct completion - a question
 * @object: whose command it is about
 * @begun: what the word begins with
 * @candidate: called for each word that could be meant
 */
struct completion {
	struct tool *tool;
	const struct object *object;
	const char *begun;
	complete_fn candidate;
	void *arg;
};

/* They come before the object. */
static const char *const options[] = {
	"-json", "-pretty", "-statistics", "-details", "-timestamp", "-tshort", "-color",
	"-netns", "-batch", "-force", "-Version", "-help",
};

static void offer(const struct completion *what, const char *word)
{
	if (!strncmp(word, what->begun, strlen(what->begun)))
		what->candidate(what->arg, word);
}

static int offer_card(const struct neuron_device_info *info, void *arg)
{
	char word[64];

	snprintf(word, sizeof(word), "%u", info->index);
	offer(arg, word);
	snprintf(word, sizeof(word), "pci/%s", info->bus_name);
	offer(arg, word);
	return 0;
}

/* If there is no driver, nothing is said: there are no cards then. */
static bool connected(struct tool *tool)
{
	return tool->handle || !neuron_open(&tool->handle);
}

static void offer_cards(struct completion *what)
{
	if (connected(what->tool))
		neuron_device_list(what->tool->handle, offer_card, what);
}

/* Other programs' labels are any text: those that would need quotes are left out. */
static void offer_label(const struct completion *what, const char *label)
{
	size_t plain = strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_-.:");

	if (plain && !label[plain])
		offer(what, label);
}

static int offer_ctx(const struct neuron_ctx_info *info, void *arg)
{
	offer_label(arg, info->label);
	return 0;
}

static int offer_mem(const struct neuron_mem_info *info, void *arg)
{
	offer_label(arg, info->label);
	return 0;
}

static int offer_ring(const struct neuron_ring_info *info, void *arg)
{
	offer_label(arg, info->label);
	return 0;
}

/* What the kernel knows by name, of whatever program. */
static void offer_named(struct completion *what)
{
	struct neuron_handle *handle;

	if (!connected(what->tool))
		return;
	handle = what->tool->handle;
	if (what->object == &object_ctx)
		neuron_ctx_list(handle, NEURON_ALL_DEVICES, offer_ctx, what);
	else if (what->object == &object_mem)
		neuron_mem_list(handle, NEURON_ALL_DEVICES, offer_mem, what);
	else
		neuron_ring_list(handle, NEURON_ALL_DEVICES, offer_ring, what);
}

static void offer_items(const struct completion *what, enum session_kind kind)
{
	const struct session_item *item;

	for (item = what->tool->session->items; item; item = item->next)
		if (item->kind == kind && item->label[0])
			offer(what, item->label);
}

static void offer_names(const struct completion *what, const struct arg *arg)
{
	const char *name;
	uint32_t i;

	for (i = 0; i < (arg->kind == ARG_FLAGS ? 32 : 64); i++) {
		name = arg->name(arg->kind == ARG_FLAGS ? 1U << i : i);
		if (name)
			offer(what, name);
	}
}

static void offer_files(const struct completion *what)
{
	const char *slash = strrchr(what->begun, '/');
	int len = slash ? (int)(slash - what->begun + 1) : 0;
	char path[512], word[1024];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%.*s", len, what->begun);
	dir = opendir(len ? path : ".");
	for (entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(word, sizeof(word), "%s%s%s", path, entry->d_name,
			 entry->d_type == DT_DIR ? "/" : "");
		offer(what, word);
	}
	if (dir)
		closedir(dir);
}

static void offer_values(struct completion *what, const struct arg *arg)
{
	switch (arg->kind) {
	case ARG_ENUM:
	case ARG_FLAGS:
		offer_names(what, arg);
		break;
	case ARG_OPENED:
		offer_items(what, SESSION_CTX);
		break;
	case ARG_CTX:
		offer_items(what, SESSION_CTX);
		/* fall through */
	case ARG_DEV:
		offer_cards(what);
		break;
	case ARG_MEM:
	case ARG_PLACE:
		offer_items(what, SESSION_MEM);
		break;
	case ARG_RING:
		offer_items(what, SESSION_RING);
		break;
	case ARG_NQ:
		offer_items(what, SESSION_NQ);
		break;
	case ARG_JOB:
		offer_items(what, SESSION_JOB);
		break;
	case ARG_NAMED:
		offer_named(what);
		break;
	case ARG_FILE:
		offer_files(what);
		break;
	case ARG_STRING:
		/* A card that need not be there. */
		if (arg->value && !strcmp(arg->value, "DEV"))
			offer_cards(what);
		break;
	default:
		break;
	}
}

static const struct arg *find_key(const struct arg *table, const char *word)
{
	const struct arg *arg;

	for (arg = table; arg && arg->key; arg++)
		if (!strcmp(arg->key, word))
			return arg;
	return NULL;
}

static void offer_arguments(struct completion *what, const struct command *command, char **words)
{
	const struct arg *arg = NULL;
	uint64_t seen = 0;

	for (; *words; words++) {
		if (arg && arg->kind != ARG_FLAG) {
			arg = NULL;	/* this was its value */
			continue;
		}
		arg = find_key(command->args, *words);
		if (arg)
			seen |= 1ULL << (arg - command->args);
	}
	if (arg && arg->kind != ARG_FLAG) {
		offer_values(what, arg);
		return;
	}
	for (arg = command->args; arg && arg->key; arg++) {
		if (seen >> (arg - command->args) & 1)
			continue;
		offer(what, arg->key);
		if (arg->flags & ARG_BARE)
			offer_values(what, arg);
	}
	offer(what, "help");
}

static void offer_keywords(const struct completion *what, const struct command *command)
{
	const struct arg *arg;

	for (arg = command->args; arg && arg->key; arg++)
		offer(what, arg->key);
}

/**
 * complete_words() - which words may come next
 * @tool: run
 * @words: words before it, options left out, NULL at the end
 * @begun: what it begins with, may be empty
 * @candidate: called for each
 * @arg: for @candidate
 */
void complete_words(struct tool *tool, char **words, const char *begun, complete_fn candidate,
		    void *arg)
{
	struct completion what = {
		.tool = tool, .begun = begun, .candidate = candidate, .arg = arg,
	};
	const struct command *command;
	const struct object *object;
	size_t i;

	if (!words[0]) {
		for (i = 0; i < COUNT(options); i++)
			if (begun[0] == '-')
				offer(&what, options[i]);
		for (i = 0; objects[i]; i++)
			offer(&what, objects[i]->name);
		offer(&what, "help");
		return;
	}
	object = object_find(words[0], NULL);
	if (!object)
		return;
	what.object = object;
	if (!words[1]) {
		for (command = object->commands; command->name; command++)
			offer(&what, command->name);
		offer_keywords(&what, object->commands);
		offer(&what, "help");
		return;
	}
	/* The first command may be left out. */
	if (find_key(object->commands->args, words[1]))
		offer_arguments(&what, object->commands, words + 1);
	command = command_find(object, words[1], NULL);
	if (command)
		offer_arguments(&what, command, words + 2);
}
