/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands of "ring" share.
 */
#ifndef NEURONNL_CMD_RING_H
#define NEURONNL_CMD_RING_H

#include "neuronnl.h"

#define RING_MS		60000	/* the driver itself gives up earlier */

/* What most commands are told: the ring, how many entries, how long. */
struct ring_what {
	struct session_item *ctx, *ring;
	uint32_t count;
	int timeout;
};

#define RING_ARG(t)	ARG(ARG_RING, "ring", t, ring, ARG_BARE | ARG_NEEDED, .attr = "ring-id")
#define RING_CTX(t)	ARG(ARG_CTX, "dev", t, ctx, 0)

extern const struct arg ring_write_args[], ring_count_args[], ring_wait_args[], ring_read_args[];

int ring_tell(struct tool *tool, const struct session_item *ring, const char *key,
	      uint64_t count, bool room);
int ring_write(struct tool *tool, struct args *args);
int ring_start(struct tool *tool, struct args *args);
int ring_ack(struct tool *tool, struct args *args);
int ring_wait(struct tool *tool, struct args *args);
int ring_read(struct tool *tool, struct args *args);

#endif
