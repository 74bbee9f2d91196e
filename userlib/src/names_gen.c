// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit: made by userlib/gen-names from genl-spec/neuron.yaml. */
#include <neuron/libneuron.h>

#include "names.h"

static const char *const arch_names[] = {
	[NEURON_ARCH_INFERENTIA] = "inferentia",
};

/**
 * neuron_arch_name() - name of a value of arch
 * @value: enum neuron_arch
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_arch_name(uint32_t value)
{
	return nn_value(arch_names, NN_COUNT(arch_names), value);
}

static const char *const device_state_names[] = {
	[NEURON_DEVICE_STATE_STARTING] = "starting",
	[NEURON_DEVICE_STATE_READY] = "ready",
	[NEURON_DEVICE_STATE_RESETTING] = "resetting",
	[NEURON_DEVICE_STATE_FAILED] = "failed",
	[NEURON_DEVICE_STATE_REMOVED] = "removed",
};

/**
 * neuron_device_state_name() - name of a value of device-state
 * @value: enum neuron_device_state
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_device_state_name(uint32_t value)
{
	return nn_value(device_state_names, NN_COUNT(device_state_names), value);
}

static const char *const health_names[] = {
	[NEURON_HEALTH_OK] = "ok",
	[NEURON_HEALTH_SUSPECT] = "suspect",
	[NEURON_HEALTH_DEGRADED] = "degraded",
	[NEURON_HEALTH_FAILED] = "failed",
};

/**
 * neuron_health_name() - name of a value of health
 * @value: enum neuron_health
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_health_name(uint32_t value)
{
	return nn_value(health_names, NN_COUNT(health_names), value);
}

static const char *const device_flag_names[] = {
	[0] = "bar4",
	[1] = "interrupts",
	[2] = "iommu",
};

/**
 * neuron_device_flag_name() - name of the flag with one bit set of device-flag
 * @bit: enum neuron_device_flag
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_device_flag_name(uint32_t bit)
{
	return nn_flag(device_flag_names, NN_COUNT(device_flag_names), bit);
}

static const char *const mem_kind_names[] = {
	[NEURON_MEM_KIND_HOST] = "host",
	[NEURON_MEM_KIND_DEVICE] = "device",
};

/**
 * neuron_mem_kind_name() - name of a value of mem-kind
 * @value: enum neuron_mem_kind
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_mem_kind_name(uint32_t value)
{
	return nn_value(mem_kind_names, NN_COUNT(mem_kind_names), value);
}

static const char *const ring_state_names[] = {
	[NEURON_RING_STATE_DETACHED] = "detached",
	[NEURON_RING_STATE_ATTACHED] = "attached",
	[NEURON_RING_STATE_STOPPING] = "stopping",
	[NEURON_RING_STATE_LOST] = "lost",
};

/**
 * neuron_ring_state_name() - name of a value of ring-state
 * @value: enum neuron_ring_state
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_ring_state_name(uint32_t value)
{
	return nn_value(ring_state_names, NN_COUNT(ring_state_names), value);
}

static const char *const engine_state_names[] = {
	[NEURON_ENGINE_STATE_UNKNOWN] = "unknown",
	[NEURON_ENGINE_STATE_UNUSED] = "unused",
	[NEURON_ENGINE_STATE_IDLE] = "idle",
	[NEURON_ENGINE_STATE_RUNNING] = "running",
	[NEURON_ENGINE_STATE_ABORTED] = "aborted",
};

/**
 * neuron_engine_state_name() - name of a value of engine-state
 * @value: enum neuron_engine_state
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_engine_state_name(uint32_t value)
{
	return nn_value(engine_state_names, NN_COUNT(engine_state_names), value);
}

static const char *const nq_type_names[] = {
	[NEURON_NQ_TYPE_TRACE] = "trace",
	[NEURON_NQ_TYPE_NOTIFY] = "notify",
	[NEURON_NQ_TYPE_EVENT] = "event",
	[NEURON_NQ_TYPE_ERROR] = "error",
};

/**
 * neuron_nq_type_name() - name of a value of nq-type
 * @value: enum neuron_nq_type
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_nq_type_name(uint32_t value)
{
	return nn_value(nq_type_names, NN_COUNT(nq_type_names), value);
}

static const char *const nq_state_names[] = {
	[NEURON_NQ_STATE_ACTIVE] = "active",
	[NEURON_NQ_STATE_LOST] = "lost",
};

/**
 * neuron_nq_state_name() - name of a value of nq-state
 * @value: enum neuron_nq_state
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_nq_state_name(uint32_t value)
{
	return nn_value(nq_state_names, NN_COUNT(nq_state_names), value);
}

static const char *const port_names[] = {
	[NEURON_PORT_EAST] = "east",
	[NEURON_PORT_WEST] = "west",
};

/**
 * neuron_port_name() - name of a value of port
 * @value: enum neuron_port
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_port_name(uint32_t value)
{
	return nn_value(port_names, NN_COUNT(port_names), value);
}

static const char *const link_state_names[] = {
	[NEURON_LINK_STATE_UNKNOWN] = "unknown",
	[NEURON_LINK_STATE_DOWN] = "down",
	[NEURON_LINK_STATE_UP] = "up",
};

/**
 * neuron_link_state_name() - name of a value of link-state
 * @value: enum neuron_link_state
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_link_state_name(uint32_t value)
{
	return nn_value(link_state_names, NN_COUNT(link_state_names), value);
}

static const char *const job_state_names[] = {
	[NEURON_JOB_STATE_RUNNING] = "running",
	[NEURON_JOB_STATE_DONE] = "done",
	[NEURON_JOB_STATE_FAILED] = "failed",
};

/**
 * neuron_job_state_name() - name of a value of job-state
 * @value: enum neuron_job_state
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_job_state_name(uint32_t value)
{
	return nn_value(job_state_names, NN_COUNT(job_state_names), value);
}

static const char *const entry_flag_names[] = {
	[0] = "barrier",
	[1] = "interrupt",
	[2] = "more",
};

/**
 * neuron_entry_flag_name() - name of the flag with one bit set of entry-flag
 * @bit: enum neuron_entry_flag
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_entry_flag_name(uint32_t bit)
{
	return nn_flag(entry_flag_names, NN_COUNT(entry_flag_names), bit);
}

static const char *const entry_state_names[] = {
	[NEURON_ENTRY_STATE_WRITTEN] = "written",
	[NEURON_ENTRY_STATE_STARTED] = "started",
	[NEURON_ENTRY_STATE_FINISHED] = "finished",
	[NEURON_ENTRY_STATE_FAILED] = "failed",
};

/**
 * neuron_entry_state_name() - name of a value of entry-state
 * @value: enum neuron_entry_state
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_entry_state_name(uint32_t value)
{
	return nn_value(entry_state_names, NN_COUNT(entry_state_names), value);
}

static const char *const semaphore_op_names[] = {
	[NEURON_SEMAPHORE_OP_SET] = "set",
	[NEURON_SEMAPHORE_OP_INCREMENT] = "increment",
	[NEURON_SEMAPHORE_OP_DECREMENT] = "decrement",
};

/**
 * neuron_semaphore_op_name() - name of a value of semaphore-op
 * @value: enum neuron_semaphore_op
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_semaphore_op_name(uint32_t value)
{
	return nn_value(semaphore_op_names, NN_COUNT(semaphore_op_names), value);
}

static const char *const engine_action_names[] = {
	[NEURON_ENGINE_ACTION_RECOVER] = "recover",
};

/**
 * neuron_engine_action_name() - name of a value of engine-action
 * @value: enum neuron_engine_action
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_engine_action_name(uint32_t value)
{
	return nn_value(engine_action_names, NN_COUNT(engine_action_names), value);
}

static const char *const counter_names[] = {
	[NEURON_COUNTER_TX_PACKETS] = "tx-packets",
	[NEURON_COUNTER_TX_BYTES] = "tx-bytes",
	[NEURON_COUNTER_TX_DESCRIPTORS] = "tx-descriptors",
	[NEURON_COUNTER_TX_PACKETS_COMPLETED] = "tx-packets-completed",
	[NEURON_COUNTER_TX_COMPLETIONS] = "tx-completions",
	[NEURON_COUNTER_TX_ACKS] = "tx-acks",
	[NEURON_COUNTER_RX_DROPPED] = "rx-dropped",
	[NEURON_COUNTER_RX_BYTES] = "rx-bytes",
	[NEURON_COUNTER_RX_DESCRIPTORS] = "rx-descriptors",
	[NEURON_COUNTER_RX_PACKETS_COMPLETED] = "rx-packets-completed",
	[NEURON_COUNTER_RX_COMPLETIONS] = "rx-completions",
	[NEURON_COUNTER_RX_ACKS] = "rx-acks",
	[NEURON_COUNTER_POWER] = "power",
	[NEURON_COUNTER_POWER_SAMPLES] = "power-samples",
	[NEURON_COUNTER_ECC_SRAM_CORRECTED] = "ecc-sram-corrected",
	[NEURON_COUNTER_ECC_SRAM_UNCORRECTED] = "ecc-sram-uncorrected",
	[NEURON_COUNTER_ECC_STACK0_CORRECTED] = "ecc-stack0-corrected",
	[NEURON_COUNTER_ECC_STACK0_UNCORRECTED] = "ecc-stack0-uncorrected",
	[NEURON_COUNTER_ECC_STACK1_CORRECTED] = "ecc-stack1-corrected",
	[NEURON_COUNTER_ECC_STACK1_UNCORRECTED] = "ecc-stack1-uncorrected",
	[NEURON_COUNTER_ECC_STACK2_CORRECTED] = "ecc-stack2-corrected",
	[NEURON_COUNTER_ECC_STACK2_UNCORRECTED] = "ecc-stack2-uncorrected",
	[NEURON_COUNTER_ECC_STACK3_CORRECTED] = "ecc-stack3-corrected",
	[NEURON_COUNTER_ECC_STACK3_UNCORRECTED] = "ecc-stack3-uncorrected",
};

/**
 * neuron_counter_name() - name of a value of counter
 * @value: enum neuron_counter
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_counter_name(uint32_t value)
{
	return nn_value(counter_names, NN_COUNT(counter_names), value);
}

static const char *const pressure_names[] = {
	[NEURON_PRESSURE_LOW] = "low",
	[NEURON_PRESSURE_REFUSED] = "refused",
	[NEURON_PRESSURE_LIMIT_LOW] = "limit-low",
	[NEURON_PRESSURE_LIMIT_REFUSED] = "limit-refused",
};

/**
 * neuron_pressure_name() - name of a value of pressure
 * @value: enum neuron_pressure
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_pressure_name(uint32_t value)
{
	return nn_value(pressure_names, NN_COUNT(pressure_names), value);
}

static const struct nn_attr transfer_attrs[] = {
	[NEURON_A_TRANSFER_SRC_MEM] = { .name = "src-mem", .kind = NN_U32 },
	[NEURON_A_TRANSFER_SRC_OFFSET] = { .name = "src-offset", .kind = NN_U64 },
	[NEURON_A_TRANSFER_DST_MEM] = { .name = "dst-mem", .kind = NN_U32 },
	[NEURON_A_TRANSFER_DST_OFFSET] = { .name = "dst-offset", .kind = NN_U64 },
	[NEURON_A_TRANSFER_LENGTH] = { .name = "length", .kind = NN_U64 },
	[NEURON_A_TRANSFER_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_TRANSFER_PATTERN] = { .name = "pattern", .kind = NN_U32 },
};

static const struct nn_set transfer_set = {
	.attrs = transfer_attrs, .count = NN_COUNT(transfer_attrs),
};

static const struct nn_attr entry_attrs[] = {
	[NEURON_A_ENTRY_SRC_MEM] = { .name = "src-mem", .kind = NN_U32 },
	[NEURON_A_ENTRY_SRC_OFFSET] = { .name = "src-offset", .kind = NN_U64 },
	[NEURON_A_ENTRY_IMM] = { .name = "imm", .kind = NN_U32 },
	[NEURON_A_ENTRY_DST_MEM] = { .name = "dst-mem", .kind = NN_U32 },
	[NEURON_A_ENTRY_DST_OFFSET] = { .name = "dst-offset", .kind = NN_U64 },
	[NEURON_A_ENTRY_DST_EVENT] = { .name = "dst-event", .kind = NN_U32 },
	[NEURON_A_ENTRY_DST_CORE] = { .name = "dst-core", .kind = NN_U32 },
	[NEURON_A_ENTRY_LENGTH] = { .name = "length", .kind = NN_U64 },
	[NEURON_A_ENTRY_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_ENTRY_FLAGS] = { .name = "flags", .kind = NN_U32 },
	[NEURON_A_ENTRY_DST_SEMAPHORE] = { .name = "dst-semaphore", .kind = NN_U32 },
	[NEURON_A_ENTRY_SEMAPHORE_OP] = { .name = "semaphore-op", .kind = NN_U32, .value_name = neuron_semaphore_op_name },
	[NEURON_A_ENTRY_DST_FIFO] = { .name = "dst-fifo", .kind = NN_FLAG },
	[NEURON_A_ENTRY_STATE] = { .name = "state", .kind = NN_U32, .value_name = neuron_entry_state_name },
	[NEURON_A_ENTRY_DST_CTX_FD] = { .name = "dst-ctx-fd", .kind = NN_S32 },
	[NEURON_A_ENTRY_DST_DEV_INDEX] = { .name = "dst-dev-index", .kind = NN_U32 },
};

static const struct nn_set entry_set = {
	.attrs = entry_attrs, .count = NN_COUNT(entry_attrs),
};

static const struct nn_attr event_entry_attrs[] = {
	[NEURON_A_EVENT_ENTRY_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_EVENT_ENTRY_EVENT_ID] = { .name = "event-id", .kind = NN_U32 },
	[NEURON_A_EVENT_ENTRY_VALUE] = { .name = "value", .kind = NN_U32 },
};

static const struct nn_set event_entry_set = {
	.attrs = event_entry_attrs, .count = NN_COUNT(event_entry_attrs),
};

static const struct nn_attr semaphore_entry_attrs[] = {
	[NEURON_A_SEMAPHORE_ENTRY_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_ENTRY_SEMAPHORE_ID] = { .name = "semaphore-id", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_ENTRY_OP] = { .name = "op", .kind = NN_U32, .value_name = neuron_semaphore_op_name },
	[NEURON_A_SEMAPHORE_ENTRY_VALUE] = { .name = "value", .kind = NN_S32 },
};

static const struct nn_set semaphore_entry_set = {
	.attrs = semaphore_entry_attrs, .count = NN_COUNT(semaphore_entry_attrs),
};

static const struct nn_attr reg_entry_attrs[] = {
	[NEURON_A_REG_ENTRY_OFFSET] = { .name = "offset", .kind = NN_U32 },
	[NEURON_A_REG_ENTRY_VALUE] = { .name = "value", .kind = NN_U32 },
};

static const struct nn_set reg_entry_set = {
	.attrs = reg_entry_attrs, .count = NN_COUNT(reg_entry_attrs),
};

static const struct nn_attr device_attrs[] = {
	[NEURON_A_DEVICE_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_DEVICE_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_DEVICE_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_DEVICE_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_DEVICE_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_DEVICE_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_DEVICE_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_DEVICE_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_DEVICE_HOTPLUG_SEQ] = { .name = "hotplug-seq", .kind = NN_U64 },
	[NEURON_A_DEVICE_HEALTH_SEQ] = { .name = "health-seq", .kind = NN_U64 },
	[NEURON_A_DEVICE_VENDOR_ID] = { .name = "vendor-id", .kind = NN_U32 },
	[NEURON_A_DEVICE_DEVICE_ID] = { .name = "device-id", .kind = NN_U32 },
	[NEURON_A_DEVICE_REVISION] = { .name = "revision", .kind = NN_U32 },
	[NEURON_A_DEVICE_ARCH] = { .name = "arch", .kind = NN_U32, .value_name = neuron_arch_name },
	[NEURON_A_DEVICE_STATE] = { .name = "state", .kind = NN_U32, .value_name = neuron_device_state_name },
	[NEURON_A_DEVICE_HEALTH] = { .name = "health", .kind = NN_U32, .value_name = neuron_health_name },
	[NEURON_A_DEVICE_FLAGS] = { .name = "flags", .kind = NN_U32 },
	[NEURON_A_DEVICE_CORES] = { .name = "cores", .kind = NN_U32 },
	[NEURON_A_DEVICE_ENGINES] = { .name = "engines", .kind = NN_U32 },
	[NEURON_A_DEVICE_QUEUES_PER_ENGINE] = { .name = "queues-per-engine", .kind = NN_U32 },
	[NEURON_A_DEVICE_CONTEXTS] = { .name = "contexts", .kind = NN_U32 },
	[NEURON_A_DEVICE_LINKS_UP] = { .name = "links-up", .kind = NN_U32 },
	[NEURON_A_DEVICE_DRAM_CHANNELS] = { .name = "dram-channels", .kind = NN_U32 },
	[NEURON_A_DEVICE_DRAM_BYTES] = { .name = "dram-bytes", .kind = NN_U64 },
	[NEURON_A_DEVICE_DRAM_USED] = { .name = "dram-used", .kind = NN_U64 },
	[NEURON_A_DEVICE_HOST_USED] = { .name = "host-used", .kind = NN_U64 },
	[NEURON_A_DEVICE_DRAM_REGIONS] = { .name = "dram-regions", .kind = NN_U32 },
	[NEURON_A_DEVICE_NUMA_NODE] = { .name = "numa-node", .kind = NN_S32 },
	[NEURON_A_DEVICE_RESET_COUNT] = { .name = "reset-count", .kind = NN_U32 },
	[NEURON_A_DEVICE_EXPECT_RESET_COUNT] = { .name = "expect-reset-count", .kind = NN_U32 },
	[NEURON_A_DEVICE_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_DEVICE_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
	[NEURON_A_DEVICE_METRIC] = { .name = "metric", .kind = NN_BINARY },
	[NEURON_A_DEVICE_USAGE_SEQ] = { .name = "usage-seq", .kind = NN_U64 },
};

static const struct nn_set device_set = {
	.attrs = device_attrs, .count = NN_COUNT(device_attrs),
};

static const struct nn_attr neighbor_attrs[] = {
	[NEURON_A_NEIGHBOR_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_NEIGHBOR_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_NEIGHBOR_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_NEIGHBOR_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_NEIGHBOR_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_NEIGHBOR_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_NEIGHBOR_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_NEIGHBOR_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_NEIGHBOR_HOTPLUG_SEQ] = { .name = "hotplug-seq", .kind = NN_U64 },
	[NEURON_A_NEIGHBOR_PORT] = { .name = "port", .kind = NN_U32, .value_name = neuron_port_name },
	[NEURON_A_NEIGHBOR_LINK_STATE] = { .name = "link-state", .kind = NN_U32, .value_name = neuron_link_state_name },
	[NEURON_A_NEIGHBOR_PEER_INDEX] = { .name = "peer-index", .kind = NN_U32 },
	[NEURON_A_NEIGHBOR_PEER_BUS_NAME] = { .name = "peer-bus-name", .kind = NN_STRING },
	[NEURON_A_NEIGHBOR_AGE_MS] = { .name = "age-ms", .kind = NN_U64 },
	[NEURON_A_NEIGHBOR_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_NEIGHBOR_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
};

static const struct nn_set neighbor_set = {
	.attrs = neighbor_attrs, .count = NN_COUNT(neighbor_attrs),
};

static const struct nn_attr context_attrs[] = {
	[NEURON_A_CONTEXT_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_CONTEXT_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_CONTEXT_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_CONTEXT_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_CONTEXT_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_CONTEXT_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_CONTEXT_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_CONTEXT_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_CONTEXT_PID] = { .name = "pid", .kind = NN_U32 },
	[NEURON_A_CONTEXT_COMMAND] = { .name = "command", .kind = NN_STRING },
	[NEURON_A_CONTEXT_UID] = { .name = "uid", .kind = NN_U32 },
	[NEURON_A_CONTEXT_LABEL] = { .name = "label", .kind = NN_STRING },
	[NEURON_A_CONTEXT_EVENTFD] = { .name = "eventfd", .kind = NN_S32 },
	[NEURON_A_CONTEXT_MEMS] = { .name = "mems", .kind = NN_U32 },
	[NEURON_A_CONTEXT_RINGS] = { .name = "rings", .kind = NN_U32 },
	[NEURON_A_CONTEXT_NQS] = { .name = "nqs", .kind = NN_U32 },
	[NEURON_A_CONTEXT_JOBS] = { .name = "jobs", .kind = NN_U32 },
	[NEURON_A_CONTEXT_HOST_BYTES] = { .name = "host-bytes", .kind = NN_U64 },
	[NEURON_A_CONTEXT_DEVICE_BYTES] = { .name = "device-bytes", .kind = NN_U64 },
	[NEURON_A_CONTEXT_IDS] = { .name = "ids", .kind = NN_U32 },
	[NEURON_A_CONTEXT_HOST_LIMIT] = { .name = "host-limit", .kind = NN_U64 },
	[NEURON_A_CONTEXT_DEVICE_LIMIT] = { .name = "device-limit", .kind = NN_U64 },
	[NEURON_A_CONTEXT_ID_LIMIT] = { .name = "id-limit", .kind = NN_U32 },
	[NEURON_A_CONTEXT_JOB_LIMIT] = { .name = "job-limit", .kind = NN_U32 },
	[NEURON_A_CONTEXT_USER_HOST_BYTES] = { .name = "user-host-bytes", .kind = NN_U64 },
	[NEURON_A_CONTEXT_USER_DEVICE_BYTES] = { .name = "user-device-bytes", .kind = NN_U64 },
	[NEURON_A_CONTEXT_USER_IDS] = { .name = "user-ids", .kind = NN_U32 },
	[NEURON_A_CONTEXT_USER_JOBS] = { .name = "user-jobs", .kind = NN_U32 },
	[NEURON_A_CONTEXT_USER_CONTEXTS] = { .name = "user-contexts", .kind = NN_U32 },
	[NEURON_A_CONTEXT_USER_HOST_LIMIT] = { .name = "user-host-limit", .kind = NN_U64 },
	[NEURON_A_CONTEXT_USER_DEVICE_LIMIT] = { .name = "user-device-limit", .kind = NN_U64 },
	[NEURON_A_CONTEXT_USER_ID_LIMIT] = { .name = "user-id-limit", .kind = NN_U32 },
	[NEURON_A_CONTEXT_USER_JOB_LIMIT] = { .name = "user-job-limit", .kind = NN_U32 },
	[NEURON_A_CONTEXT_USER_CONTEXT_LIMIT] = { .name = "user-context-limit", .kind = NN_U32 },
};

static const struct nn_set context_set = {
	.attrs = context_attrs, .count = NN_COUNT(context_attrs),
};

static const struct nn_attr mem_attrs[] = {
	[NEURON_A_MEM_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_MEM_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_MEM_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_MEM_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_MEM_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_MEM_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_MEM_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_MEM_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_MEM_MEM_ID] = { .name = "mem-id", .kind = NN_U32 },
	[NEURON_A_MEM_KIND] = { .name = "kind", .kind = NN_U32, .value_name = neuron_mem_kind_name },
	[NEURON_A_MEM_SIZE] = { .name = "size", .kind = NN_U64 },
	[NEURON_A_MEM_ALIGN] = { .name = "align", .kind = NN_U64 },
	[NEURON_A_MEM_CHANNEL] = { .name = "channel", .kind = NN_U32 },
	[NEURON_A_MEM_LABEL] = { .name = "label", .kind = NN_STRING },
	[NEURON_A_MEM_MMAP_OFFSET] = { .name = "mmap-offset", .kind = NN_U64 },
	[NEURON_A_MEM_MAPPINGS] = { .name = "mappings", .kind = NN_U32 },
	[NEURON_A_MEM_USERS] = { .name = "users", .kind = NN_U32 },
	[NEURON_A_MEM_TRANSFER] = { .name = "transfer", .kind = NN_NEST, .nested = &transfer_set },
	[NEURON_A_MEM_DONE] = { .name = "done", .kind = NN_U32 },
	[NEURON_A_MEM_CONTENT_LOST] = { .name = "content-lost", .kind = NN_FLAG },
	[NEURON_A_MEM_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_MEM_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
	[NEURON_A_MEM_REGION] = { .name = "region", .kind = NN_U32 },
	[NEURON_A_MEM_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
};

static const struct nn_set mem_set = {
	.attrs = mem_attrs, .count = NN_COUNT(mem_attrs),
};

static const struct nn_attr engine_attrs[] = {
	[NEURON_A_ENGINE_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_ENGINE_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_ENGINE_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_ENGINE_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_ENGINE_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_ENGINE_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_ENGINE_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_ENGINE_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_ENGINE_ENG_ID] = { .name = "eng-id", .kind = NN_U32 },
	[NEURON_A_ENGINE_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_ENGINE_STATE] = { .name = "state", .kind = NN_U32, .value_name = neuron_engine_state_name },
	[NEURON_A_ENGINE_QUEUES_USED] = { .name = "queues-used", .kind = NN_U32 },
	[NEURON_A_ENGINE_AGE_MS] = { .name = "age-ms", .kind = NN_U64 },
	[NEURON_A_ENGINE_ACTION] = { .name = "action", .kind = NN_U32, .value_name = neuron_engine_action_name },
	[NEURON_A_ENGINE_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_ENGINE_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
	[NEURON_A_ENGINE_COPIES] = { .name = "copies", .kind = NN_U64 },
	[NEURON_A_ENGINE_COPY_BYTES] = { .name = "copy-bytes", .kind = NN_U64 },
	[NEURON_A_ENGINE_CAUSE] = { .name = "cause", .kind = NN_STRING },
	[NEURON_A_ENGINE_CAUSE_M2S] = { .name = "cause-m2s", .kind = NN_U32 },
	[NEURON_A_ENGINE_CAUSE_S2M] = { .name = "cause-s2m", .kind = NN_U32 },
	[NEURON_A_ENGINE_CAUSE_PARITY] = { .name = "cause-parity", .kind = NN_U32 },
	[NEURON_A_ENGINE_REVISION] = { .name = "revision", .kind = NN_U32 },
};

static const struct nn_set engine_set = {
	.attrs = engine_attrs, .count = NN_COUNT(engine_attrs),
};

static const struct nn_attr ring_attrs[] = {
	[NEURON_A_RING_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_RING_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_RING_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_RING_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_RING_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_RING_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_RING_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_RING_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_RING_RING_ID] = { .name = "ring-id", .kind = NN_U32 },
	[NEURON_A_RING_DESCRIPTORS] = { .name = "descriptors", .kind = NN_U32 },
	[NEURON_A_RING_LABEL] = { .name = "label", .kind = NN_STRING },
	[NEURON_A_RING_STATE] = { .name = "state", .kind = NN_U32, .value_name = neuron_ring_state_name },
	[NEURON_A_RING_ENG_ID] = { .name = "eng-id", .kind = NN_U32 },
	[NEURON_A_RING_QUEUE_ID] = { .name = "queue-id", .kind = NN_U32 },
	[NEURON_A_RING_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_RING_ENTRY] = { .name = "entry", .kind = NN_NEST, .nested = &entry_set },
	[NEURON_A_RING_START] = { .name = "start", .kind = NN_FLAG },
	[NEURON_A_RING_COUNT] = { .name = "count", .kind = NN_U32 },
	[NEURON_A_RING_DONE] = { .name = "done", .kind = NN_U32 },
	[NEURON_A_RING_ERROR] = { .name = "error", .kind = NN_S32 },
	[NEURON_A_RING_ERROR_INDEX] = { .name = "error-index", .kind = NN_U32 },
	[NEURON_A_RING_ERROR_TEXT] = { .name = "error-text", .kind = NN_STRING },
	[NEURON_A_RING_FREE] = { .name = "free", .kind = NN_U32 },
	[NEURON_A_RING_WRITTEN] = { .name = "written", .kind = NN_U64 },
	[NEURON_A_RING_STARTED] = { .name = "started", .kind = NN_U64 },
	[NEURON_A_RING_FINISHED] = { .name = "finished", .kind = NN_U64 },
	[NEURON_A_RING_ACKED] = { .name = "acked", .kind = NN_U64 },
	[NEURON_A_RING_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_RING_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
	[NEURON_A_RING_FIRST] = { .name = "first", .kind = NN_U64 },
	[NEURON_A_RING_AXI_PORT] = { .name = "axi-port", .kind = NN_U32 },
	[NEURON_A_RING_COMPLETION] = { .name = "completion", .kind = NN_FLAG },
	[NEURON_A_RING_FAILED] = { .name = "failed", .kind = NN_U64 },
	[NEURON_A_RING_LOST_TEXT] = { .name = "lost-text", .kind = NN_STRING },
	[NEURON_A_RING_KIND] = { .name = "kind", .kind = NN_U32, .value_name = neuron_mem_kind_name },
	[NEURON_A_RING_CHANNEL] = { .name = "channel", .kind = NN_U32 },
};

static const struct nn_set ring_set = {
	.attrs = ring_attrs, .count = NN_COUNT(ring_attrs),
};

static const struct nn_attr nq_attrs[] = {
	[NEURON_A_NQ_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_NQ_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_NQ_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_NQ_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_NQ_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_NQ_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_NQ_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_NQ_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_NQ_NQ_ID] = { .name = "nq-id", .kind = NN_U32 },
	[NEURON_A_NQ_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_NQ_NQ_TYPE] = { .name = "nq-type", .kind = NN_U32, .value_name = neuron_nq_type_name },
	[NEURON_A_NQ_NQ_ENG] = { .name = "nq-eng", .kind = NN_U32 },
	[NEURON_A_NQ_SIZE] = { .name = "size", .kind = NN_U32 },
	[NEURON_A_NQ_MMAP_OFFSET] = { .name = "mmap-offset", .kind = NN_U64 },
	[NEURON_A_NQ_MAPPINGS] = { .name = "mappings", .kind = NN_U32 },
	[NEURON_A_NQ_STATE] = { .name = "state", .kind = NN_U32, .value_name = neuron_nq_state_name },
	[NEURON_A_NQ_HEAD] = { .name = "head", .kind = NN_U32 },
	[NEURON_A_NQ_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_NQ_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
	[NEURON_A_NQ_EVENTFD] = { .name = "eventfd", .kind = NN_S32 },
};

static const struct nn_set nq_set = {
	.attrs = nq_attrs, .count = NN_COUNT(nq_attrs),
};

static const struct nn_attr event_attrs[] = {
	[NEURON_A_EVENT_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_EVENT_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_EVENT_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_EVENT_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_EVENT_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_EVENT_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_EVENT_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_EVENT_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_EVENT_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_EVENT_EVENT_ID] = { .name = "event-id", .kind = NN_U32 },
	[NEURON_A_EVENT_VALUE] = { .name = "value", .kind = NN_U32 },
	[NEURON_A_EVENT_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_EVENT_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
	[NEURON_A_EVENT_ENTRY] = { .name = "entry", .kind = NN_NEST, .nested = &event_entry_set },
};

static const struct nn_set event_set = {
	.attrs = event_attrs, .count = NN_COUNT(event_attrs),
};

static const struct nn_attr reg_attrs[] = {
	[NEURON_A_REG_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_REG_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_REG_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_REG_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_REG_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_REG_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_REG_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_REG_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_REG_OFFSET] = { .name = "offset", .kind = NN_U32 },
	[NEURON_A_REG_VALUE] = { .name = "value", .kind = NN_U32 },
	[NEURON_A_REG_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_REG_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
	[NEURON_A_REG_BAR] = { .name = "bar", .kind = NN_U32 },
	[NEURON_A_REG_RAW] = { .name = "raw", .kind = NN_FLAG },
	[NEURON_A_REG_WRITE] = { .name = "write", .kind = NN_NEST, .nested = &reg_entry_set },
	[NEURON_A_REG_ENG_ID] = { .name = "eng-id", .kind = NN_U32 },
	[NEURON_A_REG_COUNTER] = { .name = "counter", .kind = NN_U32, .value_name = neuron_counter_name },
	[NEURON_A_REG_COUNT] = { .name = "count", .kind = NN_U64 },
};

static const struct nn_set reg_set = {
	.attrs = reg_attrs, .count = NN_COUNT(reg_attrs),
};

static const struct nn_attr job_attrs[] = {
	[NEURON_A_JOB_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_JOB_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_JOB_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_JOB_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_JOB_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_JOB_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_JOB_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_JOB_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_JOB_COMMAND] = { .name = "command", .kind = NN_U32 },
	[NEURON_A_JOB_JOB_ERROR] = { .name = "job-error", .kind = NN_S32 },
	[NEURON_A_JOB_ERROR_TEXT] = { .name = "error-text", .kind = NN_STRING },
	[NEURON_A_JOB_OBJECT_ID] = { .name = "object-id", .kind = NN_U32 },
	[NEURON_A_JOB_SIZE] = { .name = "size", .kind = NN_U64 },
	[NEURON_A_JOB_MMAP_OFFSET] = { .name = "mmap-offset", .kind = NN_U64 },
	[NEURON_A_JOB_VALUE] = { .name = "value", .kind = NN_U32 },
	[NEURON_A_JOB_DONE] = { .name = "done", .kind = NN_U32 },
	[NEURON_A_JOB_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_JOB_BYTES] = { .name = "bytes", .kind = NN_U64 },
	[NEURON_A_JOB_COUNT] = { .name = "count", .kind = NN_U64 },
};

static const struct nn_set job_set = {
	.attrs = job_attrs, .count = NN_COUNT(job_attrs),
};

static const struct nn_attr stats_attrs[] = {
	[NEURON_A_STATS_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_STATS_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_STATS_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_STATS_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_STATS_FWIO_REQUESTS] = { .name = "fwio-requests", .kind = NN_U64 },
	[NEURON_A_STATS_FWIO_RETRIES] = { .name = "fwio-retries", .kind = NN_U64 },
	[NEURON_A_STATS_FWIO_TIMEOUTS] = { .name = "fwio-timeouts", .kind = NN_U64 },
	[NEURON_A_STATS_FWIO_ERRORS] = { .name = "fwio-errors", .kind = NN_U64 },
	[NEURON_A_STATS_FWIO_STALE] = { .name = "fwio-stale", .kind = NN_U64 },
	[NEURON_A_STATS_REG_WRITES] = { .name = "reg-writes", .kind = NN_U64 },
	[NEURON_A_STATS_DOORBELLS] = { .name = "doorbells", .kind = NN_U64 },
	[NEURON_A_STATS_DESCRIPTORS] = { .name = "descriptors", .kind = NN_U64 },
	[NEURON_A_STATS_BYTES] = { .name = "bytes", .kind = NN_U64 },
	[NEURON_A_STATS_CLEARED_BYTES] = { .name = "cleared-bytes", .kind = NN_U64 },
	[NEURON_A_STATS_CONTEXTS_OPENED] = { .name = "contexts-opened", .kind = NN_U64 },
	[NEURON_A_STATS_CONTEXTS_CLOSED] = { .name = "contexts-closed", .kind = NN_U64 },
	[NEURON_A_STATS_MEMS] = { .name = "mems", .kind = NN_U64 },
	[NEURON_A_STATS_RINGS] = { .name = "rings", .kind = NN_U64 },
	[NEURON_A_STATS_NQS] = { .name = "nqs", .kind = NN_U64 },
	[NEURON_A_STATS_JOBS] = { .name = "jobs", .kind = NN_U64 },
	[NEURON_A_STATS_QUARANTINED] = { .name = "quarantined", .kind = NN_U64 },
	[NEURON_A_STATS_ENGINE_ABORTS] = { .name = "engine-aborts", .kind = NN_U64 },
	[NEURON_A_STATS_RESETS] = { .name = "resets", .kind = NN_U64 },
	[NEURON_A_STATS_HOTPLUG_EVENTS] = { .name = "hotplug-events", .kind = NN_U64 },
	[NEURON_A_STATS_HOTPLUG_LOST] = { .name = "hotplug-lost", .kind = NN_U64 },
	[NEURON_A_STATS_HEALTH_EVENTS] = { .name = "health-events", .kind = NN_U64 },
	[NEURON_A_STATS_HEALTH_LOST] = { .name = "health-lost", .kind = NN_U64 },
	[NEURON_A_STATS_COPIES] = { .name = "copies", .kind = NN_U64 },
	[NEURON_A_STATS_COPY_FAILURES] = { .name = "copy-failures", .kind = NN_U64 },
	[NEURON_A_STATS_RESET_FAILURES] = { .name = "reset-failures", .kind = NN_U64 },
	[NEURON_A_STATS_INTERRUPTS] = { .name = "interrupts", .kind = NN_U64 },
	[NEURON_A_STATS_INTERRUPTS_LOST] = { .name = "interrupts-lost", .kind = NN_U64 },
	[NEURON_A_STATS_REVOKED] = { .name = "revoked", .kind = NN_U64 },
	[NEURON_A_STATS_INTERRUPTIONS] = { .name = "interruptions", .kind = NN_U64 },
	[NEURON_A_STATS_PCIE_ERRORS] = { .name = "pcie-errors", .kind = NN_U64 },
	[NEURON_A_STATS_PCIE_CORRECTED] = { .name = "pcie-corrected", .kind = NN_U64 },
	[NEURON_A_STATS_QUARANTINED_BYTES] = { .name = "quarantined-bytes", .kind = NN_U64 },
	[NEURON_A_STATS_OWN_RESETS] = { .name = "own-resets", .kind = NN_U64 },
	[NEURON_A_STATS_NQ_OVERRUNS] = { .name = "nq-overruns", .kind = NN_U64 },
	[NEURON_A_STATS_LINKS_LOST] = { .name = "links-lost", .kind = NN_U64 },
	[NEURON_A_STATS_USAGE_EVENTS] = { .name = "usage-events", .kind = NN_U64 },
	[NEURON_A_STATS_USAGE_LOST] = { .name = "usage-lost", .kind = NN_U64 },
	[NEURON_A_STATS_MEMORY_REFUSALS] = { .name = "memory-refusals", .kind = NN_U64 },
};

static const struct nn_set stats_set = {
	.attrs = stats_attrs, .count = NN_COUNT(stats_attrs),
};

static const struct nn_attr health_attrs[] = {
	[NEURON_A_HEALTH_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_HEALTH_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_HEALTH_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_HEALTH_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_HEALTH_HEALTH_SEQ] = { .name = "health-seq", .kind = NN_U64 },
	[NEURON_A_HEALTH_HEALTH] = { .name = "health", .kind = NN_U32, .value_name = neuron_health_name },
	[NEURON_A_HEALTH_CAUSE] = { .name = "cause", .kind = NN_STRING },
	[NEURON_A_HEALTH_ENG_ID] = { .name = "eng-id", .kind = NN_U32 },
	[NEURON_A_HEALTH_CAUSE_M2S] = { .name = "cause-m2s", .kind = NN_U32 },
	[NEURON_A_HEALTH_CAUSE_S2M] = { .name = "cause-s2m", .kind = NN_U32 },
	[NEURON_A_HEALTH_CAUSE_PARITY] = { .name = "cause-parity", .kind = NN_U32 },
	[NEURON_A_HEALTH_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_HEALTH_NQ_TYPE] = { .name = "nq-type", .kind = NN_U32, .value_name = neuron_nq_type_name },
	[NEURON_A_HEALTH_NQ_ENG] = { .name = "nq-eng", .kind = NN_U32 },
	[NEURON_A_HEALTH_LOST] = { .name = "lost", .kind = NN_U64 },
	[NEURON_A_HEALTH_PORT] = { .name = "port", .kind = NN_U32, .value_name = neuron_port_name },
	[NEURON_A_HEALTH_FWIO_TIMEOUTS] = { .name = "fwio-timeouts", .kind = NN_U64 },
	[NEURON_A_HEALTH_FWIO_ERRORS] = { .name = "fwio-errors", .kind = NN_U64 },
	[NEURON_A_HEALTH_ENGINE_ABORTS] = { .name = "engine-aborts", .kind = NN_U64 },
	[NEURON_A_HEALTH_QUARANTINED] = { .name = "quarantined", .kind = NN_U64 },
	[NEURON_A_HEALTH_NQ_OVERRUNS] = { .name = "nq-overruns", .kind = NN_U64 },
	[NEURON_A_HEALTH_LINKS_LOST] = { .name = "links-lost", .kind = NN_U64 },
	[NEURON_A_HEALTH_PCIE_ERRORS] = { .name = "pcie-errors", .kind = NN_U64 },
};

static const struct nn_set health_set = {
	.attrs = health_attrs, .count = NN_COUNT(health_attrs),
};

static const struct nn_attr core_attrs[] = {
	[NEURON_A_CORE_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_CORE_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_CORE_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_CORE_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_CORE_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_CORE_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_CORE_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_CORE_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_CORE_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_CORE_CLAIM] = { .name = "claim", .kind = NN_U32 },
	[NEURON_A_CORE_HELD_MS] = { .name = "held-ms", .kind = NN_U64 },
	[NEURON_A_CORE_EVENTS] = { .name = "events", .kind = NN_U32 },
	[NEURON_A_CORE_SEMAPHORES] = { .name = "semaphores", .kind = NN_U32 },
	[NEURON_A_CORE_FIFO_BYTES] = { .name = "fifo-bytes", .kind = NN_U32 },
};

static const struct nn_set core_set = {
	.attrs = core_attrs, .count = NN_COUNT(core_attrs),
};

static const struct nn_attr semaphore_attrs[] = {
	[NEURON_A_SEMAPHORE_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_SEMAPHORE_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_SEMAPHORE_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_SEMAPHORE_WAIT_US] = { .name = "wait-us", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_JOB_ID] = { .name = "job-id", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_JOB_STATE] = { .name = "job-state", .kind = NN_U32, .value_name = neuron_job_state_name },
	[NEURON_A_SEMAPHORE_CTX_ID] = { .name = "ctx-id", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_SEMAPHORE_ID] = { .name = "semaphore-id", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_OP] = { .name = "op", .kind = NN_U32, .value_name = neuron_semaphore_op_name },
	[NEURON_A_SEMAPHORE_VALUE] = { .name = "value", .kind = NN_S32 },
	[NEURON_A_SEMAPHORE_AFTER_JOB] = { .name = "after-job", .kind = NN_U32 },
	[NEURON_A_SEMAPHORE_JOB_EVENTFD] = { .name = "job-eventfd", .kind = NN_S32 },
	[NEURON_A_SEMAPHORE_ENTRY] = { .name = "entry", .kind = NN_NEST, .nested = &semaphore_entry_set },
};

static const struct nn_set semaphore_set = {
	.attrs = semaphore_attrs, .count = NN_COUNT(semaphore_attrs),
};

static const struct nn_attr usage_attrs[] = {
	[NEURON_A_USAGE_CTX_FD] = { .name = "ctx-fd", .kind = NN_S32 },
	[NEURON_A_USAGE_DEV_INDEX] = { .name = "dev-index", .kind = NN_U32 },
	[NEURON_A_USAGE_BUS_NAME] = { .name = "bus-name", .kind = NN_STRING },
	[NEURON_A_USAGE_PAD] = { .name = "pad", .kind = NN_PAD },
	[NEURON_A_USAGE_USAGE_SEQ] = { .name = "usage-seq", .kind = NN_U64 },
	[NEURON_A_USAGE_NC_ID] = { .name = "nc-id", .kind = NN_U32 },
	[NEURON_A_USAGE_KIND] = { .name = "kind", .kind = NN_U32, .value_name = neuron_mem_kind_name },
	[NEURON_A_USAGE_PRESSURE] = { .name = "pressure", .kind = NN_U32, .value_name = neuron_pressure_name },
	[NEURON_A_USAGE_COUNT] = { .name = "count", .kind = NN_U32 },
};

static const struct nn_set usage_set = {
	.attrs = usage_attrs, .count = NN_COUNT(usage_attrs),
};

static const struct nn_op ops[] = {
	[NEURON_CMD_DEVICE_GET] = {
		.name = "device-get", .set = &device_set,
	},
	[NEURON_CMD_DEVICE_ADD_NTF] = {
		.name = "device-add-ntf", .set = &device_set,
	},
	[NEURON_CMD_DEVICE_DEL_NTF] = {
		.name = "device-del-ntf", .set = &device_set,
	},
	[NEURON_CMD_DEVICE_CHANGE_NTF] = {
		.name = "device-change-ntf", .set = &device_set,
	},
	[NEURON_CMD_NEIGHBOR_GET] = {
		.name = "neighbor-get", .set = &neighbor_set,
	},
	[NEURON_CMD_NEIGHBOR_CHANGE_NTF] = {
		.name = "neighbor-change-ntf", .set = &neighbor_set,
	},
	[NEURON_CMD_NEIGHBOR_REFRESH] = {
		.name = "neighbor-refresh", .set = &neighbor_set,
		.wait_us = NEURON_A_NEIGHBOR_WAIT_US,
		.after_job = NEURON_A_NEIGHBOR_AFTER_JOB,
		.job_eventfd = NEURON_A_NEIGHBOR_JOB_EVENTFD,
	},
	[NEURON_CMD_HEALTH_NTF] = {
		.name = "health-ntf", .set = &health_set,
	},
	[NEURON_CMD_STATS_GET] = {
		.name = "stats-get", .set = &stats_set,
	},
	[NEURON_CMD_CONTEXT_GET] = {
		.name = "context-get", .set = &context_set,
	},
	[NEURON_CMD_CONTEXT_SET] = {
		.name = "context-set", .set = &context_set,
	},
	[NEURON_CMD_MEM_ALLOC] = {
		.name = "mem-alloc", .set = &mem_set,
		.wait_us = NEURON_A_MEM_WAIT_US,
		.after_job = NEURON_A_MEM_AFTER_JOB,
		.job_eventfd = NEURON_A_MEM_JOB_EVENTFD,
	},
	[NEURON_CMD_MEM_FREE] = {
		.name = "mem-free", .set = &mem_set,
	},
	[NEURON_CMD_MEM_GET] = {
		.name = "mem-get", .set = &mem_set,
	},
	[NEURON_CMD_ENGINE_GET] = {
		.name = "engine-get", .set = &engine_set,
	},
	[NEURON_CMD_RING_CREATE] = {
		.name = "ring-create", .set = &ring_set,
		.wait_us = NEURON_A_RING_WAIT_US,
		.after_job = NEURON_A_RING_AFTER_JOB,
		.job_eventfd = NEURON_A_RING_JOB_EVENTFD,
	},
	[NEURON_CMD_RING_DESTROY] = {
		.name = "ring-destroy", .set = &ring_set,
		.wait_us = NEURON_A_RING_WAIT_US,
		.after_job = NEURON_A_RING_AFTER_JOB,
		.job_eventfd = NEURON_A_RING_JOB_EVENTFD,
	},
	[NEURON_CMD_RING_GET] = {
		.name = "ring-get", .set = &ring_set,
	},
	[NEURON_CMD_RING_ATTACH] = {
		.name = "ring-attach", .set = &ring_set,
	},
	[NEURON_CMD_RING_DETACH] = {
		.name = "ring-detach", .set = &ring_set,
		.wait_us = NEURON_A_RING_WAIT_US,
		.after_job = NEURON_A_RING_AFTER_JOB,
		.job_eventfd = NEURON_A_RING_JOB_EVENTFD,
	},
	[NEURON_CMD_RING_WRITE] = {
		.name = "ring-write", .set = &ring_set,
		.wait_us = NEURON_A_RING_WAIT_US,
		.job_eventfd = NEURON_A_RING_JOB_EVENTFD,
	},
	[NEURON_CMD_RING_START] = {
		.name = "ring-start", .set = &ring_set,
		.wait_us = NEURON_A_RING_WAIT_US,
		.job_eventfd = NEURON_A_RING_JOB_EVENTFD,
	},
	[NEURON_CMD_RING_ACK] = {
		.name = "ring-ack", .set = &ring_set,
		.wait_us = NEURON_A_RING_WAIT_US,
	},
	[NEURON_CMD_NQ_CREATE] = {
		.name = "nq-create", .set = &nq_set,
	},
	[NEURON_CMD_NQ_DESTROY] = {
		.name = "nq-destroy", .set = &nq_set,
		.wait_us = NEURON_A_NQ_WAIT_US,
		.after_job = NEURON_A_NQ_AFTER_JOB,
		.job_eventfd = NEURON_A_NQ_JOB_EVENTFD,
	},
	[NEURON_CMD_NQ_GET] = {
		.name = "nq-get", .set = &nq_set,
	},
	[NEURON_CMD_NQ_ACK] = {
		.name = "nq-ack", .set = &nq_set,
	},
	[NEURON_CMD_EVENT_GET] = {
		.name = "event-get", .set = &event_set,
		.wait_us = NEURON_A_EVENT_WAIT_US,
		.after_job = NEURON_A_EVENT_AFTER_JOB,
		.job_eventfd = NEURON_A_EVENT_JOB_EVENTFD,
	},
	[NEURON_CMD_EVENT_SET] = {
		.name = "event-set", .set = &event_set,
	},
	[NEURON_CMD_REG_READ] = {
		.name = "reg-read", .set = &reg_set,
		.wait_us = NEURON_A_REG_WAIT_US,
		.after_job = NEURON_A_REG_AFTER_JOB,
		.job_eventfd = NEURON_A_REG_JOB_EVENTFD,
	},
	[NEURON_CMD_JOB_GET] = {
		.name = "job-get", .set = &job_set,
		.wait_us = NEURON_A_JOB_WAIT_US,
	},
	[NEURON_CMD_JOB_FREE] = {
		.name = "job-free", .set = &job_set,
	},
	[NEURON_CMD_CORE_GET] = {
		.name = "core-get", .set = &core_set,
	},
	[NEURON_CMD_CORE_CLAIM] = {
		.name = "core-claim", .set = &core_set,
	},
	[NEURON_CMD_CORE_RELEASE] = {
		.name = "core-release", .set = &core_set,
	},
	[NEURON_CMD_SEMAPHORE_GET] = {
		.name = "semaphore-get", .set = &semaphore_set,
		.wait_us = NEURON_A_SEMAPHORE_WAIT_US,
		.after_job = NEURON_A_SEMAPHORE_AFTER_JOB,
		.job_eventfd = NEURON_A_SEMAPHORE_JOB_EVENTFD,
	},
	[NEURON_CMD_SEMAPHORE_SET] = {
		.name = "semaphore-set", .set = &semaphore_set,
	},
	[NEURON_CMD_MEM_COPY] = {
		.name = "mem-copy", .set = &mem_set,
		.wait_us = NEURON_A_MEM_WAIT_US,
		.after_job = NEURON_A_MEM_AFTER_JOB,
		.job_eventfd = NEURON_A_MEM_JOB_EVENTFD,
	},
	[NEURON_CMD_MEM_FILL] = {
		.name = "mem-fill", .set = &mem_set,
		.wait_us = NEURON_A_MEM_WAIT_US,
		.after_job = NEURON_A_MEM_AFTER_JOB,
		.job_eventfd = NEURON_A_MEM_JOB_EVENTFD,
	},
	[NEURON_CMD_DEVICE_RESET] = {
		.name = "device-reset", .set = &device_set,
		.wait_us = NEURON_A_DEVICE_WAIT_US,
		.after_job = NEURON_A_DEVICE_AFTER_JOB,
		.job_eventfd = NEURON_A_DEVICE_JOB_EVENTFD,
	},
	[NEURON_CMD_ENGINE_SET] = {
		.name = "engine-set", .set = &engine_set,
		.wait_us = NEURON_A_ENGINE_WAIT_US,
		.after_job = NEURON_A_ENGINE_AFTER_JOB,
		.job_eventfd = NEURON_A_ENGINE_JOB_EVENTFD,
	},
	[NEURON_CMD_JOB_CANCEL] = {
		.name = "job-cancel", .set = &job_set,
	},
	[NEURON_CMD_REG_WRITE] = {
		.name = "reg-write", .set = &reg_set,
	},
	[NEURON_CMD_COUNTERS_GET] = {
		.name = "counters-get", .set = &reg_set,
		.wait_us = NEURON_A_REG_WAIT_US,
		.after_job = NEURON_A_REG_AFTER_JOB,
		.job_eventfd = NEURON_A_REG_JOB_EVENTFD,
	},
	[NEURON_CMD_METRIC_POST] = {
		.name = "metric-post", .set = &device_set,
		.wait_us = NEURON_A_DEVICE_WAIT_US,
		.after_job = NEURON_A_DEVICE_AFTER_JOB,
		.job_eventfd = NEURON_A_DEVICE_JOB_EVENTFD,
	},
	[NEURON_CMD_RING_READ] = {
		.name = "ring-read", .set = &ring_set,
	},
	[NEURON_CMD_DEVICE_SET] = {
		.name = "device-set", .set = &device_set,
	},
	[NEURON_CMD_CORE_RELEASE_NTF] = {
		.name = "core-release-ntf", .set = &usage_set,
	},
	[NEURON_CMD_MEMORY_PRESSURE_NTF] = {
		.name = "memory-pressure-ntf", .set = &usage_set,
	},
};

/**
 * nn_op() - names of an operation and its attributes
 * @cmd: NEURON_CMD_...
 *
 * Return: the entry, NULL if the operation is not known.
 */
const struct nn_op *nn_op(uint32_t cmd)
{
	return cmd < NN_COUNT(ops) && ops[cmd].name ? &ops[cmd] : NULL;
}

/**
 * neuron_cmd_name() - name of an operation
 * @cmd: NEURON_CMD_...
 *
 * Return: the name as in the spec, NULL if it is not known.
 */
const char *neuron_cmd_name(uint32_t cmd)
{
	const struct nn_op *op = nn_op(cmd);

	return op ? op->name : NULL;
}
