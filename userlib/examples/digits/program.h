/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The network as a program for a core, in the instruction set of docs/isa.md (which is
 * invented: only the emulated card has it), together with its data in one piece of memory.
 */
#ifndef DIGITS_PROGRAM_H
#define DIGITS_PROGRAM_H

#include <stddef.h>

#include "images.h"

#define DONE_ID		0x444f4e45u	/* of the record that the program ends with */

/**
 * struct layout - where everything lies in the piece, bytes from its start
 * @code: the instructions
 * @code_bytes: their size
 * @weights: of both layers
 * @biases: of both layers
 * @pixels: a row of int8 per image
 * @results: from here on the card writes
 * @sums: hidden values before they are scaled, a row of int32 per image
 * @hidden: hidden values, a row of int8 per image
 * @scores: a row of int32 per image
 * @answers: a uint32 per image, the digit with the best score
 * @bytes: size of the piece
 */
struct layout {
	size_t code, code_bytes;
	size_t weights[2], biases[2];
	size_t pixels;
	size_t results;
	size_t sums, hidden, scores, answers;
	size_t bytes;
};

struct layout program_layout(unsigned int images);
void program_write(const struct layout *at, unsigned char *piece, const struct images *images);
void program_compute(const struct layout *at, unsigned char *piece, unsigned int images);

#endif
