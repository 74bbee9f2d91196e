// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl ring: rings of contexts, and what is done by them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cmd_ring.h"

#define DESCRIPTORS	256	/* of a ring that nothing is said of */

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_RING_##attr, key, struct neuron_ring_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, OUT_HEAD, NULL),
	S(SHOW_U32, RING_ID, "ring-id", ring_id, OUT_HEAD, NULL),
	S(SHOW_U32, DESCRIPTORS, "descriptors", descriptors, 0, NULL),
	S(SHOW_STR, LABEL, "label", label, 0, NULL),
	S(SHOW_ENUM, STATE, "state", state, 0, neuron_ring_state_name),
	S(SHOW_U32, ENG_ID, "eng-id", eng_id, 0, NULL),
	S(SHOW_U32, QUEUE_ID, "queue-id", queue_id, 0, NULL),
	S(SHOW_U32, FREE, "free", free, 0, NULL),
	S(SHOW_U64, WRITTEN, "written", written, 0, NULL),
	S(SHOW_U64, STARTED, "started", started, 0, NULL),
	S(SHOW_U64, FINISHED, "finished", finished, 0, NULL),
	S(SHOW_U64, ACKED, "acked", acked, 0, NULL),
	S(SHOW_U32, AXI_PORT, "axi-port", axi_port, 0, NULL),
	S(SHOW_BOOL, COMPLETION, "completion", completion, 0, NULL),
	S(SHOW_U64, FAILED, "failed", failed, 0, NULL),
	S(SHOW_STR, LOST_TEXT, "lost-text", lost_text, 0, NULL),
	S(SHOW_ENUM, KIND, "kind", kind, 0, neuron_mem_kind_name),
	S(SHOW_U32, CHANNEL, "channel", channel, 0, NULL),
};

static int show_one(struct tool *tool, const struct neuron_ring_info *info)
{
	char heading[80];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " ring %" PRIu32,
		 info->index, info->ctx_id, info->ring_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

/* A ring as "show" has it. */
static int show_ring(struct tool *tool, struct neuron_ring *ring)
{
	struct neuron_ring_info info;
	int err = neuron_ring_get(ring, &info, sizeof(info));

	out_array(&tool->out, "ring");
	if (!err)
		err = show_one(tool, &info);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

struct look {
	struct tool *tool;
	struct session_item *ring;
	int dev;
	const char *name;
};

static const struct arg look_args[] = {
	ARG(ARG_RING, "ring", struct look, ring, 0, .attr = "ring-id"),
	ARG(ARG_DEV, "dev", struct look, dev, ARG_BARE),
	ARG(ARG_NAMED, "name", struct look, name, 0),
	{ .key = NULL },
};

static int show_meant(const struct neuron_ring_info *info, void *arg)
{
	const struct look *what = arg;

	return tool_is_meant(info->label, what->name) ? show_one(what->tool, info) : 0;
}

static int ring_show(struct tool *tool, struct args *args)
{
	struct look what = { .tool = tool };
	int err, status = args_parse(tool, args, &what, NULL);

	if (!status && what.ring && what.name)
		status = tool_usage("\"ring\" and \"name\": either one of this session, or all that "
				    "are called so");
	if (status)
		return status;
	if (what.ring)
		return show_ring(tool, what.ring->ring);
	out_array(&tool->out, "ring");
	err = neuron_ring_list(tool->handle, what.dev, show_meant, &what);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

/* The queue that a ring shall be on. */
struct place {
	uint32_t core, engine, queue;
};

/* Bits of what was given: the three come first in a command's table. */
enum { PLACE_CORE, PLACE_ENGINE, PLACE_QUEUE, PLACE_KEYS };

#define PLACE_ARGS(t, m)							\
	ARG(ARG_U32, "core", t, m.core, 0, .attr = "nc-id"),			\
	ARG(ARG_U32, "engine", t, m.engine, 0, .attr = "eng-id"),		\
	ARG(ARG_U32, "queue", t, m.queue, 0, .attr = "queue-id")

static int check_place(uint64_t given, bool needed)
{
	bool core = given >> PLACE_CORE & 1, engine = given >> PLACE_ENGINE & 1;

	if (core && engine)
		return tool_usage("\"core\" and \"engine\": either any queue of a core, or one of an "
				  "engine");
	if (given >> PLACE_QUEUE & 1 && !engine)
		return tool_usage("\"queue\" goes with \"engine\"");
	if (needed && !core && !engine)
		return tool_usage("\"core\" or \"engine\" is missing: where the ring shall be");
	return EXIT_DONE;
}

/* The first free queue of an engine; one may be the driver's. */
static int attach_engine(struct tool *tool, const struct session_item *ring, uint32_t eng_id)
{
	struct neuron_device_info device;
	uint32_t queue = 0;
	int err;

	err = neuron_device_get(tool->handle, neuron_ctx_device(ring->ctx), &device,
				sizeof(device));
	if (err)
		return err;
	do {
		err = neuron_ring_attach(ring->ring, eng_id, queue++);
	} while ((err == -EBUSY || err == -EPERM) && queue < device.queues_per_engine);
	return err;
}

static int attach(struct tool *tool, const struct session_item *ring, const struct place *place,
		  uint64_t given)
{
	if (given >> PLACE_CORE & 1)
		return neuron_ring_attach_core(ring->ring, place->core);
	if (given >> PLACE_QUEUE & 1)
		return neuron_ring_attach(ring->ring, place->engine, place->queue);
	return attach_engine(tool, ring, place->engine);
}

struct create {
	struct place place;
	struct session_item *ctx;
	struct neuron_ring_spec spec;
	bool completion;
	int timeout;
};

static const struct arg create_args[] = {
	PLACE_ARGS(struct create, place),
	ARG(ARG_CTX, "dev", struct create, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_U32, "size", struct create, spec.descriptors, 0, .attr = "descriptors"),
	ARG(ARG_LABEL, "name", struct create, spec.label, 0, .attr = "label"),
	ARG(ARG_FLAG, "completion", struct create, completion, 0),
	ARG(ARG_U32, "axi-port", struct create, spec.axi_port, 0),
	ARG(ARG_ENUM, "kind", struct create, spec.kind, 0, .value = "KIND",
	    .name = neuron_mem_kind_name),
	ARG(ARG_U32, "channel", struct create, spec.channel, 0),
	ARG(ARG_MS, "timeout", struct create, timeout, 0),
	{ .key = NULL },
};

/* Return: the ring, NULL after a complaint. */
static struct session_item *keep(struct tool *tool, struct session_item *ctx, const char *label,
				 struct neuron_ring *ring)
{
	struct session_item *item = session_add(tool, SESSION_RING, ctx, neuron_ring_id(ring),
						label, ring);

	if (!item)
		neuron_ring_destroy(ring, RING_MS);
	return item;
}

static int place_new(struct tool *tool, struct session_item *ring, const struct place *place,
		     uint64_t given)
{
	int status;

	if (!(given & ((1 << PLACE_KEYS) - 1)) || !attach(tool, ring, place, given))
		return EXIT_DONE;
	/* A ring that is not where it should be is of no use, and nobody knows of it. */
	status = tool_refused(tool);
	neuron_ring_destroy(ring->ring, RING_MS);
	session_drop(tool, ring);
	return status;
}

static int ring_create(struct tool *tool, struct args *args)
{
	struct create what = { .spec.descriptors = DESCRIPTORS, .timeout = RING_MS };
	struct session_item *item;
	struct neuron_ring *ring;
	uint64_t given;
	int status, err;

	status = args_parse(tool, args, &what, &given);
	if (!status)
		status = check_place(given, false);
	if (!status)
		status = session_label_free(tool, SESSION_RING, what.spec.label);
	if (status)
		return status;
	what.spec.completion = what.completion;
	err = neuron_ring_create_spec(what.ctx->ctx, &what.spec, sizeof(what.spec), what.timeout,
				      &ring);
	if (err)
		return tool_background(tool, what.ctx, NULL, err);
	item = keep(tool, what.ctx, what.spec.label, ring);
	if (!item)
		return EXIT_USAGE;
	status = place_new(tool, item, &what.place, given);
	return status ? status : show_ring(tool, ring);
}

struct take {
	struct session_item *ctx;
	uint32_t id;
	const char *label;
};

static const struct arg take_args[] = {
	ARG(ARG_U32, "id", struct take, id, ARG_BARE | ARG_NEEDED, .attr = "ring-id"),
	ARG(ARG_CTX, "dev", struct take, ctx, ARG_NEEDED),
	ARG(ARG_LABEL, "name", struct take, label, 0, .attr = "label"),
	{ .key = NULL },
};

static int ring_take(struct tool *tool, struct args *args)
{
	struct neuron_ring *ring;
	struct take what = { 0 };
	int status = args_parse(tool, args, &what, NULL);

	if (!status)
		status = session_label_free(tool, SESSION_RING, what.label);
	if (status)
		return status;
	if (session_by_id(tool, SESSION_RING, what.ctx, what.id))
		return tool_usage("the session has ring %" PRIu32 " already", what.id);
	if (neuron_ring_from_id(what.ctx->ctx, what.id, &ring))
		return tool_refused(tool);
	if (!keep(tool, what.ctx, what.label, ring))
		return EXIT_USAGE;
	return show_ring(tool, ring);
}

struct attach {
	struct place place;
	struct session_item *ctx, *ring;
};

static const struct arg attach_args[] = {
	PLACE_ARGS(struct attach, place),
	RING_ARG(struct attach),
	RING_CTX(struct attach),
	{ .key = NULL },
};

static int ring_attach(struct tool *tool, struct args *args)
{
	struct attach what = { 0 };
	uint64_t given;
	int status = args_parse(tool, args, &what, &given);

	if (!status)
		status = check_place(given, true);
	if (status)
		return status;
	if (attach(tool, what.ring, &what.place, given))
		return tool_refused(tool);
	return tool->json || tool->details ? show_ring(tool, what.ring->ring) : EXIT_DONE;
}

/* Of a ring that has to stop first. */
static const struct arg stop_args[] = {
	RING_ARG(struct ring_what),
	RING_CTX(struct ring_what),
	ARG(ARG_MS, "timeout", struct ring_what, timeout, 0),
	{ .key = NULL },
};

static int ring_detach(struct tool *tool, struct args *args)
{
	struct ring_what what = { .timeout = RING_MS };
	int status = args_parse(tool, args, &what, NULL);
	int err;

	if (status)
		return status;
	err = neuron_ring_detach(what.ring->ring, what.timeout);
	return err ? tool_background(tool, what.ring->parent, NULL, err) :
		     ring_tell(tool, what.ring, NULL, 0, false);
}

/* The id is gone at once, whatever becomes of the rest. */
static int ring_destroy(struct tool *tool, struct args *args)
{
	struct ring_what what = { .timeout = RING_MS };
	int status = args_parse(tool, args, &what, NULL);
	int err;

	if (status)
		return status;
	err = neuron_ring_destroy(what.ring->ring, what.timeout);
	status = err ? tool_background(tool, what.ring->parent, NULL, err) :
		       ring_tell(tool, what.ring, NULL, 0, false);
	session_drop(tool, what.ring);
	return status;
}

static const struct command commands[] = {
	{
		.name = "show", .run = ring_show, .args = look_args,
		.about = "Shows rings of the contexts of the caller's user, root sees all; or one of this\n"
			 "    session.",
		.ops = OPS(NEURON_CMD_RING_GET),
	},
	{
		.name = "create", .run = ring_create, .args = create_args,
		.about = "Makes a ring of N descriptors, 256 if it is not said, and puts it on any free\n"
			 "    queue of a core, on a queue of an engine, or (without \"queue\") on the\n"
			 "    engine's first free one. Without both it is on none.",
		.ops = OPS(NEURON_CMD_RING_CREATE, NEURON_CMD_RING_ATTACH, NEURON_CMD_RING_GET,
			   NEURON_CMD_RING_DESTROY),
	},
	{
		.name = "attach", .run = ring_attach, .args = attach_args,
		.about = "Puts a ring that is on no queue on one, as \"create\" does.",
		.ops = OPS(NEURON_CMD_RING_ATTACH),
	},
	{
		.name = "write", .run = ring_write, .args = ring_write_args,
		.more = "[ entry ENTRY ]... [ start ]",
		.about = "Writes entries behind the last one, and with \"start\" starts them. An entry\n"
			 "    goes from memory (\"src\") or is a 32-bit value (\"imm\"); it goes to memory\n"
			 "    (\"dst\"; also that of a neighbour's context), an event register or a\n"
			 "    semaphore of a core, or into a core's instruction FIFO. Each further one\n"
			 "    begins with \"entry\". Without length it is as much as fits.\n"
			 "    With \"flags more\" an entry and the next one are one packet.",
		.ops = OPS(NEURON_CMD_RING_WRITE),
	},
	{
		.name = "start", .run = ring_start, .args = ring_count_args,
		.about = "Starts the next N of the entries that are written, or all of them.",
		.ops = OPS(NEURON_CMD_RING_START),
	},
	{
		.name = "wait", .run = ring_wait, .args = ring_wait_args,
		.about = "Waits until N entries are finished, or all that are started, and hands them\n"
			 "    back. Fails if the time (60 s) is over first, or the card told an error.",
		.ops = OPS(NEURON_CMD_RING_GET, NEURON_CMD_RING_ACK),
	},
	{
		.name = "ack", .run = ring_ack, .args = ring_count_args,
		.about = "Hands entries back that are finished, all or N at most, without waiting.",
		.ops = OPS(NEURON_CMD_RING_ACK),
	},
	{
		.name = "read", .run = ring_read, .args = ring_read_args,
		.about = "Tells entries as they were given, and how far they are, from number N on,\n"
			 "    counted since the ring was attached. What was handed back is gone.",
		.ops = OPS(NEURON_CMD_RING_READ),
	},
	{
		.name = "detach", .run = ring_detach, .args = stop_args,
		.about = "Stops a ring and takes it off its queue; what is not finished is dropped.",
		.ops = OPS(NEURON_CMD_RING_DETACH),
	},
	{
		.name = "destroy", .run = ring_destroy, .args = stop_args,
		.about = "Stops a ring and gives everything back that it has.",
		.ops = OPS(NEURON_CMD_RING_DESTROY),
	},
	{
		.name = "take", .run = ring_take, .args = take_args,
		.about = "Takes hold of a ring by its id: one that a job has made.",
		.ops = OPS(NEURON_CMD_RING_GET),
	},
	{ .name = NULL },
};

const struct object object_ring = {
	.name = "ring", .commands = commands, .about = "rings of descriptors",
	.help =
"An ENTRY is { src MEM[+OFFSET] | imm N } { dst MEM[+OFFSET] | event N core N |\n"
"sema N core N [ op OP ] | fifo CORE } [ length BYTES ] [ flags FLAGS ]\n"
"[ to CTX ]; to CTX: the event or semaphore is one of a neighbour.\n",
};
