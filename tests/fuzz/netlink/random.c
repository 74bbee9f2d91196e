// SPDX-License-Identifier: GPL-2.0
/* Numbers that a seed repeats, and those at which programs break. */
#include "fuzz.h"

void rng_seed(struct rng *rng, uint64_t a, uint64_t b, uint64_t c)
{
	rng->state = a * 0x9E3779B97F4A7C15ull + b * 0xBF58476D1CE4E5B9ull +
		     c * 0x94D049BB133111EBull + 1;
	rng_next(rng);
	rng_next(rng);
}

uint64_t rng_next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9E3779B97F4A7C15ull;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ z >> 27) * 0x94D049BB133111EBull;

	return z ^ z >> 31;
}

uint32_t below(struct rng *rng, uint32_t n)
{
	return rng_next(rng) % n;
}

bool one_in(struct rng *rng, uint32_t n)
{
	return !below(rng, n);
}

/* A number near an edge, or any. */
uint64_t odd_number(struct rng *rng, unsigned int bytes)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 4, 11, 12, 15, 16, 31, 32, 100, 101, 128, 255, 256, 512, 4095, 4096,
		65535, 65536, 1u << 20, 0x7FFFFFFF, 0x80000000u, 0xFFFFFFFFu, 1ull << 32,
		1ull << 63, UINT64_MAX,
	};
	uint64_t value = edges[below(rng, ARRAY_SIZE(edges))];

	switch (below(rng, 4)) {
	case 0:
		value += below(rng, 5) - 2ull;
		break;
	case 1:
		value = rng_next(rng) >> below(rng, 64);
		break;
	default:
		break;
	}

	return bytes == 4 ? (uint32_t)value : value;
}
