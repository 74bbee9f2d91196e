/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of operations, attributes and values, for the sentences of
 * neuron_last_error(). The tables are generated (userlib/gen-names).
 */
#ifndef NEURON_NAMES_H
#define NEURON_NAMES_H

#include <stddef.h>
#include <stdint.h>

#define NN_COUNT(array)	(sizeof(array) / sizeof((array)[0]))

enum nn_kind { NN_NONE, NN_U32, NN_U64, NN_S32, NN_STRING, NN_FLAG, NN_BINARY, NN_NEST, NN_PAD };

struct nn_set;

struct nn_attr {
	const char *name;			/* NULL: a hole */
	enum nn_kind kind;
	const char *(*value_name)(uint32_t value);
	const struct nn_set *nested;
};

struct nn_set {
	const struct nn_attr *attrs;		/* by attribute number */
	size_t count;
};

/*
 * @wait_us, @after_job, @job_eventfd: number of the attribute if the request takes it, or 0
 */
struct nn_op {
	const char *name;
	const struct nn_set *set;
	uint16_t wait_us, after_job, job_eventfd;
};

const struct nn_op *nn_op(uint32_t cmd);
const struct nn_attr *nn_attr(const struct nn_set *set, uint32_t type);
const char *nn_value(const char *const *names, size_t count, uint32_t value);
const char *nn_flag(const char *const *names, size_t count, uint32_t bit);

#endif
