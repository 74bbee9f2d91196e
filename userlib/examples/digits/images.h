/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images of handwritten digits: the file that has them, and how they are shown. */
#ifndef DIGITS_IMAGES_H
#define DIGITS_IMAGES_H

#include <stdint.h>

#include "network.h"

#define MAX_IMAGES	4096u

/**
 * struct images - what was read
 * @count: how many
 * @pixels: 0 to 16, rows from top to bottom
 * @digit: what each one is
 */
struct images {
	unsigned int count;
	int8_t pixels[MAX_IMAGES][PIXELS];
	uint8_t digit[MAX_IMAGES];
};

int images_read(struct images *images, const char *path);
void images_show(const struct images *images, unsigned int first, unsigned int count,
		 const uint32_t *answers);

#endif
