// SPDX-License-Identifier: GPL-2.0
/*
 * The reader of notification queues, against a pretended card that writes as
 * docs/hardware, section 5.3 says.
 */
#include "test.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "nqread.h"

#define SLOTS	16

struct card {
	struct neuron_nq_record slots[SLOTS];
	uint32_t tail, phase, number;
};

static void card_init(struct card *card)
{
	memset(card, 0, sizeof(*card));
	card->phase = 0x80000000u;
}

static void card_write(struct card *card, unsigned int count)
{
	struct neuron_nq_record *slot;

	while (count--) {
		slot = &card->slots[card->tail];
		slot->type = NEURON_NQ_TYPE_EVENT;
		slot->instance = 2;
		slot->core_le = htole16(3);
		slot->id_le = htole32(card->number);
		slot->time_us_le = htole32(1000 + card->number);
		slot->value_phase_le = htole32((card->number & 1) | card->phase);
		card->number++;
		card->tail = (card->tail + 1) % SLOTS;
		if (!card->tail)
			card->phase ^= 0x80000000u;
	}
}

static void expect(struct nq_reader *reader, unsigned int max, uint32_t first, int count)
{
	struct neuron_nq_record records[SLOTS];
	int i;

	assert_int_equal(nq_reader_take(reader, records, max), count);
	for (i = 0; i < count; i++)
		assert_int_equal(neuron_nq_record_id(&records[i]), first + (uint32_t)i);
}

static void fields_are_where_they_belong(void **state)
{
	struct neuron_nq_record record;
	struct nq_reader reader;
	struct card card;

	(void)state;
	assert_int_equal(sizeof(record), 16);
	card_init(&card);
	card_write(&card, 2);
	nq_reader_init(&reader, card.slots, sizeof(card.slots));
	assert_int_equal(nq_reader_take(&reader, &record, 1), 1);
	assert_int_equal(nq_reader_take(&reader, &record, 1), 1);
	assert_int_equal(neuron_nq_record_type(&record), NEURON_NQ_TYPE_EVENT);
	assert_int_equal(neuron_nq_record_instance(&record), 2);
	assert_int_equal(neuron_nq_record_core(&record), 3);
	assert_int_equal(neuron_nq_record_id(&record), 1);
	assert_int_equal(neuron_nq_record_value(&record), 1);
	assert_int_equal(neuron_nq_record_time_us(&record), 1001);
}

static void nothing_new_is_nothing(void **state)
{
	struct nq_reader reader;
	struct card card;

	(void)state;
	card_init(&card);
	nq_reader_init(&reader, card.slots, sizeof(card.slots));
	expect(&reader, SLOTS, 0, 0);
	card_write(&card, 1);
	expect(&reader, 0, 0, 0);
	expect(&reader, SLOTS, 0, 1);
	expect(&reader, SLOTS, 0, 0);
	assert_int_equal(reader.taken, 1);
}

static void phase_turns_with_each_round(void **state)
{
	struct nq_reader reader;
	struct card card;
	uint32_t at = 0;
	int count;

	(void)state;
	card_init(&card);
	nq_reader_init(&reader, card.slots, sizeof(card.slots));
	while (at < 20 * SLOTS) {
		for (count = 1; count < SLOTS; count++) {
			card_write(&card, (unsigned int)count);
			expect(&reader, SLOTS, at, count);
			expect(&reader, SLOTS, at, 0);
			at += (uint32_t)count;
		}
	}
	assert_int_equal(reader.overruns, 0);
	assert_int_equal(reader.taken, at);
}

static void room_of_the_caller_is_kept(void **state)
{
	struct nq_reader reader;
	struct card card;

	(void)state;
	card_init(&card);
	nq_reader_init(&reader, card.slots, sizeof(card.slots));
	card_write(&card, 10);
	expect(&reader, 4, 0, 4);
	expect(&reader, 4, 4, 4);
	expect(&reader, 4, 8, 2);
}

/* For every place in a queue and every number of lost records up to three rounds. */
static void lost_records_are_noticed_once(void **state)
{
	unsigned int at, late;
	struct nq_reader reader;
	struct card card;

	(void)state;
	for (at = 0; at < 2 * SLOTS; at++) {
		for (late = SLOTS; late < 4 * SLOTS; late++) {
			card_init(&card);
			nq_reader_init(&reader, card.slots, sizeof(card.slots));
			while (card.number < at) {
				card_write(&card, 1);
				expect(&reader, 1, card.number - 1, 1);
			}
			card_write(&card, late);
			expect(&reader, 4, 0, -EOVERFLOW);
			assert_int_equal(reader.overruns, 1);
			expect(&reader, 4, 0, 0);
			card_write(&card, 3);
			expect(&reader, 4, at + late, 3);
		}
	}
}

static void nearly_full_is_not_lost(void **state)
{
	struct nq_reader reader;
	unsigned int at;
	struct card card;

	(void)state;
	for (at = 0; at < 2 * SLOTS; at++) {
		card_init(&card);
		nq_reader_init(&reader, card.slots, sizeof(card.slots));
		while (card.number < at) {
			card_write(&card, 1);
			expect(&reader, 1, card.number - 1, 1);
		}
		card_write(&card, SLOTS - 1);
		expect(&reader, SLOTS, at, SLOTS - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_where_they_belong),
		cmocka_unit_test(nothing_new_is_nothing),
		cmocka_unit_test(phase_turns_with_each_round),
		cmocka_unit_test(room_of_the_caller_is_kept),
		cmocka_unit_test(lost_records_are_noticed_once),
		cmocka_unit_test(nearly_full_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
