/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libneuron: AWS Inferentia (Neuron v1) cards through the "neuron" generic
 * netlink family and /dev/neuronN. See libneuron(3).
 *
 * Every function that can fail returns 0 (or a count) or a negative errno;
 * neuron_last_error() then has a sentence for people. Nothing here prints,
 * exits or keeps global state. A handle, with all that was made with it, belongs
 * to one thread at a time, and to the process that opened it.
 */
#ifndef NEURON_LIBNEURON_H
#define NEURON_LIBNEURON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/neuron.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

struct neuron_handle;
struct neuron_ctx;
struct neuron_mem;
struct neuron_ring;
struct neuron_nq;
struct neuron_monitor;
struct neuron_batch;

/* As a device index: every card. */
#define NEURON_ALL_DEVICES	(-1)
#define NEURON_ANY_RESET_COUNT	UINT32_MAX	/* expect_reset_count */

/* As timeout_ms: no limit. */
#define NEURON_FOREVER		(-1)

/*
 * Was attribute NEURON_A_<SET>_<name> in the answer that filled the struct?
 * What was not there reads as zero or as an empty string.
 */
#define NEURON_HAS(info, attr)	(((info)->present >> (attr)) & 1)

/* Structs are passed with their size where they may grow: sizeof(*info). */

/** struct neuron_error_info - what went wrong last on a handle */
struct neuron_error_info {
	int error;		/* negative errno, 0 if nothing failed yet */
	bool from_kernel;	/* the kernel refused it (else: a local error) */
	char op[32];		/* operation as the spec names it */
	char text[128];		/* the kernel's own sentence, may be empty */
	char attr[64];		/* attribute it is about, may be empty */
	char value[64];		/* value that was given for it, may be empty */
};

struct neuron_device_info {
	uint64_t present;
	uint64_t hotplug_seq, health_seq;
	uint64_t dram_bytes, dram_used, host_used;
	uint32_t index;
	char bus_name[NEURON_MAX_BUS_NAME + 1];
	uint32_t vendor_id, device_id, revision;
	uint32_t arch;		/* enum neuron_arch */
	uint32_t state;		/* enum neuron_device_state */
	uint32_t health;	/* enum neuron_health */
	uint32_t flags;		/* enum neuron_device_flag */
	uint32_t cores, engines, queues_per_engine;
	uint32_t contexts, links_up;
	uint32_t dram_channels, dram_regions;
	int32_t numa_node;	/* -1: unknown */
	uint32_t reset_count;
	uint32_t reserved;
	uint64_t usage_seq;
};

struct neuron_neighbor_info {
	uint64_t present;
	uint64_t hotplug_seq, age_ms;
	uint32_t index;
	char bus_name[NEURON_MAX_BUS_NAME + 1];
	uint32_t port;		/* enum neuron_port */
	uint32_t link_state;	/* enum neuron_link_state */
	uint32_t peer_index;
	char peer_bus_name[NEURON_MAX_BUS_NAME + 1];
};

struct neuron_engine_info {
	uint64_t present;
	uint64_t age_ms;
	uint32_t index;
	uint32_t eng_id, nc_id;
	uint32_t state;		/* enum neuron_engine_state */
	uint32_t queues_used;
	uint64_t copies, copy_bytes;	/* of the driver's own queue */
	char cause[128];	/* of its last abort since the last reset */
	uint32_t cause_m2s, cause_s2m, cause_parity;
	uint32_t revision;
};

struct neuron_core_info {
	uint64_t present;
	uint64_t held_ms;
	uint32_t index;
	uint32_t nc_id;
	uint32_t ctx_id;	/* who holds it, if somebody does */
	uint32_t events, semaphores;
	uint32_t fifo_bytes;
};

struct neuron_stats_info {
	uint64_t present;
	uint32_t index;
	char bus_name[NEURON_MAX_BUS_NAME + 1];
	uint64_t fwio_requests, fwio_retries, fwio_timeouts, fwio_errors, fwio_stale;
	uint64_t reg_writes, doorbells, descriptors, bytes, cleared_bytes;
	uint64_t contexts_opened, contexts_closed;
	uint64_t mems, rings, nqs, jobs, quarantined;
	uint64_t engine_aborts, resets, hotplug_events;
	uint64_t hotplug_lost, health_events, health_lost;
	uint64_t copies, copy_failures, reset_failures;
	uint64_t interrupts, interrupts_lost;
	uint64_t revoked;
	uint64_t interruptions, pcie_errors, pcie_corrected;
	uint64_t quarantined_bytes, own_resets, nq_overruns, links_lost;
	uint64_t usage_events, usage_lost, memory_refusals;
};

struct neuron_ctx_info {
	uint64_t present;
	uint64_t host_bytes, device_bytes;
	uint32_t index;
	uint32_t ctx_id;
	uint32_t pid, uid;
	char command[32];
	char label[NEURON_MAX_LABEL + 1];
	uint32_t mems, rings, nqs, jobs;
	uint32_t ids;		/* of mems, rings and nqs, given up or not, while used */
	uint32_t id_limit, job_limit;	/* limits: 0 for none */
	uint32_t user_ids, user_jobs, user_contexts;
	uint32_t user_id_limit, user_job_limit, user_context_limit;
	uint64_t host_limit, device_limit;
	uint64_t user_host_bytes, user_device_bytes;
	uint64_t user_host_limit, user_device_limit;
};

struct neuron_mem_info {
	uint64_t present;
	uint64_t size_bytes, mmap_offset;
	uint32_t index;
	uint32_t ctx_id;
	uint32_t mem_id;
	uint32_t kind;		/* enum neuron_mem_kind */
	uint32_t channel;
	char label[NEURON_MAX_LABEL + 1];
	uint32_t mappings, users;
	uint32_t content_lost;	/* 1: the card was reset since, and cleared it */
	uint32_t region;	/* of the channel */
	uint32_t nc_id;		/* core that it was asked for */
};

struct neuron_ring_info {
	uint64_t present;
	uint64_t written, started, finished, acked;
	uint64_t failed;	/* of those finished, with completion */
	uint32_t index;
	uint32_t ctx_id;
	uint32_t ring_id;
	uint32_t descriptors;
	char label[NEURON_MAX_LABEL + 1];
	uint32_t state;		/* enum neuron_ring_state */
	uint32_t eng_id, queue_id;
	uint32_t free;		/* descriptors */
	uint32_t axi_port;
	uint32_t completion;	/* 1: with completion rings */
	char lost_text[80];	/* why, if it is lost */
	uint32_t kind;		/* enum neuron_mem_kind */
	uint32_t channel;
};

struct neuron_nq_info {
	uint64_t present;
	uint64_t mmap_offset;
	uint32_t index;
	uint32_t ctx_id;
	uint32_t nq_id;
	uint32_t nc_id;
	uint32_t nq_type;	/* enum neuron_nq_type */
	uint32_t nq_eng;
	uint32_t size_bytes;
	uint32_t mappings;
	uint32_t state;		/* enum neuron_nq_state */
	uint32_t head;		/* bytes */
};

struct neuron_job_info {
	uint64_t present;
	uint64_t size_bytes, mmap_offset;
	uint32_t index;
	uint32_t ctx_id;
	uint32_t job_id;
	uint32_t state;		/* enum neuron_job_state */
	uint32_t command;	/* NEURON_CMD_... */
	int32_t job_error;	/* negative errno */
	char error_text[128];
	uint32_t object_id;
	uint32_t values;	/* how many are in value[] */
	uint32_t value[NEURON_MAX_REG_READS];
	uint32_t done;		/* of a list, how many have ended */
	uint32_t after_job;	/* what it waits for, 0 if it has begun */
	uint64_t bytes;		/* copied, filled or cleared so far */
	uint32_t counts;	/* how many are in count[] */
	uint32_t reserved;
	uint64_t count[NEURON_MAX_COUNTERS];
};

struct neuron_health_info {
	uint64_t present;
	uint64_t health_seq;
	uint32_t index;
	char bus_name[NEURON_MAX_BUS_NAME + 1];
	uint32_t health;	/* enum neuron_health */
	char cause[128];
	uint32_t eng_id;
	uint32_t cause_m2s, cause_s2m, cause_parity;	/* of an engine, raw */
	uint32_t nc_id;
	uint32_t nq_type;	/* enum neuron_nq_type */
	uint32_t nq_eng;
	uint32_t port;		/* enum neuron_port */
	uint64_t lost;		/* records of that notification queue */
	/* Counters of the card when the event was written. */
	uint64_t fwio_timeouts, fwio_errors, engine_aborts, quarantined;
	uint64_t nq_overruns, links_lost, pcie_errors;
};

/** struct neuron_usage_info - a core was released, or memory runs short */
struct neuron_usage_info {
	uint64_t present;
	uint64_t usage_seq;
	uint32_t index;
	char bus_name[NEURON_MAX_BUS_NAME + 1];
	uint32_t nc_id;		/* of NEURON_EVENT_CORE_RELEASE */
	uint32_t kind;		/* enum neuron_mem_kind: which memory */
	uint32_t pressure;	/* enum neuron_pressure: how it runs short */
	uint32_t count;		/* how often, since the last such event */
	uint32_t reserved;
};

/* Handle: a netlink socket for requests. */
int neuron_open(struct neuron_handle **handle);
void neuron_close(struct neuron_handle *handle);
const char *neuron_version(void);
const char *neuron_last_error(const struct neuron_handle *handle);
int neuron_last_error_info(const struct neuron_handle *handle,
			   struct neuron_error_info *info, size_t size);

/*
 * Batches: calls that are queued, sent many at once, and end together; without
 * waiting if neuron_process() is called whenever neuron_fd() is readable.
 */
typedef void (*neuron_batch_fn)(struct neuron_batch *batch, void *arg);

int neuron_batch_new(struct neuron_handle *handle, struct neuron_batch **batch);
void neuron_batch_free(struct neuron_batch *batch);
int neuron_batch_begin(struct neuron_batch *batch);
void neuron_batch_end(struct neuron_batch *batch);
int neuron_batch_run(struct neuron_batch *batch, int timeout_ms);
int neuron_batch_start(struct neuron_batch *batch, neuron_batch_fn fn, void *arg);
void neuron_batch_stop(struct neuron_batch *batch);
unsigned int neuron_batch_count(const struct neuron_batch *batch);
unsigned int neuron_batch_pending(const struct neuron_batch *batch);
int neuron_batch_result(const struct neuron_batch *batch, unsigned int i);
const char *neuron_batch_error(const struct neuron_batch *batch, unsigned int i);
int neuron_batch_error_info(const struct neuron_batch *batch, unsigned int i,
			    struct neuron_error_info *info, size_t size);
uint32_t neuron_batch_job(const struct neuron_batch *batch, unsigned int i);
int neuron_fd(struct neuron_handle *handle);
int neuron_process(struct neuron_handle *handle);

/* Names as the spec has them; NULL for a value that this library does not know. */
const char *neuron_arch_name(uint32_t value);
const char *neuron_device_state_name(uint32_t value);
const char *neuron_health_name(uint32_t value);
const char *neuron_device_flag_name(uint32_t bit);
const char *neuron_mem_kind_name(uint32_t value);
const char *neuron_ring_state_name(uint32_t value);
const char *neuron_engine_state_name(uint32_t value);
const char *neuron_nq_type_name(uint32_t value);
const char *neuron_nq_state_name(uint32_t value);
const char *neuron_port_name(uint32_t value);
const char *neuron_link_state_name(uint32_t value);
const char *neuron_pressure_name(uint32_t value);
const char *neuron_job_state_name(uint32_t value);
const char *neuron_entry_flag_name(uint32_t bit);
const char *neuron_entry_state_name(uint32_t value);
const char *neuron_semaphore_op_name(uint32_t value);
const char *neuron_engine_action_name(uint32_t value);
const char *neuron_counter_name(uint32_t value);
const char *neuron_cmd_name(uint32_t cmd);

/*
 * Lists: fn is called per object when the whole answer is there; what it
 * returns other than 0 ends the list and is returned.
 */
typedef int (*neuron_device_fn)(const struct neuron_device_info *info, void *arg);
typedef int (*neuron_neighbor_fn)(const struct neuron_neighbor_info *info, void *arg);
typedef int (*neuron_engine_fn)(const struct neuron_engine_info *info, void *arg);
typedef int (*neuron_core_fn)(const struct neuron_core_info *info, void *arg);
typedef int (*neuron_stats_fn)(const struct neuron_stats_info *info, void *arg);
typedef int (*neuron_ctx_fn)(const struct neuron_ctx_info *info, void *arg);
typedef int (*neuron_mem_fn)(const struct neuron_mem_info *info, void *arg);
typedef int (*neuron_ring_fn)(const struct neuron_ring_info *info, void *arg);
typedef int (*neuron_nq_fn)(const struct neuron_nq_info *info, void *arg);
typedef int (*neuron_job_fn)(const struct neuron_job_info *info, void *arg);

int neuron_device_list(struct neuron_handle *handle, neuron_device_fn fn, void *arg);
int neuron_device_get(struct neuron_handle *handle, uint32_t index,
		      struct neuron_device_info *info, size_t size);
int neuron_device_get_by_bus(struct neuron_handle *handle, const char *bus_name,
			     struct neuron_device_info *info, size_t size);
int neuron_device_find(struct neuron_handle *handle, const char *name,
		       struct neuron_device_info *info, size_t size);
int neuron_device_set_regions(struct neuron_ctx *ctx, uint32_t regions);
int neuron_device_reset(struct neuron_ctx *ctx, uint32_t expect_reset_count, int timeout_ms);

int neuron_neighbor_list(struct neuron_handle *handle, int index, neuron_neighbor_fn fn,
			 void *arg);
int neuron_neighbor_get(struct neuron_handle *handle, uint32_t index, uint32_t port,
			struct neuron_neighbor_info *info, size_t size);
int neuron_neighbor_refresh(struct neuron_ctx *ctx, int timeout_ms);

int neuron_engine_list(struct neuron_handle *handle, int index, neuron_engine_fn fn, void *arg);
int neuron_engine_get(struct neuron_handle *handle, uint32_t index, uint32_t eng_id,
		      struct neuron_engine_info *info, size_t size);
int neuron_engine_recover(struct neuron_ctx *ctx, uint32_t eng_id, int timeout_ms);

int neuron_core_list(struct neuron_handle *handle, int index, neuron_core_fn fn, void *arg);
int neuron_core_get(struct neuron_handle *handle, uint32_t index, uint32_t nc_id,
		    struct neuron_core_info *info, size_t size);

int neuron_stats_list(struct neuron_handle *handle, int index, neuron_stats_fn fn, void *arg);
int neuron_stats_get(struct neuron_handle *handle, uint32_t index,
		     struct neuron_stats_info *info, size_t size);

/* Objects of every context that the caller may see. */
int neuron_ctx_list(struct neuron_handle *handle, int index, neuron_ctx_fn fn, void *arg);
int neuron_mem_list(struct neuron_handle *handle, int index, neuron_mem_fn fn, void *arg);
int neuron_ring_list(struct neuron_handle *handle, int index, neuron_ring_fn fn, void *arg);
int neuron_nq_list(struct neuron_handle *handle, int index, neuron_nq_fn fn, void *arg);
int neuron_job_list(struct neuron_handle *handle, int index, neuron_job_fn fn, void *arg);

/* Context: an open /dev/neuronN, owner of everything below. */
int neuron_ctx_open(struct neuron_handle *handle, uint32_t index, struct neuron_ctx **ctx);
int neuron_ctx_open_fd(struct neuron_handle *handle, int fd, struct neuron_ctx **ctx);
void neuron_ctx_close(struct neuron_ctx *ctx);
struct neuron_handle *neuron_ctx_handle(const struct neuron_ctx *ctx);
int neuron_ctx_fd(const struct neuron_ctx *ctx);
uint32_t neuron_ctx_id(const struct neuron_ctx *ctx);
uint32_t neuron_ctx_device(const struct neuron_ctx *ctx);
int neuron_ctx_get(struct neuron_ctx *ctx, struct neuron_ctx_info *info, size_t size);
int neuron_ctx_set_label(struct neuron_ctx *ctx, const char *label);

/** enum neuron_limit - what a context can have a limit of */
enum neuron_limit {
	NEURON_LIMIT_HOST_BYTES,
	NEURON_LIMIT_DEVICE_BYTES,
	NEURON_LIMIT_IDS,
	NEURON_LIMIT_JOBS,
};

int neuron_ctx_set_limit(struct neuron_ctx *ctx, enum neuron_limit which, uint64_t limit);

/* The same lists, of one context only. */
int neuron_ctx_mems(struct neuron_ctx *ctx, neuron_mem_fn fn, void *arg);
int neuron_ctx_rings(struct neuron_ctx *ctx, neuron_ring_fn fn, void *arg);
int neuron_ctx_nqs(struct neuron_ctx *ctx, neuron_nq_fn fn, void *arg);
int neuron_ctx_jobs(struct neuron_ctx *ctx, neuron_job_fn fn, void *arg);

/*
 * Jobs. A call with timeout_ms starts work of the hardware and waits for its
 * end. If the time is over first, it returns -ETIMEDOUT (with 0 as time:
 * -EINPROGRESS) and the work goes on as the job neuron_ctx_last_job().
 */
uint32_t neuron_ctx_last_job(const struct neuron_ctx *ctx);
int neuron_ctx_job_fd(struct neuron_ctx *ctx);
int neuron_job_get(struct neuron_ctx *ctx, uint32_t job_id,
		   struct neuron_job_info *info, size_t size);
int neuron_job_wait(struct neuron_ctx *ctx, uint32_t job_id, int timeout_ms,
		    struct neuron_job_info *info, size_t size);
int neuron_job_free(struct neuron_ctx *ctx, uint32_t job_id);
int neuron_job_cancel(struct neuron_ctx *ctx, uint32_t job_id);
int neuron_ctx_next_job(struct neuron_ctx *ctx, uint32_t after_job, int eventfd);

/* Memory. */
int neuron_mem_alloc_host(struct neuron_ctx *ctx, uint64_t size_bytes, const char *label,
			  int timeout_ms, struct neuron_mem **mem);
int neuron_mem_alloc_device(struct neuron_ctx *ctx, uint64_t size_bytes, uint32_t channel,
			    uint64_t align_bytes, const char *label, int timeout_ms,
			    struct neuron_mem **mem);

/* As a member of a struct neuron_mem_place: not asked for. */
#define NEURON_ANY_PLACE	UINT32_MAX

/** struct neuron_mem_place - where in the DRAM of a card memory shall be */
struct neuron_mem_place {
	uint32_t channel;
	uint32_t region;	/* of the channel */
	uint32_t nc_id;		/* core whose channel and region it shall be */
	uint32_t reserved;	/* zero */
	uint64_t align_bytes;	/* a power of two; 0 for the kernel's default */
};

int neuron_mem_alloc_place(struct neuron_ctx *ctx, uint64_t size_bytes,
			   const struct neuron_mem_place *place, const char *label,
			   int timeout_ms, struct neuron_mem **mem);
int neuron_mem_from_id(struct neuron_ctx *ctx, uint32_t mem_id, struct neuron_mem **mem);
int neuron_mem_free(struct neuron_mem *mem);
uint32_t neuron_mem_id(const struct neuron_mem *mem);
uint64_t neuron_mem_size(const struct neuron_mem *mem);
int neuron_mem_get(struct neuron_mem *mem, struct neuron_mem_info *info, size_t size);
int neuron_mem_map(struct neuron_mem *mem, void **addr);
int neuron_mem_unmap(struct neuron_mem *mem);

/* Copies and fills by the driver's own queues. */

/** struct neuron_transfer - one of a list */
struct neuron_transfer {
	uint32_t src_mem, dst_mem;	/* ids; a fill has no source */
	uint64_t src_offset, dst_offset;
	uint64_t length_bytes;
	uint32_t pattern;		/* of a fill */
	uint32_t reserved;		/* zero */
};

int neuron_mem_copy(struct neuron_mem *dst, uint64_t dst_offset,
		    const struct neuron_mem *src, uint64_t src_offset, uint64_t length_bytes,
		    int timeout_ms);
int neuron_mem_fill(struct neuron_mem *dst, uint64_t dst_offset, uint64_t length_bytes,
		    uint32_t pattern, int timeout_ms);
int neuron_ctx_copy(struct neuron_ctx *ctx, const struct neuron_transfer *list, uint32_t count,
		    int timeout_ms, uint32_t *done);
int neuron_ctx_fill(struct neuron_ctx *ctx, const struct neuron_transfer *list, uint32_t count,
		    int timeout_ms, uint32_t *done);

/* Rings. */
#define NEURON_ENTRY_SRC_MEM	0	/* src_mem + src_offset */
#define NEURON_ENTRY_SRC_IMM	1	/* imm */
#define NEURON_ENTRY_DST_MEM	0	/* dst_mem + dst_offset */
#define NEURON_ENTRY_DST_EVENT	1	/* event register dst_event of core dst_core */
#define NEURON_ENTRY_DST_SEMAPHORE 2	/* semaphore dst_event of core dst_core, changed by dst_op */
#define NEURON_ENTRY_DST_FIFO	3	/* instruction FIFO of core dst_core, which is claimed */

/** struct neuron_entry - one transfer; fill it with the functions below */
struct neuron_entry {
	uint32_t src_kind, dst_kind;
	uint32_t src_mem, dst_mem;	/* ids */
	uint64_t src_offset, dst_offset;
	uint64_t length_bytes;
	uint32_t imm;
	uint32_t dst_event, dst_core;
	uint32_t flags;			/* enum neuron_entry_flag */
	uint32_t dst_op;		/* enum neuron_semaphore_op */
	uint32_t dst_device;		/* if read: 1 + index of its card, 0 for the ring's */
	const struct neuron_ctx *dst_ctx;	/* of a neighbouring card, or NULL */
};

#define NEURON_RING_START	0x1u	/* start what was written */

void neuron_entry_copy(struct neuron_entry *entry,
		       const struct neuron_mem *dst, uint64_t dst_offset,
		       const struct neuron_mem *src, uint64_t src_offset, uint64_t length_bytes);
void neuron_entry_store(struct neuron_entry *entry,
			const struct neuron_mem *dst, uint64_t dst_offset, uint32_t value);
void neuron_entry_event(struct neuron_entry *entry, uint32_t nc_id, uint32_t event_id,
			uint32_t value);

void neuron_entry_semaphore(struct neuron_entry *entry, uint32_t nc_id, uint32_t semaphore_id,
			    uint32_t op, uint32_t value);
void neuron_entry_to(struct neuron_entry *entry, const struct neuron_ctx *ctx);
void neuron_entry_program(struct neuron_entry *entry, uint32_t nc_id,
			  const struct neuron_mem *src, uint64_t src_offset,
			  uint64_t length_bytes);

/** struct neuron_ring_spec - what a ring shall be; what is zero is as with neuron_ring_create() */
struct neuron_ring_spec {
	uint32_t descriptors;	/* per half */
	uint32_t axi_port;	/* 0 or 1 */
	uint32_t completion;	/* 1: with completion rings */
	uint32_t kind;		/* enum neuron_mem_kind: where descriptors lie */
	uint32_t channel;	/* of device memory */
	uint32_t reserved;	/* zero */
	const char *label;	/* or NULL */
};

int neuron_ring_create(struct neuron_ctx *ctx, uint32_t descriptors, const char *label,
		       struct neuron_ring **ring);
int neuron_ring_create_spec(struct neuron_ctx *ctx, const struct neuron_ring_spec *spec,
			    size_t size, int timeout_ms, struct neuron_ring **ring);
int neuron_ring_from_id(struct neuron_ctx *ctx, uint32_t ring_id, struct neuron_ring **ring);
int neuron_ring_attach(struct neuron_ring *ring, uint32_t eng_id, uint32_t queue_id);
int neuron_ring_attach_core(struct neuron_ring *ring, uint32_t nc_id);
int neuron_ring_write(struct neuron_ring *ring, const struct neuron_entry *entries,
		      uint32_t count, uint32_t flags, uint32_t *written);
int neuron_ring_start(struct neuron_ring *ring, uint32_t count);
int neuron_ring_ack(struct neuron_ring *ring, uint32_t count, int timeout_ms);
int neuron_ring_read(struct neuron_ring *ring, uint64_t *first, struct neuron_entry *entries,
		     uint32_t *states, uint32_t count);
int neuron_ring_detach(struct neuron_ring *ring, int timeout_ms);
int neuron_ring_destroy(struct neuron_ring *ring, int timeout_ms);
int neuron_ring_get(struct neuron_ring *ring, struct neuron_ring_info *info, size_t size);
uint32_t neuron_ring_id(const struct neuron_ring *ring);
uint32_t neuron_ring_free_descriptors(const struct neuron_ring *ring);
uint32_t neuron_ring_engine(const struct neuron_ring *ring);
uint32_t neuron_ring_queue(const struct neuron_ring *ring);

/* Notification queues. */

/** struct neuron_nq_record - one notification, as the card writes it (little endian) */
struct neuron_nq_record {
	uint8_t type;		/* enum neuron_nq_type */
	uint8_t instance;	/* engine instance of the core */
	uint16_t core_le;
	uint32_t id_le;
	uint32_t value_phase_le;
	uint32_t time_us_le;
};

uint32_t neuron_nq_record_type(const struct neuron_nq_record *record);
uint32_t neuron_nq_record_instance(const struct neuron_nq_record *record);
uint32_t neuron_nq_record_core(const struct neuron_nq_record *record);
uint32_t neuron_nq_record_id(const struct neuron_nq_record *record);
uint32_t neuron_nq_record_value(const struct neuron_nq_record *record);
uint32_t neuron_nq_record_time_us(const struct neuron_nq_record *record);

int neuron_nq_create(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t nq_type, uint32_t nq_eng,
		     uint32_t size_bytes, struct neuron_nq **nq);
int neuron_nq_create_eventfd(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t nq_type,
			     uint32_t nq_eng, uint32_t size_bytes, int eventfd,
			     struct neuron_nq **nq);
int neuron_nq_map(struct neuron_nq *nq, const void **addr);
int neuron_nq_poll(struct neuron_nq *nq, struct neuron_nq_record *records, unsigned int max);
int neuron_nq_wait(struct neuron_nq *nq, struct neuron_nq_record *records, unsigned int max,
		   int timeout_ms);
int neuron_nq_ack(struct neuron_nq *nq);
int neuron_nq_destroy(struct neuron_nq *nq, int timeout_ms);
int neuron_nq_get(struct neuron_nq *nq, struct neuron_nq_info *info, size_t size);
uint32_t neuron_nq_id(const struct neuron_nq *nq);
uint64_t neuron_nq_records_read(const struct neuron_nq *nq);
uint32_t neuron_nq_overruns(const struct neuron_nq *nq);

/* Event registers and register reads. */
int neuron_event_get(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t event_id, int timeout_ms,
		     uint32_t *value);
int neuron_event_set(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t event_id, uint32_t value);
int neuron_semaphore_get(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t semaphore_id,
			 int timeout_ms, int32_t *value);
int neuron_semaphore_set(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t semaphore_id,
			 uint32_t op, int32_t value);
int neuron_core_claim(struct neuron_ctx *ctx, const uint32_t *nc_ids, unsigned int count);
int neuron_core_release(struct neuron_ctx *ctx, const uint32_t *nc_ids, unsigned int count);
int neuron_reg_read(struct neuron_ctx *ctx, const uint32_t *offsets, uint32_t *values,
		    unsigned int count, int timeout_ms);

/** struct neuron_event_entry - an event register of a list */
struct neuron_event_entry {
	uint32_t nc_id, event_id;
	uint32_t value;		/* 0 or 1 */
	uint32_t reserved;	/* zero */
};

/** struct neuron_semaphore_entry - a semaphore of a list */
struct neuron_semaphore_entry {
	uint32_t nc_id, semaphore_id;
	uint32_t op;		/* enum neuron_semaphore_op, of a change */
	int32_t value;
};

/** struct neuron_reg_store - a store to a register */
struct neuron_reg_store {
	uint32_t offset;
	uint32_t value;
};

int neuron_events_get(struct neuron_ctx *ctx, struct neuron_event_entry *list, unsigned int count,
		      int timeout_ms);
int neuron_events_set(struct neuron_ctx *ctx, const struct neuron_event_entry *list,
		      unsigned int count);
int neuron_semaphores_get(struct neuron_ctx *ctx, struct neuron_semaphore_entry *list,
			  unsigned int count, int timeout_ms);
int neuron_semaphores_set(struct neuron_ctx *ctx, const struct neuron_semaphore_entry *list,
			  unsigned int count);
int neuron_reg_read_raw(struct neuron_ctx *ctx, uint32_t bar, const uint32_t *offsets,
			uint32_t *values, unsigned int count, int timeout_ms);
int neuron_reg_write(struct neuron_ctx *ctx, uint32_t bar, const struct neuron_reg_store *list,
		     unsigned int count);
int neuron_counters_get(struct neuron_ctx *ctx, uint32_t eng_id, const uint32_t *counters,
			uint64_t *counts, unsigned int count, int timeout_ms);
int neuron_metric_post(struct neuron_ctx *ctx, const void *data, size_t size, int timeout_ms);

/* Monitor: hot-plug, health and usage events, exact even when messages get lost. */
enum neuron_event_type {
	NEURON_EVENT_DEVICE_ADD = 1,
	NEURON_EVENT_DEVICE_DEL,
	NEURON_EVENT_DEVICE_CHANGE,
	NEURON_EVENT_NEIGHBOR_CHANGE,
	NEURON_EVENT_HEALTH,
	NEURON_EVENT_RESYNC,
	NEURON_EVENT_CORE_RELEASE,
	NEURON_EVENT_MEMORY_PRESSURE,
};

enum neuron_resync_reason {
	NEURON_RESYNC_START = 1,	/* what existed when the monitor was opened follows */
	NEURON_RESYNC_OVERFLOW,		/* the socket's buffer overflowed */
	NEURON_RESYNC_GAP,		/* a sequence number was left out */
	NEURON_RESYNC_LOADED,		/* the driver was loaded */
	NEURON_RESYNC_UNLOADED,		/* the driver was unloaded */
};

struct neuron_event {
	uint32_t type;		/* enum neuron_event_type */
	uint32_t reason;	/* of NEURON_EVENT_RESYNC: enum neuron_resync_reason */
	bool synthesized;	/* found by comparing, not told by the kernel */
	union {
		struct neuron_device_info device;
		struct neuron_neighbor_info neighbor;
		struct neuron_health_info health;
		struct neuron_usage_info usage;
	};
};

#define NEURON_MONITOR_HOTPLUG	0x1u	/* device and neighbor events */
#define NEURON_MONITOR_HEALTH	0x2u	/* health events */
#define NEURON_MONITOR_INITIAL	0x4u	/* begin with what exists, synthesized */
#define NEURON_MONITOR_USAGE	0x8u	/* released cores, memory that runs short */

int neuron_monitor_open(uint32_t flags, struct neuron_monitor **monitor);
void neuron_monitor_close(struct neuron_monitor *monitor);
int neuron_monitor_fd(const struct neuron_monitor *monitor);
int neuron_monitor_next(struct neuron_monitor *monitor, struct neuron_event *event, size_t size);
const char *neuron_monitor_last_error(const struct neuron_monitor *monitor);
const char *neuron_event_type_name(uint32_t type);
const char *neuron_resync_reason_name(uint32_t reason);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
