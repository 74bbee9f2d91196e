// SPDX-License-Identifier: GPL-2.0
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "trace_output.h"

#define NS_PER_US 1000u

static const char *const kind_names[] = {
	[EMU_TRACE_REG] = "reg",     [EMU_TRACE_FWIO] = "fwio",	    [EMU_TRACE_DMA] = "dma",
	[EMU_TRACE_FAULT] = "fault", [EMU_TRACE_RECORD] = "record", [EMU_TRACE_IRQ] = "irq",
	[EMU_TRACE_RESET] = "reset", [EMU_TRACE_LINK] = "link",	    [EMU_TRACE_START] = "start",
};

/* An output in use: which kinds it wants of each card. */
struct slot {
	struct emu_trace_output *output;	/* NULL: the slot is free */
	char *path;				/* NULL: a follower */
	unsigned int *kinds;			/* per card */
};

/**
 * struct emu_trace - the trace of a box
 * @admin: held by whoever changes the outputs, over the waiting that this means
 * @lock: guards @slot; nothing is waited for under it
 * @nr_cards: entries of @tap
 * @tap: one per card, NULL where none is connected yet
 * @slot: outputs
 */
struct emu_trace {
	pthread_mutex_t admin;
	pthread_mutex_t lock;
	unsigned int nr_cards;
	struct emu_trace_tap **tap;
	struct slot slot[EMU_TRACE_MAX_OUTPUTS];
};

/**
 * emu_trace_kind_name() - what a kind is called in lines and commands
 * @kind: the kind
 * Context: any.
 * Return: constant string.
 */
const char *emu_trace_kind_name(enum emu_trace_kind kind)
{
	return kind_names[kind];
}

/**
 * emu_trace_kind_list() - names of several kinds
 * @kinds: mask
 * @text: answers them, with commas between
 * Context: any.
 * Return: @text.
 */
const char *emu_trace_kind_list(unsigned int kinds, char text[EMU_TRACE_LIST_BYTES])
{
	size_t used = 0;
	int kind;

	text[0] = 0;
	for (kind = 0; kind < EMU_TRACE_NR_KINDS; kind++)
		if (kinds & (1u << kind))
			used += (size_t)snprintf(text + used, EMU_TRACE_LIST_BYTES - used, "%s%s",
						 used ? "," : "", kind_names[kind]);
	return text;
}

static int kind_of(const char *name, size_t len)
{
	int kind;

	for (kind = 0; kind < EMU_TRACE_NR_KINDS; kind++)
		if (strlen(kind_names[kind]) == len && !strncmp(name, kind_names[kind], len))
			return kind;
	return -1;
}

/**
 * emu_trace_parse_kinds() - read "reg,fwio"
 * @list: names with commas between, or "all"
 * @kinds: answers a mask
 * Context: any.
 * Return: 0, or -EINVAL if one of them is none.
 */
int emu_trace_parse_kinds(const char *list, unsigned int *kinds)
{
	size_t len;
	int kind;

	*kinds = 0;
	if (!strcmp(list, "all")) {
		*kinds = EMU_TRACE_ALL_KINDS;
		return 0;
	}
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		kind = kind_of(list, len);
		if (kind < 0)
			return -EINVAL;
		*kinds |= 1u << kind;
		if (!list[len])
			return 0;
	}
}

/**
 * emu_trace_create() - a trace that nobody reads yet
 * @nr_cards: cards of the box
 * Context: any.
 * Return: the trace, or NULL without memory.
 */
struct emu_trace *emu_trace_create(unsigned int nr_cards)
{
	struct emu_trace *trace = calloc(1, sizeof(*trace));

	if (!trace)
		return NULL;
	trace->nr_cards = nr_cards;
	trace->tap = calloc(nr_cards ? nr_cards : 1, sizeof(struct emu_trace_tap *));
	if (!trace->tap) {
		free(trace);
		return NULL;
	}
	pthread_mutex_init(&trace->admin, NULL);
	pthread_mutex_init(&trace->lock, NULL);
	return trace;
}

static void free_slot(struct slot *slot)
{
	free(slot->path);
	free(slot->kinds);
	memset(slot, 0, sizeof(*slot));
}

/**
 * emu_trace_destroy() - write what is left, free everything
 * @trace: may be NULL; nothing happens on its cards any more
 * Context: waits for the outputs, unless they block.
 */
void emu_trace_destroy(struct emu_trace *trace)
{
	unsigned int i;

	if (!trace)
		return;
	for (i = 0; i < EMU_TRACE_MAX_OUTPUTS; i++) {
		if (trace->slot[i].output)
			emu_trace_output_destroy(trace->slot[i].output);
		free_slot(&trace->slot[i]);
	}
	pthread_mutex_destroy(&trace->lock);
	pthread_mutex_destroy(&trace->admin);
	free(trace->tap);
	free(trace);
}

/* Every tap learns what is wanted of its card. */
static void tell_taps(struct emu_trace *trace)
{
	unsigned int card, i, kinds;

	for (card = 0; card < trace->nr_cards; card++) {
		kinds = 0;
		for (i = 0; i < EMU_TRACE_MAX_OUTPUTS; i++)
			if (trace->slot[i].output)
				kinds |= trace->slot[i].kinds[card];
		if (trace->tap[card])
			atomic_store(&trace->tap[card]->kinds, kinds);
	}
}

/**
 * emu_trace_connect() - a card's tap
 * @trace: the trace, which forgets the tap when it is destroyed
 * @tap: storage in the card
 * @card: its index
 * Context: before any other thread knows the card.
 */
void emu_trace_connect(struct emu_trace *trace, struct emu_trace_tap *tap, unsigned int card)
{
	tap->trace = trace;
	tap->card = card;
	atomic_init(&tap->kinds, 0);
	pthread_mutex_lock(&trace->lock);
	trace->tap[card] = tap;
	tell_taps(trace);
	pthread_mutex_unlock(&trace->lock);
}

/**
 * emu_trace_put() - something happened; see EMU_TRACE()
 * @tap: of the card
 * @event: what; card, time and losses are filled in here
 * Context: any; any lock of a card may be held. Never waits for an output.
 */
void emu_trace_put(struct emu_trace_tap *tap, const struct emu_trace_event *event)
{
	struct emu_trace *trace = tap->trace;
	struct emu_trace_event whole = *event;
	struct slot *slot;

	whole.card = tap->card;
	pthread_mutex_lock(&trace->lock);
	whole.time_us = emu_clock_now_ns() / NS_PER_US;
	for (slot = trace->slot; slot < trace->slot + EMU_TRACE_MAX_OUTPUTS; slot++)
		if (slot->output && slot->kinds[tap->card] & (1u << event->kind))
			emu_trace_output_push(slot->output, &whole);
	pthread_mutex_unlock(&trace->lock);
}

/* Callers hold admin, so nobody else takes the slot meanwhile. */
static struct slot *free_place(struct emu_trace *trace)
{
	unsigned int i;

	for (i = 0; i < EMU_TRACE_MAX_OUTPUTS; i++)
		if (!trace->slot[i].output)
			return &trace->slot[i];
	return NULL;
}

static struct slot *slot_of_path(struct emu_trace *trace, const char *path)
{
	unsigned int i;

	for (i = 0; i < EMU_TRACE_MAX_OUTPUTS; i++)
		if (trace->slot[i].path && !strcmp(trace->slot[i].path, path))
			return &trace->slot[i];
	return NULL;
}

/* Lock held. Whoever reads the line that begins the trace misses nothing afterwards. */
static void want(struct emu_trace *trace, struct slot *slot, unsigned int card,
		 unsigned int kinds)
{
	struct emu_trace_event event = {
		.kind = EMU_TRACE_START,
		.card = card,
		.time_us = emu_clock_now_ns() / NS_PER_US,
		.begin = { kinds, time(NULL) },
	};
	unsigned int i;

	for (i = 0; i < trace->nr_cards; i++)
		if (card == EMU_TRACE_ALL_CARDS || card == i)
			slot->kinds[i] = kinds;
	tell_taps(trace);
	if (kinds)
		emu_trace_output_push(slot->output, &event);
}

/* Takes over the descriptor if it succeeds. */
static int fill_slot(struct emu_trace *trace, struct slot *slot, int fd, const char *path,
		     unsigned int card, unsigned int kinds)
{
	struct emu_trace_output *output;

	slot->kinds = calloc(trace->nr_cards, sizeof(*slot->kinds));
	slot->path = path ? strdup(path) : NULL;
	if (!slot->kinds || (path && !slot->path)) {
		free_slot(slot);
		return -ENOMEM;
	}
	output = emu_trace_output_create(fd);
	if (!output) {
		free_slot(slot);
		return -errno;
	}
	pthread_mutex_lock(&trace->lock);
	slot->output = output;
	want(trace, slot, card, kinds);
	pthread_mutex_unlock(&trace->lock);
	return 0;
}

static int open_path(struct emu_trace *trace, const char *path, bool keep_old,
		     unsigned int card, unsigned int kinds)
{
	struct slot *slot = free_place(trace);
	int fd, err;

	if (!slot)
		return -EBUSY;
	/* Opening a pipe that nobody reads must not block either. */
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK |
		  (keep_old ? 0 : O_TRUNC), 0644);
	if (fd < 0)
		return -errno;
	err = fill_slot(trace, slot, fd, path, card, kinds);
	if (err)
		close(fd);
	return err;
}

/**
 * emu_trace_start() - trace into a file
 * @trace: the trace
 * @card: index of a card, or EMU_TRACE_ALL_CARDS
 * @kinds: mask of kinds that are wanted of it, in place of what was
 * @path: the file; a file that other cards are traced into is shared with them
 * @keep_old: append to what the file has
 * Context: any; no lock of a card held.
 * Return: 0, -EBUSY if there are too many outputs, or what opening the file ended with.
 */
int emu_trace_start(struct emu_trace *trace, unsigned int card, unsigned int kinds,
		    const char *path, bool keep_old)
{
	struct slot *slot;
	int err = 0;

	pthread_mutex_lock(&trace->admin);
	slot = slot_of_path(trace, path);
	if (slot) {
		pthread_mutex_lock(&trace->lock);
		want(trace, slot, card, kinds);
		pthread_mutex_unlock(&trace->lock);
	} else {
		err = open_path(trace, path, keep_old, card, kinds);
	}
	pthread_mutex_unlock(&trace->admin);
	return err;
}

static bool wanted(const struct emu_trace *trace, const struct slot *slot)
{
	unsigned int i;

	for (i = 0; i < trace->nr_cards; i++)
		if (slot->kinds[i])
			return true;
	return false;
}

/* With the lock away the output can be waited for. */
static void close_slot(struct emu_trace *trace, struct slot *slot)
{
	struct emu_trace_output *output;

	pthread_mutex_lock(&trace->lock);
	output = slot->output;
	slot->output = NULL;
	tell_taps(trace);
	pthread_mutex_unlock(&trace->lock);
	emu_trace_output_destroy(output);
	free_slot(slot);
}

/**
 * emu_trace_stop() - trace a card into no file any more
 * @trace: the trace
 * @card: index of a card, or EMU_TRACE_ALL_CARDS
 *
 * A file that no card is left for is closed, with every line in it.
 * Context: no lock of a card held; may wait for an output.
 * Return: files that the card was traced into.
 */
unsigned int emu_trace_stop(struct emu_trace *trace, unsigned int card)
{
	unsigned int stopped = 0, i;
	struct slot *slot;

	pthread_mutex_lock(&trace->admin);
	for (i = 0; i < EMU_TRACE_MAX_OUTPUTS; i++) {
		slot = &trace->slot[i];
		if (!slot->path || (card != EMU_TRACE_ALL_CARDS && !slot->kinds[card]))
			continue;
		stopped++;
		pthread_mutex_lock(&trace->lock);
		want(trace, slot, card, 0);
		pthread_mutex_unlock(&trace->lock);
		if (!wanted(trace, slot))
			close_slot(trace, slot);
	}
	pthread_mutex_unlock(&trace->admin);
	return stopped;
}

/**
 * emu_trace_follow() - trace into a connection
 * @trace: the trace
 * @card: index of a card, or EMU_TRACE_ALL_CARDS
 * @kinds: mask of kinds
 * @socket_fd: stays the caller's, but does not block any more
 * @follower: answers what emu_trace_unfollow() wants
 * Context: no lock of a card held.
 * Return: 0, or -EBUSY if there are too many outputs, or another negative errno.
 */
int emu_trace_follow(struct emu_trace *trace, unsigned int card, unsigned int kinds,
		     int socket_fd, struct emu_trace_output **follower)
{
	struct slot *slot;
	int fd = -1, err = -EBUSY;

	pthread_mutex_lock(&trace->admin);
	slot = free_place(trace);
	if (slot) {
		fd = fcntl(socket_fd, F_DUPFD_CLOEXEC, 0);
		err = fd < 0 ? -errno : fill_slot(trace, slot, fd, NULL, card, kinds);
	}
	if (!err)
		*follower = slot->output;
	else if (fd >= 0)
		close(fd);
	pthread_mutex_unlock(&trace->admin);
	return err;
}

/**
 * emu_trace_unfollow() - the connection has gone
 * @trace: the trace
 * @follower: from emu_trace_follow()
 * Context: no lock of a card held.
 */
void emu_trace_unfollow(struct emu_trace *trace, struct emu_trace_output *follower)
{
	unsigned int i;

	pthread_mutex_lock(&trace->admin);
	for (i = 0; i < EMU_TRACE_MAX_OUTPUTS; i++)
		if (trace->slot[i].output == follower)
			close_slot(trace, &trace->slot[i]);
	pthread_mutex_unlock(&trace->admin);
}

/**
 * emu_trace_get_status() - who traces a card
 * @trace: the trace
 * @card: its index
 * @status: answers one entry per output; the caller frees the paths
 * Context: any; no lock of a card held.
 * Return: number of entries.
 */
unsigned int emu_trace_get_status(struct emu_trace *trace, unsigned int card,
				  struct emu_trace_status status[EMU_TRACE_MAX_OUTPUTS])
{
	struct emu_trace_output_state state;
	unsigned int found = 0, i;
	const struct slot *slot;

	pthread_mutex_lock(&trace->admin);
	for (i = 0; i < EMU_TRACE_MAX_OUTPUTS; i++) {
		slot = &trace->slot[i];
		if (!slot->output || !slot->kinds[card])
			continue;
		emu_trace_output_state(slot->output, &state);
		status[found++] = (struct emu_trace_status){
			.path = slot->path ? strdup(slot->path) : NULL,
			.kinds = slot->kinds[card],
			.lines = state.lines,
			.lost = state.lost,
			.error = state.error,
		};
	}
	pthread_mutex_unlock(&trace->admin);
	return found;
}
