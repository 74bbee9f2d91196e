/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a mapped notification queue: memory in, records out.
 */
#ifndef NEURON_NQREAD_H
#define NEURON_NQREAD_H

#include <neuron/libneuron.h>

/**
 * struct nq_reader - position in a notification queue
 * @slots: start of the queue
 * @count: its length, records
 * @pos: next slot to read
 * @phase: phase bit of a record that is new there, in its place
 * @before: what the slot before @pos held when it was read
 * @taken: records read so far
 * @overruns: how often records were lost
 */
struct nq_reader {
	const struct neuron_nq_record *slots;
	uint32_t count;
	uint32_t pos;
	uint32_t phase;
	struct neuron_nq_record before;
	uint64_t taken;
	uint32_t overruns;
};

void nq_reader_init(struct nq_reader *reader, const void *slots, uint32_t size_bytes);
int nq_reader_take(struct nq_reader *reader, struct neuron_nq_record *records, unsigned int max);

#endif
