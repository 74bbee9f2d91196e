// SPDX-License-Identifier: GPL-2.0
/*
 * What lives from one line to the next. Contexts are opened by "ctx open", or
 * by the first command that needs the authority of one; what is made in them
 * can be named by a label wherever its id could stand.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "neuronnl.h"

/* What a kind is called in messages. */
static const char *kind_name(enum session_kind kind)
{
	static const char *const names[SESSION_KINDS] = { "context", "memory", "ring",
							  "notification queue", "job" };

	return names[kind];
}

static struct session_item *by_label(const struct tool *tool, enum session_kind kind,
				     const char *label)
{
	struct session_item *item;

	for (item = tool->session->items; item; item = item->next)
		if (item->kind == kind && item->label[0] && !strcmp(item->label, label))
			return item;
	return NULL;
}

/**
 * session_label_free() - complain if a label is taken
 * @tool: run
 * @kind: of what it shall be a label
 * @label: label, or NULL
 *
 * To be asked before the kernel makes something that then has no name.
 *
 * Return: EXIT_DONE or EXIT_USAGE.
 */
int session_label_free(struct tool *tool, enum session_kind kind, const char *label)
{
	if (label && by_label(tool, kind, label))
		return tool_usage("there is a %s \"%s\" already", kind_name(kind), label);
	return EXIT_DONE;
}

/**
 * session_add() - keep something for the lines to come
 * @tool: run
 * @kind: what it is
 * @parent: its context, NULL for a context
 * @id: by which the kernel knows it
 * @label: label, or NULL
 * @object: the library's pointer, NULL for a job
 *
 * Return: the item, NULL if there is no memory (which was complained about).
 */
struct session_item *session_add(struct tool *tool, enum session_kind kind,
				 struct session_item *parent, uint32_t id, const char *label,
				 void *object)
{
	struct session_item **end = &tool->session->items;
	struct session_item *item = calloc(1, sizeof(*item));

	if (!item) {
		tool_usage("Error: no memory");
		return NULL;
	}
	item->kind = kind;
	item->parent = parent;
	item->id = id;
	item->ctx = parent ? parent->ctx : object;
	item->mem = parent ? object : NULL;
	if (label)
		strncpy(item->label, label, sizeof(item->label) - 1);
	while (*end)
		end = &(*end)->next;
	*end = item;
	return item;
}

/**
 * session_drop() - forget something that exists no more, with what it owned
 * @tool: run
 * @item: item
 */
void session_drop(struct tool *tool, struct session_item *item)
{
	struct session_item **at = &tool->session->items;
	struct session_item *gone;

	while (*at) {
		if (*at != item && (*at)->parent != item) {
			at = &(*at)->next;
			continue;
		}
		gone = *at;
		*at = gone->next;
		if (gone != item)
			free(gone);
	}
	free(item);
}

/**
 * session_by_id() - something by its number
 * @tool: run
 * @kind: what it is
 * @parent: its context, NULL for any
 * @id: number
 *
 * Return: the first such item, NULL if there is none.
 */
struct session_item *session_by_id(struct tool *tool, enum session_kind kind,
				   const struct session_item *parent, uint32_t id)
{
	struct session_item *item;

	for (item = tool->session->items; item; item = item->next)
		if (item->kind == kind && item->id == id && (!parent || item->parent == parent))
			return item;
	return NULL;
}

/* Is there another one by this number, in another context? */
static bool is_ambiguous(const struct session_item *item)
{
	const struct session_item *other;

	for (other = item->next; other; other = other->next)
		if (other->kind == item->kind && other->id == item->id)
			return true;
	return false;
}

/**
 * session_find() - something that the session made, by label or number
 * @tool: run
 * @kind: what it is
 * @word: label or number
 * @parent: its context, NULL for any
 * @item: where it goes
 *
 * Return: EXIT_DONE or EXIT_USAGE.
 */
int session_find(struct tool *tool, enum session_kind kind, const char *word,
		 const struct session_item *parent, struct session_item **item)
{
	uint32_t id;

	if (word[0] < '0' || word[0] > '9') {
		*item = by_label(tool, kind, word);
	} else {
		if (args_u32(kind_name(kind), word, &id))
			return EXIT_USAGE;
		*item = session_by_id(tool, kind, parent, id);
		if (*item && !parent && is_ambiguous(*item))
			return tool_usage("%s %s is in several contexts: use its label",
					  kind_name(kind), word);
	}
	if (!*item)
		return tool_usage("the session has no %s \"%s\"%s", kind_name(kind), word,
				  tool->many ? "" : "; what one run of neuronnl makes ends with it: "
				  "use -batch");
	return EXIT_DONE;
}

/**
 * session_open() - open a card for the session
 * @tool: run
 * @index: card
 * @label: label, or NULL
 * @item: the context
 *
 * Return: EXIT_DONE, or the exit status after an error.
 */
int session_open(struct tool *tool, uint32_t index, const char *label, struct session_item **item)
{
	struct neuron_ctx *ctx;
	int status = session_label_free(tool, SESSION_CTX, label);

	if (status)
		return status;
	if (neuron_ctx_open(tool->handle, index, &ctx))
		return tool_refused(tool);
	if (label && neuron_ctx_set_label(ctx, label)) {
		status = tool_refused(tool);
		neuron_ctx_close(ctx);
		return status;
	}
	*item = session_add(tool, SESSION_CTX, NULL, neuron_ctx_id(ctx), label, ctx);
	if (*item)
		return EXIT_DONE;
	neuron_ctx_close(ctx);
	return EXIT_USAGE;
}

/**
 * session_only_ctx() - the context of a session that has just one
 * @tool: run
 * @item: the context, NULL if there are none or several
 *
 * Return: EXIT_DONE.
 */
int session_only_ctx(struct tool *tool, struct session_item **item)
{
	struct session_item *each;

	*item = NULL;
	for (each = tool->session->items; each; each = each->next) {
		if (each->kind != SESSION_CTX)
			continue;
		if (*item) {
			*item = NULL;
			break;
		}
		*item = each;
	}
	return EXIT_DONE;
}

/* The context of a card that is open, NULL if there is none. */
static int of_card(struct tool *tool, const char *word, uint32_t *index, struct session_item **item)
{
	struct neuron_device_info info;
	struct session_item *each;

	*item = NULL;
	if (neuron_device_find(tool->handle, word, &info, sizeof(info)))
		return tool_refused(tool);
	*index = info.index;
	for (each = tool->session->items; each; each = each->next) {
		if (each->kind != SESSION_CTX || neuron_ctx_device(each->ctx) != info.index)
			continue;
		if (*item)
			return tool_usage("the session has several contexts of card %s: use a label",
					  word);
		*item = each;
	}
	return EXIT_DONE;
}

/* A word that can only be a label, and is none. */
static bool is_no_card(const char *word)
{
	return (word[0] < '0' || word[0] > '9') && !strchr(word, ':') && strncmp(word, "pci/", 4);
}

/**
 * session_opened() - the context that a word means
 * @tool: run
 * @word: label of a context, or its card
 * @item: the context
 *
 * Return: EXIT_DONE, or the exit status after an error.
 */
int session_opened(struct tool *tool, const char *word, struct session_item **item)
{
	int status = EXIT_DONE;
	uint32_t index;

	*item = by_label(tool, SESSION_CTX, word);
	if (!*item && !is_no_card(word))
		status = of_card(tool, word, &index, item);
	if (!status && !*item)
		return tool_usage("the session has no context \"%s\"", word);
	return status;
}

/**
 * session_ctx() - the context that a word means, opened if it has to be
 * @tool: run
 * @word: label of a context, or a card
 * @item: the context
 *
 * Return: EXIT_DONE, or the exit status after an error.
 */
int session_ctx(struct tool *tool, const char *word, struct session_item **item)
{
	uint32_t index;
	int status;

	*item = by_label(tool, SESSION_CTX, word);
	if (*item)
		return EXIT_DONE;
	if (is_no_card(word))
		return tool_usage("\"%s\" is no card, and no context of the session", word);
	status = of_card(tool, word, &index, item);
	return status || *item ? status : session_open(tool, index, NULL, item);
}

#define GIVE_UP_MS	5000	/* a ring that does not stop by then is the kernel's */

static void give_up(struct session_item *item)
{
	switch (item->kind) {
	case SESSION_RING:
		neuron_ring_destroy(item->ring, GIVE_UP_MS);
		break;
	case SESSION_NQ:
		neuron_nq_destroy(item->nq, GIVE_UP_MS);
		break;
	case SESSION_MEM:
		neuron_mem_free(item->mem);
		break;
	default:
		break;
	}
}

/* Rings before the memory that they name. */
static void give_up_all(struct tool *tool, const struct session_item *ctx)
{
	static const enum session_kind order[] = { SESSION_RING, SESSION_NQ, SESSION_MEM };
	struct session_item *item;
	size_t i;

	for (i = 0; i < COUNT(order); i++)
		for (item = tool->session->items; item; item = item->next)
			if (item->parent == ctx && item->kind == order[i])
				give_up(item);
}

/**
 * session_close_ctx() - close a context, and give up all that was made in it
 * @tool: run
 * @ctx: context, gone afterwards
 */
void session_close_ctx(struct tool *tool, struct session_item *ctx)
{
	struct neuron_ctx *library = ctx->ctx;

	give_up_all(tool, ctx);
	session_drop(tool, ctx);
	neuron_ctx_close(library);
}

/**
 * session_close() - end a session
 * @tool: run
 */
void session_close(struct tool *tool)
{
	struct session_item *item;

	while (tool->session->items) {
		item = tool->session->items;
		session_close_ctx(tool, item->parent ? item->parent : item);
	}
}
