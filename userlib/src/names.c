// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Look-ups in the generated name tables.
 */
#include "names.h"

/**
 * nn_attr() - names of an attribute
 * @set: attribute set, may be NULL
 * @type: attribute number
 *
 * Return: the entry, NULL if it is not known.
 */
const struct nn_attr *nn_attr(const struct nn_set *set, uint32_t type)
{
	if (!set || type >= set->count || !set->attrs[type].name)
		return NULL;
	return &set->attrs[type];
}

/**
 * nn_value() - name of a value of an enum
 * @names: table, by value
 * @count: entries of the table
 * @value: value
 *
 * Return: the name, NULL if it is not known.
 */
const char *nn_value(const char *const *names, size_t count, uint32_t value)
{
	return value < count ? names[value] : NULL;
}

/**
 * nn_flag() - name of a flag
 * @names: table, by bit number
 * @count: entries of the table
 * @bit: the flag, one bit set
 *
 * Return: the name, NULL if it is not known or not exactly one bit is set.
 */
const char *nn_flag(const char *const *names, size_t count, uint32_t bit)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (bit == 1u << i)
			return names[i];
	return NULL;
}
