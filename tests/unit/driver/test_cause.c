// SPDX-License-Identifier: GPL-2.0
/* Causes of aborts in words. */
#include "test.h"
#include "cause.h"

static void lowest_bit_names_the_cause(void **state)
{
	struct neuron_cause cause = { .m2s = 1 << 8 | 1 << 16 };

	(void)state;
	assert_string_equal(neuron_cause_text(&cause),
			    "A DMA engine aborted: a source could not be read");
	cause.m2s = 1u << 17;
	assert_string_equal(neuron_cause_text(&cause),
			    "A DMA engine aborted: a source descriptor has a wrong ring id");
}

static void sending_half_is_named_before_the_other(void **state)
{
	struct neuron_cause cause = { .m2s = 1 << 9, .s2m = 1 << 1 };

	(void)state;
	assert_string_equal(neuron_cause_text(&cause),
			    "A DMA engine aborted: a source's read timed out");
	cause.m2s = 0;
	assert_string_equal(neuron_cause_text(&cause),
			    "A DMA engine aborted: a destination could not be written");
}

static void every_bit_has_a_sentence(void **state)
{
	struct neuron_cause cause;
	u32 bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		cause = (struct neuron_cause){ .m2s = 1u << bit };
		assert_true(strlen(neuron_cause_text(&cause)) < 80);
		cause = (struct neuron_cause){ .s2m = 1u << bit };
		assert_true(strlen(neuron_cause_text(&cause)) < 80);
	}
}

static void hints_are_no_causes(void **state)
{
	struct neuron_cause cause = { .s2m = 0x10f8 };

	(void)state;
	assert_string_equal(neuron_cause_text(&cause),
			    "A DMA engine aborted; its error controllers tell nothing");
	cause.parity = 1;
	assert_string_equal(neuron_cause_text(&cause),
			    "A DMA engine aborted: parity error of an internal buffer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lowest_bit_names_the_cause),
		cmocka_unit_test(sending_half_is_named_before_the_other),
		cmocka_unit_test(every_bit_has_a_sentence),
		cmocka_unit_test(hints_are_no_causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
