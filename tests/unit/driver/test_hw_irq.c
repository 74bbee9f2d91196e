// SPDX-License-Identifier: GPL-2.0
/* Interrupts: proof, waits with and without, loss. */
#include "test.h"
#include "card.h"
#include "hw_irq.h"
#include "hw_reset.h"
#include "hw_udma.h"

#define MS		1000ull
#define EVER		1000000u
#define MISSES		8

static const u32 grants[] = { 1, 4, 32 };

/* Reset and proof, as at the start of a card. */
static bool start(u32 vectors)
{
	card.hw.irq.vectors = vectors;
	neuron_hw_irq_distrust(&card.hw);
	assert_int_equal(neuron_hw_reset(&card.hw, 120000), 0);

	return neuron_hw_irq_prove(&card.hw);
}

static bool trusted(enum neuron_hw_irq_kind kind)
{
	return neuron_hw_irq_trusted(&card.hw, kind);
}

static void card_without_vectors_is_not_touched(void **state)
{
	unsigned int stores;

	(void)state;
	assert_int_equal(neuron_hw_reset(&card.hw, 120000), 0);
	stores = card.stores;
	neuron_hw_irq_engine_init(&card.hw, 2);
	assert_false(neuron_hw_irq_prove(&card.hw));
	assert_int_equal(card.stores, stores);
}

static void proof_needs_the_engine(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(grants); i++) {
		assert_true(start(grants[i]));
		assert_true(trusted(NEURON_HW_IRQ_FIRMWARE));
		assert_true(trusted(NEURON_HW_IRQ_ENGINE));
		assert_true(trusted(NEURON_HW_IRQ_CORE));
	}
	card.irqs_lost = EVER;
	assert_false(start(32));
	assert_false(trusted(NEURON_HW_IRQ_FIRMWARE));
	assert_false(trusted(NEURON_HW_IRQ_ENGINE));
	assert_false(trusted(NEURON_HW_IRQ_CORE));
}

static void silent_firmware_is_polled(void **state)
{
	u64 addr = CARD_MISC + 0x1c;
	u64 start_us;
	u32 value;

	(void)state;
	card.firmware_silent = true;
	assert_true(start(32));
	assert_false(trusted(NEURON_HW_IRQ_FIRMWARE));
	assert_true(trusted(NEURON_HW_IRQ_ENGINE));
	start_us = shim_now_us;
	assert_int_equal(neuron_fwio_read(&card.hw, &addr, &value, 1), 0);
	assert_in_range(shim_now_us - start_us, 0, 100);
	assert_int_equal(card_stat(irqs_lost), 0);
}

static void answer_is_noticed_when_it_comes(void **state)
{
	u64 addr = CARD_MISC + 0x1c;
	u64 start_us;
	u32 value;

	(void)state;
	assert_true(start(32));
	card.requests = 0;
	card.plans = 0;
	card_plan(CARD_GOOD, 7 * MS);
	start_us = shim_now_us;
	assert_int_equal(neuron_fwio_read(&card.hw, &addr, &value, 1), 0);
	assert_in_range(shim_now_us - start_us, 7 * MS, 7 * MS + 20);
}

static void sleeper_is_woken_by_its_queue(void **state)
{
	struct neuron_hw_wait wait;
	u64 start_us;

	(void)state;
	assert_true(start(32));
	neuron_udma_engine_init(&card.hw, 5);
	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 1000);
	start_us = shim_now_us;
	card.done_eng = 5;
	card.done_at_us = start_us + 3 * MS;
	neuron_hw_wait_step(&wait, UINT_MAX);
	assert_in_range(shim_now_us - start_us, 3 * MS, 3 * MS + 20);
	neuron_hw_wait_end(&wait);
	assert_int_equal(card_stat(irqs_lost), 0);
}

/* Whoever does not sleep is not interrupted; what was before counts when he does. */
static void nobody_is_interrupted_who_does_not_sleep(void **state)
{
	struct neuron_hw_wait wait;
	unsigned long before;
	u64 start_us;
	int i;

	(void)state;
	assert_true(start(32));
	neuron_udma_engine_init(&card.hw, 5);
	before = card_stat(irqs);
	for (i = 0; i < 5; i++)
		card_done(5, 15);
	assert_int_equal(card_stat(irqs), before);
	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 1000);
	start_us = shim_now_us;
	neuron_hw_wait_step(&wait, UINT_MAX);
	assert_int_equal(shim_now_us, start_us);
	assert_int_equal(card_stat(irqs), before + 1);
}

/* What an interrupt should have told is there after one step. */
static void lose_one(void)
{
	struct neuron_hw_wait wait;
	u64 start_us = shim_now_us;

	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 1000);
	neuron_hw_wait_step(&wait, UINT_MAX);
	assert_in_range(shim_now_us - start_us, 10 * MS, 11 * MS);
	neuron_hw_wait_end(&wait);
}

static void lost_ones_are_counted_and_end_the_trust(void **state)
{
	struct neuron_hw_wait wait;
	u64 start_us;
	int i;

	(void)state;
	assert_true(start(32));
	neuron_udma_engine_init(&card.hw, 5);
	for (i = 0; i < MISSES - 1; i++)
		lose_one();
	assert_int_equal(card_stat(irqs_lost), MISSES - 1);
	/* One that comes makes up for them. */
	card.done_eng = 5;
	card.done_at_us = shim_now_us + 1 * MS;
	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 1000);
	neuron_hw_wait_step(&wait, UINT_MAX);
	for (i = 0; i < MISSES - 1; i++)
		lose_one();
	assert_true(trusted(NEURON_HW_IRQ_ENGINE));
	assert_false(neuron_hw_irq_fell(&card.hw));
	lose_one();
	assert_false(trusted(NEURON_HW_IRQ_ENGINE));
	assert_true(trusted(NEURON_HW_IRQ_FIRMWARE));
	assert_true(neuron_hw_irq_fell(&card.hw));
	assert_false(neuron_hw_irq_fell(&card.hw));

	start_us = shim_now_us;
	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 1000);
	neuron_hw_wait_step(&wait, UINT_MAX);
	assert_in_range(shim_now_us - start_us, 1, 100);
	assert_true(start(32));
	assert_true(trusted(NEURON_HW_IRQ_ENGINE));
}

static void late_one_is_not_lost(void **state)
{
	struct neuron_hw_wait wait;

	(void)state;
	assert_true(start(32));
	neuron_udma_engine_init(&card.hw, 5);
	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 1000);
	card.done_eng = 5;
	card.done_at_us = shim_now_us + 11 * MS;
	neuron_hw_wait_step(&wait, UINT_MAX);
	neuron_hw_wait_end(&wait);
	assert_int_equal(card_stat(irqs_lost), 0);
}

static void removal_ends_a_step(void **state)
{
	struct neuron_hw_wait wait;
	u64 start_us;

	(void)state;
	assert_true(start(32));
	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 1000);
	start_us = shim_now_us;
	card.gone_at_us = start_us + 2 * MS;
	neuron_hw_wait_step(&wait, UINT_MAX);
	assert_in_range(shim_now_us - start_us, 2 * MS, 2 * MS + 20);
	neuron_hw_wait_end(&wait);
	assert_int_equal(card_stat(irqs_lost), 0);
}

static u64 spin_ends_us;
static unsigned int looks;

static bool spin_ended(const void *data)
{
	assert_ptr_equal(data, &spin_ends_us);
	looks++;

	return spin_ends_us && shim_now_us >= spin_ends_us;
}

static void nobody_spins_longer_than_ten_microseconds(void **state)
{
	u64 start_us = shim_now_us;

	(void)state;
	spin_ends_us = 0;
	looks = 0;
	assert_false(neuron_hw_wait_spin(spin_ended, &spin_ends_us));
	assert_int_equal(shim_now_us - start_us, 10);
	assert_int_equal(looks, 10);
}

static void spin_ends_with_what_it_waits_for(void **state)
{
	u64 start_us = shim_now_us;

	(void)state;
	looks = 0;
	spin_ends_us = start_us + 4;
	assert_true(neuron_hw_wait_spin(spin_ended, &spin_ends_us));
	assert_int_equal(shim_now_us - start_us, 4);
	/* What is there already takes one look and no time. */
	looks = 0;
	assert_true(neuron_hw_wait_spin(spin_ended, &spin_ends_us));
	assert_int_equal(shim_now_us - start_us, 4);
	assert_int_equal(looks, 1);
}

/* Who waits long looks seldom, but never later than a part of the time that it took. */
static void long_waits_look_seldom(void **state)
{
	struct neuron_hw_wait wait;
	u64 began_us, start_us;
	int looks = 0;

	(void)state;
	assert_true(start(32));
	neuron_udma_engine_init(&card.hw, 5);
	began_us = shim_now_us;
	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 1000);
	while (shim_now_us - began_us < 8000 * MS) {
		start_us = shim_now_us;
		neuron_hw_wait_step(&wait, UINT_MAX);
		assert_in_range(shim_now_us - start_us, 10 * MS, 100 * MS + 20);
		if (shim_now_us - start_us > 10 * MS + 20)
			assert_in_range(shim_now_us - start_us, 1, (start_us - began_us) / 8 + 20);
		looks++;
	}
	assert_in_range(looks, 80, 120);
}

/* Silence is slept through: steps get longer, and none of them is a spin. */
static void steps_without_interrupts_sleep_longer_and_longer(void **state)
{
	struct neuron_hw_wait wait;
	u64 began_us, start_us, last_us = 0;
	int i;

	(void)state;
	neuron_hw_wait_firmware(&wait, &card.hw, 5, 1000);
	for (i = 0; i < 20; i++) {
		start_us = shim_now_us;
		neuron_hw_wait_step(&wait, UINT_MAX);
		assert_in_range(shim_now_us - start_us, last_us ?: 5, 1000);
		last_us = shim_now_us - start_us;
	}
	assert_int_equal(last_us, 1000);

	/* Whoever allows more gets it when the wait has lasted. */
	neuron_hw_wait_queue(&wait, &card.hw, 5, 15, 10, 20 * MS);
	began_us = shim_now_us;
	while (shim_now_us - began_us < 1000 * MS) {
		start_us = shim_now_us;
		neuron_hw_wait_step(&wait, UINT_MAX);
		last_us = shim_now_us - start_us;
		assert_in_range(last_us, 10, 20 * MS);
		if (last_us > 2 * MS)
			assert_in_range(last_us, 2 * MS, (start_us - began_us) / 8);
	}
	assert_int_equal(last_us, 20 * MS);
}

#define on_card(test) cmocka_unit_test_setup_teardown(test, card_setup, card_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_card(card_without_vectors_is_not_touched),
		on_card(proof_needs_the_engine),
		on_card(silent_firmware_is_polled),
		on_card(answer_is_noticed_when_it_comes),
		on_card(sleeper_is_woken_by_its_queue),
		on_card(nobody_is_interrupted_who_does_not_sleep),
		on_card(lost_ones_are_counted_and_end_the_trust),
		on_card(late_one_is_not_lost),
		on_card(removal_ends_a_step),
		on_card(nobody_spins_longer_than_ten_microseconds),
		on_card(spin_ends_with_what_it_waits_for),
		on_card(long_waits_look_seldom),
		on_card(steps_without_interrupts_sleep_longer_and_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
