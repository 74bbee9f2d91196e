// SPDX-License-Identifier: LGPL-2.1-or-later
#include "program.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are shared with the card");

/* docs/isa.md */
#define WORDS		16
#define HEADER		0x49530100u
#define OP_NOTIFY	0x02u
#define OP_MATMUL	0x10u
#define OP_ACT		0x11u
#define OP_ARGMAX	0x12u
#define OP_CLEAR	0x1Fu
#define FLAG_BIAS	(1u << 2)
#define FLAG_RELU	(1u << 3)
#define FLAG_REQUANTISE	(1u << 4)
#define FLAG_RELATIVE	(1u << 8)

enum step { CLEAR, LAYER_1, ACTIVATE_1, LAYER_2, BIAS_2, CHOOSE, NOTIFY, STEPS };

struct instruction {
	uint32_t word[WORDS];
};

struct matrix {
	size_t at;
	uint32_t row_bytes;
};

static size_t place(size_t *end, size_t bytes)
{
	size_t at = *end;

	*end += (bytes + 63) / 64 * 64;
	return at;
}

/**
 * program_layout() - where program and data lie
 * @images: how many images there are
 *
 * Return: the layout.
 */
struct layout program_layout(unsigned int images)
{
	struct layout at = { .code_bytes = STEPS * sizeof(struct instruction) };
	size_t end = 0;

	at.code = place(&end, at.code_bytes);
	at.weights[0] = place(&end, sizeof(weights_1));
	at.weights[1] = place(&end, sizeof(weights_2));
	at.biases[0] = place(&end, sizeof(biases_1));
	at.biases[1] = place(&end, sizeof(biases_2));
	at.pixels = place(&end, (size_t)images * PIXELS);
	at.results = end;
	at.sums = place(&end, (size_t)images * HIDDEN * 4);
	at.hidden = place(&end, (size_t)images * HIDDEN);
	at.scores = place(&end, (size_t)images * DIGITS * 4);
	at.answers = place(&end, (size_t)images * 4);
	at.bytes = end;
	return at;
}

static struct instruction instruction(uint32_t operation, enum step step)
{
	return (struct instruction){ { HEADER | operation, step } };
}

/* Addresses count from the instruction, so that the piece may lie anywhere. */
static void operand(struct instruction *in, const struct layout *at, unsigned int word,
		    unsigned int row_word, struct matrix matrix)
{
	uint64_t distance = matrix.at - (at->code + in->word[1] * sizeof(*in));

	in->word[word] = (uint32_t)distance;
	in->word[word + 1] = (uint32_t)(distance >> 32);
	if (row_word)
		in->word[row_word] = matrix.row_bytes;
}

static struct instruction matmul(const struct layout *at, enum step step, uint32_t rows,
				 uint32_t columns, uint32_t depth, const struct matrix abc[3])
{
	struct instruction in = instruction(OP_MATMUL, step);

	in.word[2] = FLAG_RELATIVE;
	in.word[3] = rows;
	in.word[4] = columns;
	in.word[5] = depth;
	operand(&in, at, 6, 12, abc[0]);
	operand(&in, at, 8, 13, abc[1]);
	operand(&in, at, 10, 14, abc[2]);
	return in;
}

static struct instruction act(const struct layout *at, enum step step, uint32_t flags,
			      uint32_t rows, uint32_t columns, const struct matrix abc[3])
{
	struct instruction in = instruction(OP_ACT, step);

	in.word[2] = FLAG_RELATIVE | FLAG_BIAS | flags;
	in.word[3] = rows;
	in.word[4] = columns;
	in.word[5] = flags & FLAG_REQUANTISE ? MULTIPLIER : 0;
	operand(&in, at, 6, 12, abc[0]);
	operand(&in, at, 8, 0, abc[1]);
	operand(&in, at, 10, 14, abc[2]);
	in.word[15] = flags & FLAG_REQUANTISE ? SHIFT : 0;
	return in;
}

static struct instruction argmax(const struct layout *at, enum step step, uint32_t rows,
				 uint32_t columns, struct matrix from, struct matrix to)
{
	struct instruction in = instruction(OP_ARGMAX, step);

	in.word[2] = FLAG_RELATIVE;
	in.word[3] = rows;
	in.word[4] = columns;
	operand(&in, at, 6, 12, from);
	operand(&in, at, 10, 14, to);
	return in;
}

static void write_code(const struct layout *at, unsigned char *piece, unsigned int images)
{
	const struct matrix pixels = { at->pixels, PIXELS }, sums = { at->sums, HIDDEN * 4 };
	const struct matrix hidden = { at->hidden, HIDDEN }, scores = { at->scores, DIGITS * 4 };
	const struct matrix weights[2] = { { at->weights[0], HIDDEN }, { at->weights[1], DIGITS } };
	const struct matrix biases[2] = { { at->biases[0], 0 }, { at->biases[1], 0 } };
	struct instruction code[STEPS];

	/* Whatever the core's last program was: this one begins. */
	code[CLEAR] = (struct instruction){ { HEADER | OP_CLEAR } };
	code[LAYER_1] = matmul(at, LAYER_1, images, HIDDEN, PIXELS,
			       (struct matrix[]){ pixels, weights[0], sums });
	code[ACTIVATE_1] = act(at, ACTIVATE_1, FLAG_RELU | FLAG_REQUANTISE, images, HIDDEN,
			       (struct matrix[]){ sums, biases[0], hidden });
	code[LAYER_2] = matmul(at, LAYER_2, images, DIGITS, HIDDEN,
			       (struct matrix[]){ hidden, weights[1], scores });
	/* Element by element, so in place: each is read before it is written. */
	code[BIAS_2] = act(at, BIAS_2, 0, images, DIGITS,
			   (struct matrix[]){ scores, biases[1], scores });
	code[CHOOSE] = argmax(at, CHOOSE, images, DIGITS, scores, (struct matrix){ at->answers, 4 });
	code[NOTIFY] = instruction(OP_NOTIFY, NOTIFY);
	code[NOTIFY].word[3] = DONE_ID;
	code[NOTIFY].word[4] = images;
	memcpy(piece + at->code, code, sizeof(code));
}

/**
 * program_write() - fill the piece with instructions, network and images
 * @at: the layout
 * @piece: its memory
 * @images: the images
 */
void program_write(const struct layout *at, unsigned char *piece, const struct images *images)
{
	write_code(at, piece, images->count);
	memcpy(piece + at->weights[0], weights_1, sizeof(weights_1));
	memcpy(piece + at->weights[1], weights_2, sizeof(weights_2));
	memcpy(piece + at->biases[0], biases_1, sizeof(biases_1));
	memcpy(piece + at->biases[1], biases_2, sizeof(biases_2));
	memcpy(piece + at->pixels, images->pixels, (size_t)images->count * PIXELS);
}

static int8_t activate(int32_t sum)
{
	int64_t value = sum > 0 ? sum : 0;

	value = (value * MULTIPLIER + (1 << (SHIFT - 1))) >> SHIFT;
	return (int8_t)(value < 127 ? value : 127);
}

static uint32_t best(const int32_t *scores)
{
	uint32_t i, answer = 0;

	for (i = 1; i < DIGITS; i++)
		if (scores[i] > scores[answer])
			answer = i;
	return answer;
}

/**
 * program_compute() - the same on the CPU
 * @at: the layout
 * @piece: memory that program_write() filled
 * @images: how many there are
 */
void program_compute(const struct layout *at, unsigned char *piece, unsigned int images)
{
	const int8_t (*pixels)[PIXELS] = (void *)(piece + at->pixels);
	int32_t (*sums)[HIDDEN] = (void *)(piece + at->sums);
	int8_t (*hidden)[HIDDEN] = (void *)(piece + at->hidden);
	int32_t (*scores)[DIGITS] = (void *)(piece + at->scores);
	uint32_t *answers = (void *)(piece + at->answers);
	unsigned int image, i, j;

	for (image = 0; image < images; image++) {
		for (j = 0; j < HIDDEN; j++) {
			sums[image][j] = 0;
			for (i = 0; i < PIXELS; i++)
				sums[image][j] += pixels[image][i] * weights_1[i][j];
			hidden[image][j] = activate(sums[image][j] + biases_1[j]);
		}
		for (j = 0; j < DIGITS; j++) {
			scores[image][j] = biases_2[j];
			for (i = 0; i < HIDDEN; i++)
				scores[image][j] += hidden[image][i] * weights_2[i][j];
		}
		answers[image] = best(scores[image]);
	}
}
