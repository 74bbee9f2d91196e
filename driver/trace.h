/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, neuron_<noun>_<verb>. The index of the card comes first; values are
 * copied when something happens, and no address of anything is among them. Every
 * layer but the pure one may have them; a hook is one line.
 *
 * docs/observe.md shows how to read them.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM neuron

#if !defined(NEURON_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NEURON_TRACE_H

#include <linux/tracepoint.h>

TRACE_DEFINE_ENUM(NEURON_DEVICE_STATE_STARTING);
TRACE_DEFINE_ENUM(NEURON_DEVICE_STATE_READY);
TRACE_DEFINE_ENUM(NEURON_DEVICE_STATE_RESETTING);
TRACE_DEFINE_ENUM(NEURON_DEVICE_STATE_FAILED);
TRACE_DEFINE_ENUM(NEURON_DEVICE_STATE_REMOVED);
TRACE_DEFINE_ENUM(NEURON_HEALTH_OK);
TRACE_DEFINE_ENUM(NEURON_HEALTH_SUSPECT);
TRACE_DEFINE_ENUM(NEURON_HEALTH_DEGRADED);
TRACE_DEFINE_ENUM(NEURON_HEALTH_FAILED);
TRACE_DEFINE_ENUM(NEURON_LINK_STATE_UNKNOWN);
TRACE_DEFINE_ENUM(NEURON_LINK_STATE_DOWN);
TRACE_DEFINE_ENUM(NEURON_LINK_STATE_UP);
TRACE_DEFINE_ENUM(NEURON_PORT_EAST);
TRACE_DEFINE_ENUM(NEURON_PORT_WEST);
TRACE_DEFINE_ENUM(NEURON_MEM_KIND_HOST);
TRACE_DEFINE_ENUM(NEURON_MEM_KIND_DEVICE);
TRACE_DEFINE_ENUM(NEURON_NQ_TYPE_TRACE);
TRACE_DEFINE_ENUM(NEURON_NQ_TYPE_NOTIFY);
TRACE_DEFINE_ENUM(NEURON_NQ_TYPE_EVENT);
TRACE_DEFINE_ENUM(NEURON_NQ_TYPE_ERROR);

#define neuron_show_device_state(value)						\
	__print_symbolic(value,							\
			 { NEURON_DEVICE_STATE_STARTING, "starting" },		\
			 { NEURON_DEVICE_STATE_READY, "ready" },		\
			 { NEURON_DEVICE_STATE_RESETTING, "resetting" },	\
			 { NEURON_DEVICE_STATE_FAILED, "failed" },		\
			 { NEURON_DEVICE_STATE_REMOVED, "removed" })

#define neuron_show_health(value)						\
	__print_symbolic(value,							\
			 { NEURON_HEALTH_OK, "ok" },				\
			 { NEURON_HEALTH_SUSPECT, "suspect" },			\
			 { NEURON_HEALTH_DEGRADED, "degraded" },		\
			 { NEURON_HEALTH_FAILED, "failed" })

#define neuron_show_link_state(value)						\
	__print_symbolic(value,							\
			 { NEURON_LINK_STATE_UNKNOWN, "unknown" },		\
			 { NEURON_LINK_STATE_DOWN, "down" },			\
			 { NEURON_LINK_STATE_UP, "up" })

#define neuron_show_port(value)							\
	__print_symbolic(value,							\
			 { NEURON_PORT_EAST, "east" },				\
			 { NEURON_PORT_WEST, "west" })

#define neuron_show_mem_kind(value)						\
	__print_symbolic(value,							\
			 { NEURON_MEM_KIND_HOST, "host" },			\
			 { NEURON_MEM_KIND_DEVICE, "device" })

#define neuron_show_nq_type(value)						\
	__print_symbolic(value,							\
			 { NEURON_NQ_TYPE_TRACE, "trace" },			\
			 { NEURON_NQ_TYPE_NOTIFY, "notify" },			\
			 { NEURON_NQ_TYPE_EVENT, "event" },			\
			 { NEURON_NQ_TYPE_ERROR, "error" })

/* Fixed sentences are cut at this length. */
#define NEURON_TRACE_TEXT	64

TRACE_EVENT(neuron_device_change,
	TP_PROTO(u32 dev, u32 from, u32 to),
	TP_ARGS(dev, from, to),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("dev=%u from=%s to=%s",
		  __entry->dev, neuron_show_device_state(__entry->from),
		  neuron_show_device_state(__entry->to))
);

TRACE_EVENT(neuron_reset_begin,
	TP_PROTO(u32 dev, u32 timeout_ms),
	TP_ARGS(dev, timeout_ms),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, timeout_ms)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->timeout_ms = timeout_ms;
	),
	TP_printk("dev=%u timeout_ms=%u",
		  __entry->dev, __entry->timeout_ms)
);

TRACE_EVENT(neuron_reset_end,
	TP_PROTO(u32 dev, u64 us, int err),
	TP_ARGS(dev, us, err),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u64, us)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->us = us;
		__entry->err = err;
	),
	TP_printk("dev=%u us=%llu err=%d",
		  __entry->dev, __entry->us, __entry->err)
);

/* eng is -1 if it is about no engine. */
TRACE_EVENT(neuron_health_report,
	TP_PROTO(u32 dev, u32 health, int eng, const char *cause),
	TP_ARGS(dev, health, eng, cause),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, health)
		__field(int, eng)
		__array(char, cause, NEURON_TRACE_TEXT)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->health = health;
		__entry->eng = eng;
		strscpy(__entry->cause, cause, NEURON_TRACE_TEXT);
	),
	TP_printk("dev=%u health=%s eng=%d cause='%s'",
		  __entry->dev, neuron_show_health(__entry->health), __entry->eng,
		  __entry->cause)
);

/* peer is -1 if no card is confirmed there. */
TRACE_EVENT(neuron_neighbor_change,
	TP_PROTO(u32 dev, u32 port, u32 link, int peer),
	TP_ARGS(dev, port, link, peer),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, port)
		__field(u32, link)
		__field(int, peer)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->port = port;
		__entry->link = link;
		__entry->peer = peer;
	),
	TP_printk("dev=%u port=%s link=%s peer=%d",
		  __entry->dev, neuron_show_port(__entry->port),
		  neuron_show_link_state(__entry->link), __entry->peer)
);

/* Objects that the hardware did not let go of; count is after it. */
DECLARE_EVENT_CLASS(neuron_quarantine,
	TP_PROTO(u32 dev, u64 count),
	TP_ARGS(dev, count),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u64, count)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->count = count;
	),
	TP_printk("dev=%u count=%llu",
		  __entry->dev, __entry->count)
);

DEFINE_EVENT(neuron_quarantine, neuron_quarantine_add,
	TP_PROTO(u32 dev, u64 count),
	TP_ARGS(dev, count)
);

DEFINE_EVENT(neuron_quarantine, neuron_quarantine_release,
	TP_PROTO(u32 dev, u64 count),
	TP_ARGS(dev, count)
);

/* first is the device address of the first register. */
TRACE_EVENT(neuron_fwio_ask,
	TP_PROTO(u32 dev, u32 seq, u32 count, u64 first),
	TP_ARGS(dev, seq, count, first),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, seq)
		__field(u32, count)
		__field(u64, first)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->seq = seq;
		__entry->count = count;
		__entry->first = first;
	),
	TP_printk("dev=%u seq=%u count=%u first=%#llx",
		  __entry->dev, __entry->seq, __entry->count, __entry->first)
);

/* verdict: enum neuron_fwio_verdict; 2 is a good one. */
TRACE_EVENT(neuron_fwio_answer,
	TP_PROTO(u32 dev, u32 seq, u32 verdict, u64 us),
	TP_ARGS(dev, seq, verdict, us),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, seq)
		__field(u32, verdict)
		__field(u64, us)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->seq = seq;
		__entry->verdict = verdict;
		__entry->us = us;
	),
	TP_printk("dev=%u seq=%u verdict=%u us=%llu",
		  __entry->dev, __entry->seq, __entry->verdict, __entry->us)
);

TRACE_EVENT(neuron_fwio_retry,
	TP_PROTO(u32 dev, u32 attempt, int err),
	TP_ARGS(dev, attempt, err),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, attempt)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->attempt = attempt;
		__entry->err = err;
	),
	TP_printk("dev=%u attempt=%u err=%d",
		  __entry->dev, __entry->attempt, __entry->err)
);

TRACE_EVENT(neuron_fwio_timeout,
	TP_PROTO(u32 dev, u32 seq, u64 us),
	TP_ARGS(dev, seq, us),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, seq)
		__field(u64, us)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->seq = seq;
		__entry->us = us;
	),
	TP_printk("dev=%u seq=%u us=%llu",
		  __entry->dev, __entry->seq, __entry->us)
);

TRACE_EVENT(neuron_reg_write,
	TP_PROTO(u32 dev, u32 bar, u32 off, u32 value),
	TP_ARGS(dev, bar, off, value),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, bar)
		__field(u32, off)
		__field(u32, value)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->bar = bar;
		__entry->off = off;
		__entry->value = value;
	),
	TP_printk("dev=%u bar=%u off=%#x value=%#x",
		  __entry->dev, __entry->bar, __entry->off, __entry->value)
);

DECLARE_EVENT_CLASS(neuron_ctx,
	TP_PROTO(u32 dev, u32 ctx),
	TP_ARGS(dev, ctx),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
	),
	TP_printk("dev=%u ctx=%u",
		  __entry->dev, __entry->ctx)
);

DEFINE_EVENT(neuron_ctx, neuron_ctx_open,
	TP_PROTO(u32 dev, u32 ctx),
	TP_ARGS(dev, ctx)
);

DEFINE_EVENT(neuron_ctx, neuron_ctx_close,
	TP_PROTO(u32 dev, u32 ctx),
	TP_ARGS(dev, ctx)
);

/* All that it owned is given back, or in quarantine. */
DEFINE_EVENT(neuron_ctx, neuron_ctx_end,
	TP_PROTO(u32 dev, u32 ctx),
	TP_ARGS(dev, ctx)
);

/* cmd: NEURON_CMD_*; ctx is 0 for those that look. */
TRACE_EVENT(neuron_request_end,
	TP_PROTO(u32 dev, u32 ctx, u32 cmd, int err, u64 us),
	TP_ARGS(dev, ctx, cmd, err, us),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, cmd)
		__field(int, err)
		__field(u64, us)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->cmd = cmd;
		__entry->err = err;
		__entry->us = us;
	),
	TP_printk("dev=%u ctx=%u cmd=%u err=%d us=%llu",
		  __entry->dev, __entry->ctx, __entry->cmd, __entry->err, __entry->us)
);

TRACE_EVENT(neuron_job_begin,
	TP_PROTO(u32 dev, u32 ctx, u32 job, u32 cmd),
	TP_ARGS(dev, ctx, job, cmd),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, job)
		__field(u32, cmd)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->job = job;
		__entry->cmd = cmd;
	),
	TP_printk("dev=%u ctx=%u job=%u cmd=%u",
		  __entry->dev, __entry->ctx, __entry->job, __entry->cmd)
);

TRACE_EVENT(neuron_job_end,
	TP_PROTO(u32 dev, u32 ctx, u32 job, u32 cmd, int err),
	TP_ARGS(dev, ctx, job, cmd, err),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, job)
		__field(u32, cmd)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->job = job;
		__entry->cmd = cmd;
		__entry->err = err;
	),
	TP_printk("dev=%u ctx=%u job=%u cmd=%u err=%d",
		  __entry->dev, __entry->ctx, __entry->job, __entry->cmd, __entry->err)
);

TRACE_EVENT(neuron_mem_alloc,
	TP_PROTO(u32 dev, u32 ctx, u32 mem, u32 kind, u64 size),
	TP_ARGS(dev, ctx, mem, kind, size),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, mem)
		__field(u32, kind)
		__field(u64, size)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->mem = mem;
		__entry->kind = kind;
		__entry->size = size;
	),
	TP_printk("dev=%u ctx=%u mem=%u kind=%s size=%llu",
		  __entry->dev, __entry->ctx, __entry->mem,
		  neuron_show_mem_kind(__entry->kind), __entry->size)
);

/* The id is given up. */
TRACE_EVENT(neuron_mem_free,
	TP_PROTO(u32 dev, u32 ctx, u32 mem),
	TP_ARGS(dev, ctx, mem),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, mem)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->mem = mem;
	),
	TP_printk("dev=%u ctx=%u mem=%u",
		  __entry->dev, __entry->ctx, __entry->mem)
);

/* Nothing uses the memory any more. */
TRACE_EVENT(neuron_mem_release,
	TP_PROTO(u32 dev, u32 ctx, u32 kind, u64 size),
	TP_ARGS(dev, ctx, kind, size),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, kind)
		__field(u64, size)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->kind = kind;
		__entry->size = size;
	),
	TP_printk("dev=%u ctx=%u kind=%s size=%llu",
		  __entry->dev, __entry->ctx, neuron_show_mem_kind(__entry->kind),
		  __entry->size)
);

TRACE_EVENT(neuron_ring_create,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u32 descriptors),
	TP_ARGS(dev, ctx, ring, descriptors),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, ring)
		__field(u32, descriptors)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->ring = ring;
		__entry->descriptors = descriptors;
	),
	TP_printk("dev=%u ctx=%u ring=%u descriptors=%u",
		  __entry->dev, __entry->ctx, __entry->ring, __entry->descriptors)
);

DECLARE_EVENT_CLASS(neuron_ring_queue,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u32 eng, u32 queue),
	TP_ARGS(dev, ctx, ring, eng, queue),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, ring)
		__field(u32, eng)
		__field(u32, queue)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->ring = ring;
		__entry->eng = eng;
		__entry->queue = queue;
	),
	TP_printk("dev=%u ctx=%u ring=%u eng=%u queue=%u",
		  __entry->dev, __entry->ctx, __entry->ring, __entry->eng, __entry->queue)
);

DEFINE_EVENT(neuron_ring_queue, neuron_ring_attach,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u32 eng, u32 queue),
	TP_ARGS(dev, ctx, ring, eng, queue)
);

DEFINE_EVENT(neuron_ring_queue, neuron_ring_lost,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u32 eng, u32 queue),
	TP_ARGS(dev, ctx, ring, eng, queue)
);

TRACE_EVENT(neuron_ring_detach,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u32 eng, u32 queue, int err),
	TP_ARGS(dev, ctx, ring, eng, queue, err),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, ring)
		__field(u32, eng)
		__field(u32, queue)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->ring = ring;
		__entry->eng = eng;
		__entry->queue = queue;
		__entry->err = err;
	),
	TP_printk("dev=%u ctx=%u ring=%u eng=%u queue=%u err=%d",
		  __entry->dev, __entry->ctx, __entry->ring, __entry->eng, __entry->queue,
		  __entry->err)
);

/* entries and desc are positions after it, counted since the ring was attached. */
DECLARE_EVENT_CLASS(neuron_ring_move,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u64 entries, u64 desc),
	TP_ARGS(dev, ctx, ring, entries, desc),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, ring)
		__field(u64, entries)
		__field(u64, desc)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->ring = ring;
		__entry->entries = entries;
		__entry->desc = desc;
	),
	TP_printk("dev=%u ctx=%u ring=%u entries=%llu desc=%llu",
		  __entry->dev, __entry->ctx, __entry->ring, __entry->entries, __entry->desc)
);

DEFINE_EVENT(neuron_ring_move, neuron_ring_write,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u64 entries, u64 desc),
	TP_ARGS(dev, ctx, ring, entries, desc)
);

DEFINE_EVENT(neuron_ring_move, neuron_ring_start,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u64 entries, u64 desc),
	TP_ARGS(dev, ctx, ring, entries, desc)
);

DEFINE_EVENT(neuron_ring_move, neuron_ring_ack,
	TP_PROTO(u32 dev, u32 ctx, u32 ring, u64 entries, u64 desc),
	TP_ARGS(dev, ctx, ring, entries, desc)
);

TRACE_EVENT(neuron_copy_begin,
	TP_PROTO(u32 dev, u32 eng, u32 queue, u32 marker, u32 pairs),
	TP_ARGS(dev, eng, queue, marker, pairs),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, eng)
		__field(u32, queue)
		__field(u32, marker)
		__field(u32, pairs)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->eng = eng;
		__entry->queue = queue;
		__entry->marker = marker;
		__entry->pairs = pairs;
	),
	TP_printk("dev=%u eng=%u queue=%u marker=%u pairs=%u",
		  __entry->dev, __entry->eng, __entry->queue, __entry->marker, __entry->pairs)
);

TRACE_EVENT(neuron_copy_end,
	TP_PROTO(u32 dev, u32 eng, u32 queue, u32 marker, int err),
	TP_ARGS(dev, eng, queue, marker, err),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, eng)
		__field(u32, queue)
		__field(u32, marker)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->eng = eng;
		__entry->queue = queue;
		__entry->marker = marker;
		__entry->err = err;
	),
	TP_printk("dev=%u eng=%u queue=%u marker=%u err=%d",
		  __entry->dev, __entry->eng, __entry->queue, __entry->marker, __entry->err)
);

TRACE_EVENT(neuron_nq_create,
	TP_PROTO(u32 dev, u32 ctx, u32 nq, u32 nc, u32 type, u32 eng, u32 size),
	TP_ARGS(dev, ctx, nq, nc, type, eng, size),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, nq)
		__field(u32, nc)
		__field(u32, type)
		__field(u32, eng)
		__field(u32, size)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->nq = nq;
		__entry->nc = nc;
		__entry->type = type;
		__entry->eng = eng;
		__entry->size = size;
	),
	TP_printk("dev=%u ctx=%u nq=%u nc=%u type=%s eng=%u size=%u",
		  __entry->dev, __entry->ctx, __entry->nq, __entry->nc,
		  neuron_show_nq_type(__entry->type), __entry->eng, __entry->size)
);

DECLARE_EVENT_CLASS(neuron_nq,
	TP_PROTO(u32 dev, u32 ctx, u32 nq),
	TP_ARGS(dev, ctx, nq),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, nq)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->nq = nq;
	),
	TP_printk("dev=%u ctx=%u nq=%u",
		  __entry->dev, __entry->ctx, __entry->nq)
);

DEFINE_EVENT(neuron_nq, neuron_nq_stop,
	TP_PROTO(u32 dev, u32 ctx, u32 nq),
	TP_ARGS(dev, ctx, nq)
);

DEFINE_EVENT(neuron_nq, neuron_nq_lost,
	TP_PROTO(u32 dev, u32 ctx, u32 nq),
	TP_ARGS(dev, ctx, nq)
);

TRACE_EVENT(neuron_nq_ack,
	TP_PROTO(u32 dev, u32 ctx, u32 nq, u32 position),
	TP_ARGS(dev, ctx, nq, position),
	TP_STRUCT__entry(
		__field(u32, dev)
		__field(u32, ctx)
		__field(u32, nq)
		__field(u32, position)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ctx = ctx;
		__entry->nq = nq;
		__entry->position = position;
	),
	TP_printk("dev=%u ctx=%u nq=%u position=%u",
		  __entry->dev, __entry->ctx, __entry->nq, __entry->position)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
