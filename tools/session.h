/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What lives from one line to the next: contexts, and what was made in them,
 * by label. A command line of its own is a session of one line.
 */
#ifndef NEURONNL_SESSION_H
#define NEURONNL_SESSION_H

#include <stdint.h>

#include <neuron/libneuron.h>

struct tool;

enum session_kind { SESSION_CTX, SESSION_MEM, SESSION_RING, SESSION_NQ, SESSION_JOB,
		    SESSION_KINDS };

/* struct session_done - work that was done before it became a job of the kernel's */
struct session_done {
	uint32_t command;	/* NEURON_CMD_... */
	uint64_t bytes;
};

/*
 * struct session_item - a context, or something of a context
 * @parent: its context, NULL for a context
 * @ctx: the library's context: its own, or that of @parent
 * @id: by which the kernel knows it, within its context; 0: a job that has @done
 * @label: empty if it has none
 */
struct session_item {
	struct session_item *next, *parent;
	enum session_kind kind;
	uint32_t id;
	struct neuron_ctx *ctx;
	union {
		struct neuron_mem *mem;
		struct neuron_ring *ring;
		struct neuron_nq *nq;
		struct session_done done;
	};
	char label[NEURON_MAX_LABEL + 1];
};

struct session {
	struct session_item *items;	/* oldest first */
};

int session_label_free(struct tool *tool, enum session_kind kind, const char *label);
struct session_item *session_add(struct tool *tool, enum session_kind kind,
				 struct session_item *parent, uint32_t id, const char *label,
				 void *object);
void session_drop(struct tool *tool, struct session_item *item);
int session_find(struct tool *tool, enum session_kind kind, const char *word,
		 const struct session_item *parent, struct session_item **item);
struct session_item *session_by_id(struct tool *tool, enum session_kind kind,
				   const struct session_item *parent, uint32_t id);
int session_open(struct tool *tool, uint32_t index, const char *label,
		 struct session_item **item);
int session_opened(struct tool *tool, const char *word, struct session_item **item);
int session_ctx(struct tool *tool, const char *word, struct session_item **item);
int session_only_ctx(struct tool *tool, struct session_item **item);
void session_close_ctx(struct tool *tool, struct session_item *ctx);
void session_close(struct tool *tool);

#endif
