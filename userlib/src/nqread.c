// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reading a mapped notification queue (docs/hardware, section 5.3).
 *
 * A record is new when its phase bit is that of the pass: 1 in the first, then
 * in turn; the card stores the word with that bit last. Unless it was told how
 * far the queue was read (nq-ack), the card overwrites what was not read in
 * time. That shows in the slot before the read position: it keeps what was read
 * from it until the card is a whole round ahead.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "nqread.h"

#define PHASE	0x80000000u

static uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static uint32_t phase_of(const struct neuron_nq_record *slot)
{
	return le32toh(load(&slot->value_phase_le)) & PHASE;
}

/* The word with the phase first: what it announces is then complete. */
static void copy_slot(const struct neuron_nq_record *slot, struct neuron_nq_record *to)
{
	const uint32_t *from = (const uint32_t *)(const void *)slot;
	uint32_t words[4];

	words[2] = load(&from[2]);
	words[0] = load(&from[0]);
	words[1] = load(&from[1]);
	words[3] = load(&from[3]);
	memcpy(to, words, sizeof(words));
}

static uint32_t slot_before(const struct nq_reader *reader)
{
	return (reader->pos ? reader->pos : reader->count) - 1;
}

static bool overrun(const struct nq_reader *reader, uint32_t before,
		    const struct neuron_nq_record *expected)
{
	struct neuron_nq_record now;

	copy_slot(&reader->slots[before], &now);
	return memcmp(&now, expected, sizeof(now)) != 0;
}

/*
 * Go to where the card writes next: where the phase changes. All slots alike
 * mean that the card has just finished a round.
 */
static void catch_up(struct nq_reader *reader)
{
	uint32_t phase = phase_of(&reader->slots[0]), at = 1;

	while (at < reader->count && phase_of(&reader->slots[at]) == phase)
		at++;
	reader->phase = at < reader->count ? phase : phase ^ PHASE;
	reader->pos = at < reader->count ? at : 0;
	copy_slot(&reader->slots[slot_before(reader)], &reader->before);
	reader->overruns++;
}

/**
 * nq_reader_init() - begin at the start of a queue
 * @reader: reader
 * @slots: the queue, zeroed when it was made
 * @size_bytes: its length, bytes
 */
void nq_reader_init(struct nq_reader *reader, const void *slots, uint32_t size_bytes)
{
	*reader = (struct nq_reader){
		.slots = slots, .count = size_bytes / sizeof(struct neuron_nq_record),
		.phase = PHASE,
	};
}

/**
 * nq_reader_take() - take the records that are there
 * @reader: reader
 * @records: filled
 * @max: room in @records
 *
 * Return: how many there were; -EOVERFLOW once if records were lost, and what
 * comes after them is next.
 */
int nq_reader_take(struct nq_reader *reader, struct neuron_nq_record *records, unsigned int max)
{
	struct neuron_nq_record before = reader->before;
	uint32_t first = slot_before(reader);
	unsigned int n = 0;

	/* One slot less than the queue has, so that @first is not among them. */
	while (n < max && n < reader->count - 1 &&
	       phase_of(&reader->slots[reader->pos]) == reader->phase) {
		copy_slot(&reader->slots[reader->pos], &records[n]);
		reader->before = records[n++];
		if (++reader->pos == reader->count) {
			reader->pos = 0;
			reader->phase ^= PHASE;
		}
	}
	/* After the copies: if this slot is as it was, none of them was overwritten. */
	if (overrun(reader, first, &before)) {
		catch_up(reader);
		return -EOVERFLOW;
	}
	reader->taken += n;
	return (int)n;
}

/**
 * neuron_nq_record_type() - kind of a record
 * @record: record
 *
 * Return: enum neuron_nq_type.
 */
uint32_t neuron_nq_record_type(const struct neuron_nq_record *record)
{
	return record->type;
}

/**
 * neuron_nq_record_instance() - engine instance of a record
 * @record: record
 *
 * Return: instance within the core.
 */
uint32_t neuron_nq_record_instance(const struct neuron_nq_record *record)
{
	return record->instance;
}

/**
 * neuron_nq_record_core() - core of a record
 * @record: record
 *
 * Return: core.
 */
uint32_t neuron_nq_record_core(const struct neuron_nq_record *record)
{
	return le16toh(record->core_le);
}

/**
 * neuron_nq_record_id() - what a record is about
 * @record: record
 *
 * Return: event register, error code, or what the program put there.
 */
uint32_t neuron_nq_record_id(const struct neuron_nq_record *record)
{
	return le32toh(record->id_le);
}

/**
 * neuron_nq_record_value() - value of a record
 * @record: record
 *
 * Return: for an event its new value; 31 bits.
 */
uint32_t neuron_nq_record_value(const struct neuron_nq_record *record)
{
	return le32toh(record->value_phase_le) & ~PHASE;
}

/**
 * neuron_nq_record_time_us() - when a record was made
 * @record: record
 *
 * Return: the card's clock, microseconds, wraps.
 */
uint32_t neuron_nq_record_time_us(const struct neuron_nq_record *record)
{
	return le32toh(record->time_us_le);
}
