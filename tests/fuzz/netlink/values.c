// SPDX-License-Identifier: GPL-2.0
/* What stands in an attribute: what makes sense there, or what does not. */
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define STORAGE		0x78E0C0	/* words that nothing gives a meaning to */
#define REVISION	0x40604

static size_t put(uint8_t *to, uint64_t value, unsigned int bytes)
{
	memcpy(to, &value, bytes);
	return bytes;
}

static size_t text(struct rng *rng, uint8_t *to, unsigned int length)
{
	unsigned int i;

	for (i = 0; i < length; i++)
		to[i] = 'a' + below(rng, 26);
	to[length] = 0;

	return length + 1;
}

static uint32_t wait_us(struct rng *rng)
{
	static const uint32_t waits[] = { 0, 0, 0, 0, 0, 0, 50, 50, 200, 2000 };

	return one_in(rng, 200) ? 20000 : waits[below(rng, ARRAY_SIZE(waits))];
}

static uint64_t some_bytes(struct rng *rng, const struct set *set)
{
	if (!strcmp(set->name, "nq"))
		return 4096ull << below(rng, 3);

	return one_in(rng, 50) ? 1 << 20 : 4096 + below(rng, 32768);
}

/* What names something: files, cards, ids. */
static bool name_of(struct maker *m, enum name id, uint64_t *value)
{
	struct context *other = &m->world->contexts[below(m->rng, CONTEXTS)];

	switch (id) {
	case N_CTX_FD:
		*value = m->context->fd;
		return true;
	case N_DST_CTX_FD:
		*value = other->fd;
		return true;
	case N_DEV_INDEX:
		*value = m->context->card;
		return true;
	case N_MEM_ID:
	case N_SRC_MEM:
	case N_DST_MEM:
		*value = pool_pick(m->context, POOL_MEM, m->rng);
		return true;
	case N_RING_ID:
		*value = pool_pick(m->context, POOL_RING, m->rng);
		return true;
	case N_NQ_ID:
		*value = pool_pick(m->context, POOL_NQ, m->rng);
		return true;
	case N_JOB_ID:
	case N_AFTER_JOB:
		*value = pool_pick(m->context, POOL_JOB, m->rng);
		return true;
	case N_EVENTFD:
	case N_JOB_EVENTFD:
		*value = m->world->eventfd;
		return true;
	default:
		return false;
	}
}

/* Numbers of the hardware, and amounts. */
static uint64_t number_of(struct maker *m, const struct attr *attr, const struct set *set)
{
	struct rng *rng = m->rng;

	switch (attr->id) {
	case N_WAIT_US:		return wait_us(rng);
	case N_SIZE:		return some_bytes(rng, set);
	case N_ALIGN:		return 256u << below(rng, 6);
	case N_CHANNEL:		return below(rng, 2);
	case N_REGION:		return 0;
	case N_NC_ID:
	case N_CLAIM:
	case N_DST_CORE:	return below(rng, 4);
	case N_DESCRIPTORS:	return 32 + below(rng, 512);
	case N_ENG_ID:		return below(rng, 12);
	case N_QUEUE_ID:	return below(rng, 15);
	case N_NQ_ENG:		return one_in(rng, 2) ? 0 : below(rng, 4);
	case N_COUNT:		return 1 + below(rng, 3);
	case N_HEAD:		return 16 * below(rng, 256);
	case N_EVENT_ID:
	case N_DST_EVENT:	return below(rng, 256);
	case N_SEMAPHORE_ID:
	case N_DST_SEMAPHORE:	return below(rng, 32);
	case N_SRC_OFFSET:
	case N_DST_OFFSET:	return below(rng, 2048);
	case N_LENGTH:		return 1 + below(rng, 2048);
	case N_DRAM_REGIONS:	return 1u << below(rng, 3);
	case N_OFFSET:		return strcmp(set->name, "reg") ? STORAGE + 4 * below(rng, 8) : REVISION;
	case N_VALUE:		return below(rng, 2);
	case N_FIRST:
	case N_BAR:
	case N_AXI_PORT:
	case N_HOST_LIMIT:
	case N_DEVICE_LIMIT:
	case N_ID_LIMIT:
	case N_JOB_LIMIT:	return 0;
	default:		return attr->entries ? below(rng, attr->entries) : rng_next(rng);
	}
}

size_t good_value(struct maker *m, const struct attr *attr, const struct set *set, uint8_t *to)
{
	unsigned int i, length;
	uint64_t value;

	switch (attr->type) {
	case T_U32:
	case T_S32:
	case T_U64:
		if (!name_of(m, attr->id, &value))
			value = number_of(m, attr, set);
		if (attr->flags)
			value &= (1u << attr->entries) - 1;
		return put(to, value, attr->type == T_U64 ? 8 : 4);
	case T_STRING:
		if (attr->id != N_BUS_NAME)
			return text(m->rng, to, 1 + below(m->rng, 20));
		strcpy((char *)to, bus_name[m->context->card]);
		return strlen((char *)to) + 1;
	case T_BINARY:
		length = 1 + below(m->rng, attr->max_len ?: 64);
		for (i = 0; i < length; i++)
			to[i] = rng_next(m->rng);
		return length;
	default:
		return 0;
	}
}

/* A file that is no context, or not the one that was meant. */
static uint64_t bad_file(struct maker *m)
{
	struct context *other = &m->world->contexts[below(m->rng, CONTEXTS)];
	int files[] = { -1, 0, 1, 2, 999, 1 << 30, m->world->pipe, m->world->null,
			m->world->eventfd, other->fd };

	return files[below(m->rng, ARRAY_SIZE(files))];
}

static uint64_t bad_number(struct maker *m, const struct attr *attr)
{
	struct rng *rng = m->rng;

	if (attr->type == T_S32 && one_in(rng, 2))
		return bad_file(m);
	if (attr->has_max && one_in(rng, 3))
		return attr->max + below(rng, 2);
	if (attr->has_min && one_in(rng, 3))
		return attr->min - below(rng, 2);
	if (attr->entries && one_in(rng, 3))
		return attr->entries;

	return odd_number(rng, attr->type == T_U64 ? 8 : 4);
}

/* What is too much, too little, or not of the kind. */
size_t bad_value(struct maker *m, const struct attr *attr, uint8_t *to)
{
	static const unsigned int lengths[] = { 0, 1, 2, 3, 5, 7, 8, 9, 12, 16, 64, 129, 500 };
	unsigned int i, length = lengths[below(m->rng, ARRAY_SIZE(lengths))];
	bool number = attr->type <= T_U64;

	if (number && !one_in(m->rng, 4))
		return put(to, bad_number(m, attr), attr->type == T_U64 ? 8 : 4);
	if (attr->max_len && one_in(m->rng, 2))
		return text(m->rng, to, attr->max_len + below(m->rng, 3));
	for (i = 0; i < length; i++)
		to[i] = one_in(m->rng, 3) ? 0 : rng_next(m->rng);

	return length;
}
