// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	genl-spec/neuron.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: genl-spec/regen */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "neuron_nl_gen.h"

#include <uapi/linux/neuron.h>
#include <compat/nl_compat.h>

/* Integer value ranges */
static const struct netlink_range_validation neuron_a_ring_descriptors_range = {
	.min	= 32ULL,
	.max	= NEURON_MAX_RING_ENTRIES,
};

static const struct netlink_range_validation neuron_a_nq_size_range = {
	.min	= NEURON_MIN_NQ_BYTES,
	.max	= NEURON_MAX_NQ_BYTES,
};

/* Common nested types */
const struct nla_policy neuron_entry_nl_policy[NEURON_A_ENTRY_DST_DEV_INDEX + 1] = {
	[NEURON_A_ENTRY_SRC_MEM] = { .type = NLA_U32, },
	[NEURON_A_ENTRY_SRC_OFFSET] = { .type = NLA_U64, },
	[NEURON_A_ENTRY_IMM] = { .type = NLA_U32, },
	[NEURON_A_ENTRY_DST_MEM] = { .type = NLA_U32, },
	[NEURON_A_ENTRY_DST_OFFSET] = { .type = NLA_U64, },
	[NEURON_A_ENTRY_DST_EVENT] = { .type = NLA_U32, },
	[NEURON_A_ENTRY_DST_CORE] = { .type = NLA_U32, },
	[NEURON_A_ENTRY_LENGTH] = { .type = NLA_U64, },
	[NEURON_A_ENTRY_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x7),
	[NEURON_A_ENTRY_DST_SEMAPHORE] = { .type = NLA_U32, },
	[NEURON_A_ENTRY_SEMAPHORE_OP] = NLA_POLICY_MAX(NLA_U32, 2),
	[NEURON_A_ENTRY_DST_FIFO] = { .type = NLA_FLAG, },
	[NEURON_A_ENTRY_STATE] = NLA_POLICY_MAX(NLA_U32, 3),
	[NEURON_A_ENTRY_DST_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_ENTRY_DST_DEV_INDEX] = { .type = NLA_U32, },
};

const struct nla_policy neuron_event_entry_nl_policy[NEURON_A_EVENT_ENTRY_VALUE + 1] = {
	[NEURON_A_EVENT_ENTRY_NC_ID] = { .type = NLA_U32, },
	[NEURON_A_EVENT_ENTRY_EVENT_ID] = { .type = NLA_U32, },
	[NEURON_A_EVENT_ENTRY_VALUE] = NLA_POLICY_MAX(NLA_U32, 1),
};

const struct nla_policy neuron_reg_entry_nl_policy[NEURON_A_REG_ENTRY_VALUE + 1] = {
	[NEURON_A_REG_ENTRY_OFFSET] = { .type = NLA_U32, },
	[NEURON_A_REG_ENTRY_VALUE] = { .type = NLA_U32, },
};

const struct nla_policy neuron_semaphore_entry_nl_policy[NEURON_A_SEMAPHORE_ENTRY_VALUE + 1] = {
	[NEURON_A_SEMAPHORE_ENTRY_NC_ID] = { .type = NLA_U32, },
	[NEURON_A_SEMAPHORE_ENTRY_SEMAPHORE_ID] = { .type = NLA_U32, },
	[NEURON_A_SEMAPHORE_ENTRY_OP] = NLA_POLICY_MAX(NLA_U32, 2),
	[NEURON_A_SEMAPHORE_ENTRY_VALUE] = { .type = NLA_S32, },
};

const struct nla_policy neuron_transfer_nl_policy[NEURON_A_TRANSFER_PATTERN + 1] = {
	[NEURON_A_TRANSFER_SRC_MEM] = { .type = NLA_U32, },
	[NEURON_A_TRANSFER_SRC_OFFSET] = { .type = NLA_U64, },
	[NEURON_A_TRANSFER_DST_MEM] = { .type = NLA_U32, },
	[NEURON_A_TRANSFER_DST_OFFSET] = { .type = NLA_U64, },
	[NEURON_A_TRANSFER_LENGTH] = { .type = NLA_U64, },
	[NEURON_A_TRANSFER_PATTERN] = { .type = NLA_U32, },
};

/* NEURON_CMD_DEVICE_GET - do */
static const struct nla_policy neuron_device_get_do_nl_policy[NEURON_A_DEVICE_BUS_NAME + 1] = {
	[NEURON_A_DEVICE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_DEVICE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_DEVICE_GET - dump */
static const struct nla_policy neuron_device_get_dump_nl_policy[NEURON_A_DEVICE_BUS_NAME + 1] = {
	[NEURON_A_DEVICE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_DEVICE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_NEIGHBOR_GET - do */
static const struct nla_policy neuron_neighbor_get_do_nl_policy[NEURON_A_NEIGHBOR_PORT + 1] = {
	[NEURON_A_NEIGHBOR_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_NEIGHBOR_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_NEIGHBOR_PORT] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* NEURON_CMD_NEIGHBOR_GET - dump */
static const struct nla_policy neuron_neighbor_get_dump_nl_policy[NEURON_A_NEIGHBOR_BUS_NAME + 1] = {
	[NEURON_A_NEIGHBOR_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_NEIGHBOR_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_NEIGHBOR_REFRESH - do */
static const struct nla_policy neuron_neighbor_refresh_nl_policy[NEURON_A_NEIGHBOR_JOB_EVENTFD + 1] = {
	[NEURON_A_NEIGHBOR_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_NEIGHBOR_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_NEIGHBOR_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_NEIGHBOR_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_NEIGHBOR_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_NEIGHBOR_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_STATS_GET - do */
static const struct nla_policy neuron_stats_get_do_nl_policy[NEURON_A_STATS_BUS_NAME + 1] = {
	[NEURON_A_STATS_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_STATS_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_STATS_GET - dump */
static const struct nla_policy neuron_stats_get_dump_nl_policy[NEURON_A_STATS_BUS_NAME + 1] = {
	[NEURON_A_STATS_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_STATS_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_CONTEXT_GET - do */
static const struct nla_policy neuron_context_get_do_nl_policy[NEURON_A_CONTEXT_BUS_NAME + 1] = {
	[NEURON_A_CONTEXT_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_CONTEXT_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_CONTEXT_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_CONTEXT_GET - dump */
static const struct nla_policy neuron_context_get_dump_nl_policy[NEURON_A_CONTEXT_BUS_NAME + 1] = {
	[NEURON_A_CONTEXT_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_CONTEXT_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_CONTEXT_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_CONTEXT_SET - do */
static const struct nla_policy neuron_context_set_nl_policy[NEURON_A_CONTEXT_JOB_LIMIT + 1] = {
	[NEURON_A_CONTEXT_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_CONTEXT_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_CONTEXT_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_CONTEXT_LABEL] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_LABEL, },
	[NEURON_A_CONTEXT_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_CONTEXT_HOST_LIMIT] = { .type = NLA_U64, },
	[NEURON_A_CONTEXT_DEVICE_LIMIT] = { .type = NLA_U64, },
	[NEURON_A_CONTEXT_ID_LIMIT] = { .type = NLA_U32, },
	[NEURON_A_CONTEXT_JOB_LIMIT] = { .type = NLA_U32, },
};

/* NEURON_CMD_MEM_ALLOC - do */
static const struct nla_policy neuron_mem_alloc_nl_policy[NEURON_A_MEM_NC_ID + 1] = {
	[NEURON_A_MEM_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_MEM_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_MEM_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_MEM_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_MEM_KIND] = NLA_POLICY_MAX(NLA_U32, 1),
	[NEURON_A_MEM_SIZE] = { .type = NLA_U64, },
	[NEURON_A_MEM_ALIGN] = { .type = NLA_U64, },
	[NEURON_A_MEM_CHANNEL] = { .type = NLA_U32, },
	[NEURON_A_MEM_LABEL] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_LABEL, },
	[NEURON_A_MEM_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_MEM_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_MEM_REGION] = { .type = NLA_U32, },
	[NEURON_A_MEM_NC_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_MEM_FREE - do */
static const struct nla_policy neuron_mem_free_nl_policy[NEURON_A_MEM_MEM_ID + 1] = {
	[NEURON_A_MEM_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_MEM_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_MEM_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_MEM_MEM_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_MEM_GET - do */
static const struct nla_policy neuron_mem_get_do_nl_policy[NEURON_A_MEM_MEM_ID + 1] = {
	[NEURON_A_MEM_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_MEM_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_MEM_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_MEM_MEM_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_MEM_GET - dump */
static const struct nla_policy neuron_mem_get_dump_nl_policy[NEURON_A_MEM_BUS_NAME + 1] = {
	[NEURON_A_MEM_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_MEM_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_MEM_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_ENGINE_GET - do */
static const struct nla_policy neuron_engine_get_do_nl_policy[NEURON_A_ENGINE_ENG_ID + 1] = {
	[NEURON_A_ENGINE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_ENGINE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_ENGINE_ENG_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_ENGINE_GET - dump */
static const struct nla_policy neuron_engine_get_dump_nl_policy[NEURON_A_ENGINE_BUS_NAME + 1] = {
	[NEURON_A_ENGINE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_ENGINE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_RING_CREATE - do */
static const struct nla_policy neuron_ring_create_nl_policy[NEURON_A_RING_CHANNEL + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_RING_DESCRIPTORS] = NLA_POLICY_FULL_RANGE(NLA_U32, &neuron_a_ring_descriptors_range),
	[NEURON_A_RING_LABEL] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_LABEL, },
	[NEURON_A_RING_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_RING_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_AXI_PORT] = NLA_POLICY_MAX(NLA_U32, 1),
	[NEURON_A_RING_COMPLETION] = { .type = NLA_FLAG, },
	[NEURON_A_RING_KIND] = NLA_POLICY_MAX(NLA_U32, 1),
	[NEURON_A_RING_CHANNEL] = { .type = NLA_U32, },
};

/* NEURON_CMD_RING_DESTROY - do */
static const struct nla_policy neuron_ring_destroy_nl_policy[NEURON_A_RING_JOB_EVENTFD + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_RING_RING_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_RING_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_RING_GET - do */
static const struct nla_policy neuron_ring_get_do_nl_policy[NEURON_A_RING_RING_ID + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_RING_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_RING_GET - dump */
static const struct nla_policy neuron_ring_get_dump_nl_policy[NEURON_A_RING_BUS_NAME + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_RING_ATTACH - do */
static const struct nla_policy neuron_ring_attach_nl_policy[NEURON_A_RING_NC_ID + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_RING_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_ENG_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_QUEUE_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_NC_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_RING_DETACH - do */
static const struct nla_policy neuron_ring_detach_nl_policy[NEURON_A_RING_JOB_EVENTFD + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_RING_RING_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_RING_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_RING_WRITE - do */
static const struct nla_policy neuron_ring_write_nl_policy[NEURON_A_RING_JOB_EVENTFD + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_RING_RING_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_ENTRY] = NLA_POLICY_NESTED(neuron_entry_nl_policy),
	[NEURON_A_RING_START] = { .type = NLA_FLAG, },
	[NEURON_A_RING_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_RING_START - do */
static const struct nla_policy neuron_ring_start_nl_policy[NEURON_A_RING_JOB_EVENTFD + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_RING_RING_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_COUNT] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_RING_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_RING_ACK - do */
static const struct nla_policy neuron_ring_ack_nl_policy[NEURON_A_RING_COUNT + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_RING_RING_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_COUNT] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* NEURON_CMD_NQ_CREATE - do */
static const struct nla_policy neuron_nq_create_nl_policy[NEURON_A_NQ_EVENTFD + 1] = {
	[NEURON_A_NQ_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_NQ_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_NQ_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_NQ_NC_ID] = { .type = NLA_U32, },
	[NEURON_A_NQ_NQ_TYPE] = NLA_POLICY_MAX(NLA_U32, 3),
	[NEURON_A_NQ_NQ_ENG] = { .type = NLA_U32, },
	[NEURON_A_NQ_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &neuron_a_nq_size_range),
	[NEURON_A_NQ_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_NQ_DESTROY - do */
static const struct nla_policy neuron_nq_destroy_nl_policy[NEURON_A_NQ_JOB_EVENTFD + 1] = {
	[NEURON_A_NQ_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_NQ_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_NQ_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_NQ_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_NQ_NQ_ID] = { .type = NLA_U32, },
	[NEURON_A_NQ_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_NQ_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_NQ_GET - do */
static const struct nla_policy neuron_nq_get_do_nl_policy[NEURON_A_NQ_NQ_ID + 1] = {
	[NEURON_A_NQ_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_NQ_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_NQ_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_NQ_NQ_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_NQ_GET - dump */
static const struct nla_policy neuron_nq_get_dump_nl_policy[NEURON_A_NQ_BUS_NAME + 1] = {
	[NEURON_A_NQ_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_NQ_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_NQ_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_NQ_ACK - do */
static const struct nla_policy neuron_nq_ack_nl_policy[NEURON_A_NQ_HEAD + 1] = {
	[NEURON_A_NQ_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_NQ_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_NQ_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_NQ_NQ_ID] = { .type = NLA_U32, },
	[NEURON_A_NQ_HEAD] = { .type = NLA_U32, },
};

/* NEURON_CMD_EVENT_GET - do */
static const struct nla_policy neuron_event_get_nl_policy[NEURON_A_EVENT_ENTRY + 1] = {
	[NEURON_A_EVENT_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_EVENT_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_EVENT_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_EVENT_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_EVENT_NC_ID] = { .type = NLA_U32, },
	[NEURON_A_EVENT_EVENT_ID] = { .type = NLA_U32, },
	[NEURON_A_EVENT_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_EVENT_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_EVENT_ENTRY] = NLA_POLICY_NESTED(neuron_event_entry_nl_policy),
};

/* NEURON_CMD_EVENT_SET - do */
static const struct nla_policy neuron_event_set_nl_policy[NEURON_A_EVENT_ENTRY + 1] = {
	[NEURON_A_EVENT_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_EVENT_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_EVENT_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_EVENT_NC_ID] = { .type = NLA_U32, },
	[NEURON_A_EVENT_EVENT_ID] = { .type = NLA_U32, },
	[NEURON_A_EVENT_VALUE] = NLA_POLICY_MAX(NLA_U32, 1),
	[NEURON_A_EVENT_ENTRY] = NLA_POLICY_NESTED(neuron_event_entry_nl_policy),
};

/* NEURON_CMD_REG_READ - do */
static const struct nla_policy neuron_reg_read_nl_policy[NEURON_A_REG_RAW + 1] = {
	[NEURON_A_REG_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_REG_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_REG_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_REG_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_REG_OFFSET] = { .type = NLA_U32, },
	[NEURON_A_REG_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_REG_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_REG_BAR] = NLA_POLICY_MAX(NLA_U32, 2),
	[NEURON_A_REG_RAW] = { .type = NLA_FLAG, },
};

/* NEURON_CMD_JOB_GET - do */
static const struct nla_policy neuron_job_get_do_nl_policy[NEURON_A_JOB_JOB_ID + 1] = {
	[NEURON_A_JOB_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_JOB_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_JOB_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_JOB_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_JOB_JOB_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_JOB_GET - dump */
static const struct nla_policy neuron_job_get_dump_nl_policy[NEURON_A_JOB_BUS_NAME + 1] = {
	[NEURON_A_JOB_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_JOB_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_JOB_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_JOB_FREE - do */
static const struct nla_policy neuron_job_free_nl_policy[NEURON_A_JOB_JOB_ID + 1] = {
	[NEURON_A_JOB_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_JOB_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_JOB_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_JOB_JOB_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_CORE_GET - do */
static const struct nla_policy neuron_core_get_do_nl_policy[NEURON_A_CORE_NC_ID + 1] = {
	[NEURON_A_CORE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_CORE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_CORE_NC_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_CORE_GET - dump */
static const struct nla_policy neuron_core_get_dump_nl_policy[NEURON_A_CORE_BUS_NAME + 1] = {
	[NEURON_A_CORE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_CORE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
};

/* NEURON_CMD_CORE_CLAIM - do */
static const struct nla_policy neuron_core_claim_nl_policy[NEURON_A_CORE_CLAIM + 1] = {
	[NEURON_A_CORE_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_CORE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_CORE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_CORE_CLAIM] = { .type = NLA_U32, },
};

/* NEURON_CMD_CORE_RELEASE - do */
static const struct nla_policy neuron_core_release_nl_policy[NEURON_A_CORE_CLAIM + 1] = {
	[NEURON_A_CORE_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_CORE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_CORE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_CORE_CLAIM] = { .type = NLA_U32, },
};

/* NEURON_CMD_SEMAPHORE_GET - do */
static const struct nla_policy neuron_semaphore_get_nl_policy[NEURON_A_SEMAPHORE_ENTRY + 1] = {
	[NEURON_A_SEMAPHORE_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_SEMAPHORE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_SEMAPHORE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_SEMAPHORE_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_SEMAPHORE_NC_ID] = { .type = NLA_U32, },
	[NEURON_A_SEMAPHORE_SEMAPHORE_ID] = { .type = NLA_U32, },
	[NEURON_A_SEMAPHORE_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_SEMAPHORE_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_SEMAPHORE_ENTRY] = NLA_POLICY_NESTED(neuron_semaphore_entry_nl_policy),
};

/* NEURON_CMD_SEMAPHORE_SET - do */
static const struct nla_policy neuron_semaphore_set_nl_policy[NEURON_A_SEMAPHORE_ENTRY + 1] = {
	[NEURON_A_SEMAPHORE_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_SEMAPHORE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_SEMAPHORE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_SEMAPHORE_NC_ID] = { .type = NLA_U32, },
	[NEURON_A_SEMAPHORE_SEMAPHORE_ID] = { .type = NLA_U32, },
	[NEURON_A_SEMAPHORE_OP] = NLA_POLICY_MAX(NLA_U32, 2),
	[NEURON_A_SEMAPHORE_VALUE] = { .type = NLA_S32, },
	[NEURON_A_SEMAPHORE_ENTRY] = NLA_POLICY_NESTED(neuron_semaphore_entry_nl_policy),
};

/* NEURON_CMD_MEM_COPY - do */
static const struct nla_policy neuron_mem_copy_nl_policy[NEURON_A_MEM_JOB_EVENTFD + 1] = {
	[NEURON_A_MEM_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_MEM_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_MEM_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_MEM_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_MEM_TRANSFER] = NLA_POLICY_NESTED(neuron_transfer_nl_policy),
	[NEURON_A_MEM_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_MEM_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_MEM_FILL - do */
static const struct nla_policy neuron_mem_fill_nl_policy[NEURON_A_MEM_JOB_EVENTFD + 1] = {
	[NEURON_A_MEM_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_MEM_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_MEM_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_MEM_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_MEM_TRANSFER] = NLA_POLICY_NESTED(neuron_transfer_nl_policy),
	[NEURON_A_MEM_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_MEM_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_DEVICE_RESET - do */
static const struct nla_policy neuron_device_reset_nl_policy[NEURON_A_DEVICE_JOB_EVENTFD + 1] = {
	[NEURON_A_DEVICE_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_DEVICE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_DEVICE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_DEVICE_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_DEVICE_EXPECT_RESET_COUNT] = { .type = NLA_U32, },
	[NEURON_A_DEVICE_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_DEVICE_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_ENGINE_SET - do */
static const struct nla_policy neuron_engine_set_nl_policy[NEURON_A_ENGINE_JOB_EVENTFD + 1] = {
	[NEURON_A_ENGINE_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_ENGINE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_ENGINE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_ENGINE_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_ENGINE_ENG_ID] = { .type = NLA_U32, },
	[NEURON_A_ENGINE_ACTION] = NLA_POLICY_MAX(NLA_U32, 0),
	[NEURON_A_ENGINE_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_ENGINE_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* NEURON_CMD_JOB_CANCEL - do */
static const struct nla_policy neuron_job_cancel_nl_policy[NEURON_A_JOB_JOB_ID + 1] = {
	[NEURON_A_JOB_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_JOB_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_JOB_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_JOB_JOB_ID] = { .type = NLA_U32, },
};

/* NEURON_CMD_REG_WRITE - do */
static const struct nla_policy neuron_reg_write_nl_policy[NEURON_A_REG_WRITE + 1] = {
	[NEURON_A_REG_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_REG_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_REG_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_REG_BAR] = NLA_POLICY_MAX(NLA_U32, 2),
	[NEURON_A_REG_WRITE] = NLA_POLICY_NESTED(neuron_reg_entry_nl_policy),
};

/* NEURON_CMD_COUNTERS_GET - do */
static const struct nla_policy neuron_counters_get_nl_policy[NEURON_A_REG_COUNTER + 1] = {
	[NEURON_A_REG_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_REG_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_REG_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_REG_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_REG_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_REG_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_REG_ENG_ID] = { .type = NLA_U32, },
	[NEURON_A_REG_COUNTER] = NLA_POLICY_MAX(NLA_U32, 23),
};

/* NEURON_CMD_METRIC_POST - do */
static const struct nla_policy neuron_metric_post_nl_policy[NEURON_A_DEVICE_METRIC + 1] = {
	[NEURON_A_DEVICE_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_DEVICE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_DEVICE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_DEVICE_WAIT_US] = NLA_POLICY_MAX(NLA_U32, NEURON_MAX_WAIT_US),
	[NEURON_A_DEVICE_AFTER_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEURON_A_DEVICE_JOB_EVENTFD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_DEVICE_METRIC] = NLA_POLICY_MAX_LEN(NEURON_MAX_METRIC_BYTES),
};

/* NEURON_CMD_RING_READ - do */
static const struct nla_policy neuron_ring_read_nl_policy[NEURON_A_RING_FIRST + 1] = {
	[NEURON_A_RING_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_RING_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_RING_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_RING_RING_ID] = { .type = NLA_U32, },
	[NEURON_A_RING_FIRST] = { .type = NLA_U64, },
	[NEURON_A_RING_COUNT] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* NEURON_CMD_DEVICE_SET - do */
static const struct nla_policy neuron_device_set_nl_policy[NEURON_A_DEVICE_DRAM_REGIONS + 1] = {
	[NEURON_A_DEVICE_CTX_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NEURON_A_DEVICE_DEV_INDEX] = { .type = NLA_U32, },
	[NEURON_A_DEVICE_BUS_NAME] = { .type = NLA_NUL_STRING, .len = NEURON_MAX_BUS_NAME, },
	[NEURON_A_DEVICE_DRAM_REGIONS] = { .type = NLA_U32, },
};

/* Ops table for neuron */
static const struct genl_split_ops neuron_nl_ops[] = {
	{
		.cmd		= NEURON_CMD_DEVICE_GET,
		.pre_doit	= neuron_nl_look_pre,
		.doit		= neuron_nl_device_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_device_get_do_nl_policy,
		.maxattr	= NEURON_A_DEVICE_BUS_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_DEVICE_GET,
		.start		= neuron_nl_look_dump_start,
		.dumpit		= neuron_nl_device_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_device_get_dump_nl_policy,
		.maxattr	= NEURON_A_DEVICE_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_NEIGHBOR_GET,
		.pre_doit	= neuron_nl_look_pre,
		.doit		= neuron_nl_neighbor_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_neighbor_get_do_nl_policy,
		.maxattr	= NEURON_A_NEIGHBOR_PORT,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_NEIGHBOR_GET,
		.start		= neuron_nl_look_dump_start,
		.dumpit		= neuron_nl_neighbor_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_neighbor_get_dump_nl_policy,
		.maxattr	= NEURON_A_NEIGHBOR_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_NEIGHBOR_REFRESH,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_neighbor_refresh_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_neighbor_refresh_nl_policy,
		.maxattr	= NEURON_A_NEIGHBOR_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_STATS_GET,
		.pre_doit	= neuron_nl_look_pre,
		.doit		= neuron_nl_stats_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_stats_get_do_nl_policy,
		.maxattr	= NEURON_A_STATS_BUS_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_STATS_GET,
		.start		= neuron_nl_look_dump_start,
		.dumpit		= neuron_nl_stats_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_stats_get_dump_nl_policy,
		.maxattr	= NEURON_A_STATS_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_CONTEXT_GET,
		.pre_doit	= neuron_nl_own_pre,
		.doit		= neuron_nl_context_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_context_get_do_nl_policy,
		.maxattr	= NEURON_A_CONTEXT_BUS_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_CONTEXT_GET,
		.start		= neuron_nl_dump_start,
		.dumpit		= neuron_nl_context_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_context_get_dump_nl_policy,
		.maxattr	= NEURON_A_CONTEXT_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_CONTEXT_SET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_context_set_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_context_set_nl_policy,
		.maxattr	= NEURON_A_CONTEXT_JOB_LIMIT,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_MEM_ALLOC,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_mem_alloc_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_mem_alloc_nl_policy,
		.maxattr	= NEURON_A_MEM_NC_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_MEM_FREE,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_mem_free_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_mem_free_nl_policy,
		.maxattr	= NEURON_A_MEM_MEM_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_MEM_GET,
		.pre_doit	= neuron_nl_own_pre,
		.doit		= neuron_nl_mem_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_mem_get_do_nl_policy,
		.maxattr	= NEURON_A_MEM_MEM_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_MEM_GET,
		.start		= neuron_nl_dump_start,
		.dumpit		= neuron_nl_mem_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_mem_get_dump_nl_policy,
		.maxattr	= NEURON_A_MEM_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_ENGINE_GET,
		.pre_doit	= neuron_nl_look_pre,
		.doit		= neuron_nl_engine_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_engine_get_do_nl_policy,
		.maxattr	= NEURON_A_ENGINE_ENG_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_ENGINE_GET,
		.start		= neuron_nl_look_dump_start,
		.dumpit		= neuron_nl_engine_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_engine_get_dump_nl_policy,
		.maxattr	= NEURON_A_ENGINE_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_RING_CREATE,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_ring_create_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_create_nl_policy,
		.maxattr	= NEURON_A_RING_CHANNEL,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_RING_DESTROY,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_ring_destroy_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_destroy_nl_policy,
		.maxattr	= NEURON_A_RING_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_RING_GET,
		.pre_doit	= neuron_nl_own_pre,
		.doit		= neuron_nl_ring_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_get_do_nl_policy,
		.maxattr	= NEURON_A_RING_RING_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_RING_GET,
		.start		= neuron_nl_dump_start,
		.dumpit		= neuron_nl_ring_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_ring_get_dump_nl_policy,
		.maxattr	= NEURON_A_RING_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_RING_ATTACH,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_ring_attach_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_attach_nl_policy,
		.maxattr	= NEURON_A_RING_NC_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_RING_DETACH,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_ring_detach_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_detach_nl_policy,
		.maxattr	= NEURON_A_RING_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_RING_WRITE,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_ring_write_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_write_nl_policy,
		.maxattr	= NEURON_A_RING_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_RING_START,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_ring_start_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_start_nl_policy,
		.maxattr	= NEURON_A_RING_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_RING_ACK,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_ring_ack_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_ack_nl_policy,
		.maxattr	= NEURON_A_RING_COUNT,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_NQ_CREATE,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_nq_create_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_nq_create_nl_policy,
		.maxattr	= NEURON_A_NQ_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_NQ_DESTROY,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_nq_destroy_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_nq_destroy_nl_policy,
		.maxattr	= NEURON_A_NQ_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_NQ_GET,
		.pre_doit	= neuron_nl_own_pre,
		.doit		= neuron_nl_nq_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_nq_get_do_nl_policy,
		.maxattr	= NEURON_A_NQ_NQ_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_NQ_GET,
		.start		= neuron_nl_dump_start,
		.dumpit		= neuron_nl_nq_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_nq_get_dump_nl_policy,
		.maxattr	= NEURON_A_NQ_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_NQ_ACK,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_nq_ack_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_nq_ack_nl_policy,
		.maxattr	= NEURON_A_NQ_HEAD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_EVENT_GET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_event_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_event_get_nl_policy,
		.maxattr	= NEURON_A_EVENT_ENTRY,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_EVENT_SET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_event_set_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_event_set_nl_policy,
		.maxattr	= NEURON_A_EVENT_ENTRY,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_REG_READ,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_reg_read_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_reg_read_nl_policy,
		.maxattr	= NEURON_A_REG_RAW,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_JOB_GET,
		.pre_doit	= neuron_nl_own_pre,
		.doit		= neuron_nl_job_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_job_get_do_nl_policy,
		.maxattr	= NEURON_A_JOB_JOB_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_JOB_GET,
		.start		= neuron_nl_dump_start,
		.dumpit		= neuron_nl_job_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_job_get_dump_nl_policy,
		.maxattr	= NEURON_A_JOB_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_JOB_FREE,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_job_free_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_job_free_nl_policy,
		.maxattr	= NEURON_A_JOB_JOB_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_CORE_GET,
		.pre_doit	= neuron_nl_look_pre,
		.doit		= neuron_nl_core_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_core_get_do_nl_policy,
		.maxattr	= NEURON_A_CORE_NC_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_CORE_GET,
		.start		= neuron_nl_look_dump_start,
		.dumpit		= neuron_nl_core_get_dumpit,
		.done		= neuron_nl_dump_done,
		.policy		= neuron_core_get_dump_nl_policy,
		.maxattr	= NEURON_A_CORE_BUS_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NEURON_CMD_CORE_CLAIM,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_core_claim_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_core_claim_nl_policy,
		.maxattr	= NEURON_A_CORE_CLAIM,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_CORE_RELEASE,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_core_release_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_core_release_nl_policy,
		.maxattr	= NEURON_A_CORE_CLAIM,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_SEMAPHORE_GET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_semaphore_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_semaphore_get_nl_policy,
		.maxattr	= NEURON_A_SEMAPHORE_ENTRY,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_SEMAPHORE_SET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_semaphore_set_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_semaphore_set_nl_policy,
		.maxattr	= NEURON_A_SEMAPHORE_ENTRY,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_MEM_COPY,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_mem_copy_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_mem_copy_nl_policy,
		.maxattr	= NEURON_A_MEM_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_MEM_FILL,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_mem_fill_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_mem_fill_nl_policy,
		.maxattr	= NEURON_A_MEM_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_DEVICE_RESET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_device_reset_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_device_reset_nl_policy,
		.maxattr	= NEURON_A_DEVICE_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_ENGINE_SET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_engine_set_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_engine_set_nl_policy,
		.maxattr	= NEURON_A_ENGINE_JOB_EVENTFD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_JOB_CANCEL,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_job_cancel_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_job_cancel_nl_policy,
		.maxattr	= NEURON_A_JOB_JOB_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_REG_WRITE,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_reg_write_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_reg_write_nl_policy,
		.maxattr	= NEURON_A_REG_WRITE,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_COUNTERS_GET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_counters_get_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_counters_get_nl_policy,
		.maxattr	= NEURON_A_REG_COUNTER,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_METRIC_POST,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_metric_post_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_metric_post_nl_policy,
		.maxattr	= NEURON_A_DEVICE_METRIC,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_RING_READ,
		.pre_doit	= neuron_nl_own_pre,
		.doit		= neuron_nl_ring_read_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_ring_read_nl_policy,
		.maxattr	= NEURON_A_RING_FIRST,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NEURON_CMD_DEVICE_SET,
		.pre_doit	= neuron_nl_use_pre,
		.doit		= neuron_nl_device_set_doit,
		.post_doit	= neuron_nl_post,
		.policy		= neuron_device_set_nl_policy,
		.maxattr	= NEURON_A_DEVICE_DRAM_REGIONS,
		.flags		= GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group neuron_nl_mcgrps[] = {
	[NEURON_NLGRP_HOTPLUG] = { "hotplug", },
	[NEURON_NLGRP_HEALTH] = { "health", },
	[NEURON_NLGRP_USAGE] = { "usage", },
};

struct genl_family neuron_nl_family __ro_after_init = {
	.name		= NEURON_FAMILY_NAME,
	.version	= NEURON_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= neuron_nl_ops,
	.n_split_ops	= ARRAY_SIZE(neuron_nl_ops),
	.mcgrps		= neuron_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(neuron_nl_mcgrps),
};
