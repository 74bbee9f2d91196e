// SPDX-License-Identifier: GPL-2.0
/*
 * Completion entries, docs/hardware, section 3.9.5.
 */
#include "test.h"

#include "compl.h"

static void entry_is_new_in_its_own_pass(void **state)
{
	u32 id;

	(void)state;
	for (id = 0; id < 4; id++) {
		assert_true(neuron_compl_is_new(id << 24 | 0x4c000000, id));
		assert_false(neuron_compl_is_new(id << 24, id + 1));
		assert_true(neuron_compl_is_new(neuron_compl_blank(id), id));
		assert_false(neuron_compl_rx_tells_error(neuron_compl_blank(id)));
	}
	assert_true(neuron_compl_is_new(0x01000000, 5));
	/* A ring of zeros tells nothing in the first pass. */
	assert_false(neuron_compl_is_new(0, 1));
}

static void errors_are_seen(void **state)
{
	(void)state;
	assert_false(neuron_compl_tells_error(0x4d000000));
	assert_true(neuron_compl_tells_error(0x8d000000));
	assert_false(neuron_compl_tells_error(0x0d000001));
	assert_false(neuron_compl_rx_tells_error(0x4d000000));
	assert_true(neuron_compl_rx_tells_error(0xcd000000));
	assert_true(neuron_compl_rx_tells_error(0x4d000001));
	assert_true(neuron_compl_rx_tells_error(0x4d008000));
}

static void bytes_of_a_used_buffer_count(void **state)
{
	(void)state;
	assert_int_equal(neuron_compl_rx_bytes(0x4d000000, 1), 1);
	assert_int_equal(neuron_compl_rx_bytes(0x4d000000, 0xffff), 0xffff);
	assert_int_equal(neuron_compl_rx_bytes(0x4d000000, 0), 65536);
	assert_int_equal(neuron_compl_rx_bytes(0x4d000000, 0xffff0004), 4);
	assert_int_equal(neuron_compl_rx_bytes(0x0d000000, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry_is_new_in_its_own_pass),
		cmocka_unit_test(errors_are_seen),
		cmocka_unit_test(bytes_of_a_used_buffer_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
