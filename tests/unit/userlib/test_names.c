// SPDX-License-Identifier: GPL-2.0
/*
 * Names as the spec has them.
 */
#include "test.h"

#include <neuron/libneuron.h>

#include "names.h"

static void values_have_their_names(void **state)
{
	(void)state;
	assert_string_equal(neuron_arch_name(NEURON_ARCH_INFERENTIA), "inferentia");
	assert_string_equal(neuron_device_state_name(NEURON_DEVICE_STATE_READY), "ready");
	assert_string_equal(neuron_health_name(NEURON_HEALTH_DEGRADED), "degraded");
	assert_string_equal(neuron_mem_kind_name(NEURON_MEM_KIND_DEVICE), "device");
	assert_string_equal(neuron_ring_state_name(NEURON_RING_STATE_LOST), "lost");
	assert_string_equal(neuron_engine_state_name(NEURON_ENGINE_STATE_ABORTED), "aborted");
	assert_string_equal(neuron_nq_type_name(NEURON_NQ_TYPE_EVENT), "event");
	assert_string_equal(neuron_nq_state_name(NEURON_NQ_STATE_ACTIVE), "active");
	assert_string_equal(neuron_port_name(NEURON_PORT_WEST), "west");
	assert_string_equal(neuron_link_state_name(NEURON_LINK_STATE_UP), "up");
	assert_string_equal(neuron_job_state_name(NEURON_JOB_STATE_DONE), "done");
	assert_string_equal(neuron_cmd_name(NEURON_CMD_RING_WRITE), "ring-write");
}

static void unknown_values_have_none(void **state)
{
	(void)state;
	assert_null(neuron_device_state_name(NEURON_DEVICE_STATE_REMOVED + 1));
	assert_null(neuron_device_state_name(0xffffffff));
	assert_null(neuron_cmd_name(0));
	assert_null(neuron_cmd_name(NEURON_CMD_MAX + 1));
	assert_null(neuron_event_type_name(0));
	assert_null(neuron_resync_reason_name(0));
	assert_null(neuron_resync_reason_name(99));
}

static void flags_are_single_bits(void **state)
{
	(void)state;
	assert_string_equal(neuron_device_flag_name(NEURON_DEVICE_FLAG_IOMMU), "iommu");
	assert_string_equal(neuron_entry_flag_name(NEURON_ENTRY_FLAG_BARRIER), "barrier");
	assert_null(neuron_device_flag_name(NEURON_DEVICE_FLAG_BAR4 | NEURON_DEVICE_FLAG_IOMMU));
	assert_null(neuron_device_flag_name(0));
	assert_null(neuron_device_flag_name(1u << 31));
}

static void events_are_named_as_notifications(void **state)
{
	(void)state;
	assert_string_equal(neuron_event_type_name(NEURON_EVENT_DEVICE_ADD), "device-add-ntf");
	assert_string_equal(neuron_event_type_name(NEURON_EVENT_HEALTH), "health-ntf");
	assert_string_equal(neuron_event_type_name(NEURON_EVENT_CORE_RELEASE), "core-release-ntf");
	assert_string_equal(neuron_event_type_name(NEURON_EVENT_MEMORY_PRESSURE),
			    "memory-pressure-ntf");
	assert_string_equal(neuron_event_type_name(NEURON_EVENT_RESYNC), "resync");
	assert_string_equal(neuron_resync_reason_name(NEURON_RESYNC_UNLOADED), "driver-unloaded");
}

static void every_operation_has_its_attributes(void **state)
{
	const struct nn_op *op;
	uint32_t cmd;

	(void)state;
	for (cmd = 1; cmd <= NEURON_CMD_MAX; cmd++) {
		op = nn_op(cmd);
		assert_non_null(op);
		assert_non_null(op->name);
		/* The same number in every set. */
		assert_string_equal(nn_attr(op->set, NEURON_A_DEVICE_DEV_INDEX) ?
				    nn_attr(op->set, NEURON_A_DEVICE_DEV_INDEX)->name : "",
				    "dev-index");
	}
	assert_null(nn_attr(NULL, 1));
	assert_null(nn_attr(op->set, 0));
	assert_null(nn_attr(op->set, 10000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_have_their_names),
		cmocka_unit_test(unknown_values_have_none),
		cmocka_unit_test(flags_are_single_bits),
		cmocka_unit_test(events_are_named_as_notifications),
		cmocka_unit_test(every_operation_has_its_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
