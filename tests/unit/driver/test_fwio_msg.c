// SPDX-License-Identifier: GPL-2.0
#include "test.h"
#include "fwio_msg.h"

#define STATUS		0xffff078e01cull
#define RESET		0xffff078e1ecull
#define SEMAPHORE_1	0xfffc2701004ull

static void crc_is_crc32c(void **state)
{
	(void)state;
	assert_int_equal(neuron_fwio_crc32c("123456789", 9), 0xe3069283);
	assert_int_equal(neuron_fwio_crc32c("", 0), 0);
}

/* docs/hardware, section 4.5 */
static void read_requests_equal_the_documented_bytes(void **state)
{
	static const u8 one[] = {
		0x02, 0x01, 0x10, 0x00, 0x5c, 0x4a, 0xd1, 0x41,
		0x1c, 0xe0, 0x78, 0xf0, 0xff, 0x0f, 0x00, 0x00,
	};
	static const u8 two[] = {
		0x03, 0x01, 0x18, 0x00, 0xc5, 0x09, 0x28, 0xf9,
		0xec, 0xe1, 0x78, 0xf0, 0xff, 0x0f, 0x00, 0x00,
		0x04, 0x10, 0x70, 0xc2, 0xff, 0x0f, 0x00, 0x00,
	};
	u64 addr[] = { RESET, SEMAPHORE_1 };
	u64 status = STATUS;
	u8 buf[64];

	(void)state;
	memset(buf, 0xa5, sizeof(buf));
	assert_int_equal(neuron_fwio_build_read(buf, sizeof(buf), 2, &status, 1), sizeof(one));
	assert_memory_equal(buf, one, sizeof(one));
	assert_int_equal(neuron_fwio_build_read(buf, sizeof(buf), 3, addr, 2), sizeof(two));
	assert_memory_equal(buf, two, sizeof(two));
	assert_int_equal(buf[sizeof(two)], 0xa5);
}

/* The third vector is another command: its bytes check the checksum alone. */
static void metric_request_equals_the_documented_bytes(void **state)
{
	static const u8 data[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	static const u8 want[] = {
		0xff, 0x02, 0x14, 0x00, 0x63, 0xc8, 0x04, 0xfe,
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	};
	u8 buf[32];

	(void)state;
	memset(buf, 0xa5, sizeof(buf));
	assert_int_equal(neuron_fwio_build_metric(buf, sizeof(buf), 255, data, sizeof(data)),
			 sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
	assert_int_equal(buf[sizeof(want)], 0xa5);
	assert_int_equal(neuron_fwio_build_metric(buf, 19, 255, data, sizeof(data)), 0);
}

static void request_that_does_not_fit_is_not_built(void **state)
{
	u64 addr[3] = { STATUS, STATUS, STATUS };
	u8 buf[24 + 1];

	(void)state;
	buf[24] = 0xa5;
	assert_int_equal(neuron_fwio_build_read(buf, 24, 1, addr, 2), 24);
	assert_int_equal(neuron_fwio_build_read(buf, 24, 1, addr, 3), 0);
	assert_int_equal(buf[24], 0xa5);
}

static void sequence_skips_0(void **state)
{
	(void)state;
	assert_int_equal(neuron_fwio_next_seq(0), 1);
	assert_int_equal(neuron_fwio_next_seq(1), 2);
	assert_int_equal(neuron_fwio_next_seq(254), 255);
	assert_int_equal(neuron_fwio_next_seq(255), 1);
}

static void answers_are_judged_by_sequence_code_and_exact_size(void **state)
{
	(void)state;
	/* The documented good answer: 02 00 08 00. */
	assert_int_equal(neuron_fwio_judge(0x00080002, 2, 4), NEURON_FWIO_GOOD);
	assert_int_equal(neuron_fwio_judge(0, 2, 4), NEURON_FWIO_NONE);
	assert_int_equal(neuron_fwio_judge(0x00080000, 2, 4), NEURON_FWIO_NONE);
	assert_int_equal(neuron_fwio_judge(0x00080001, 2, 4), NEURON_FWIO_STALE);
	assert_int_equal(neuron_fwio_judge(0x00040102, 2, 4), NEURON_FWIO_FAILED);
	assert_int_equal(neuron_fwio_judge(0x00080902, 2, 4), NEURON_FWIO_FAILED);
	assert_int_equal(neuron_fwio_judge(0x00040202, 2, 4), NEURON_FWIO_REFUSED);
	assert_int_equal(neuron_fwio_judge(0x00040002, 2, 4), NEURON_FWIO_MALFORMED);
	assert_int_equal(neuron_fwio_judge(0x00070002, 2, 4), NEURON_FWIO_MALFORMED);
	assert_int_equal(neuron_fwio_judge(0x000c0002, 2, 4), NEURON_FWIO_MALFORMED);
	assert_int_equal(neuron_fwio_judge(0x00000002, 2, 4), NEURON_FWIO_MALFORMED);
	assert_int_equal(neuron_fwio_judge(0xffff0002, 2, 4), NEURON_FWIO_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc_is_crc32c),
		cmocka_unit_test(read_requests_equal_the_documented_bytes),
		cmocka_unit_test(metric_request_equals_the_documented_bytes),
		cmocka_unit_test(request_that_does_not_fit_is_not_built),
		cmocka_unit_test(sequence_skips_0),
		cmocka_unit_test(answers_are_judged_by_sequence_code_and_exact_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
