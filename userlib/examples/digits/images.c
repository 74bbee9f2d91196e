// SPDX-License-Identifier: LGPL-2.1-or-later
#include "images.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ROW		8
#define MARGIN		3
#define PER_LINE	4

static const char shades[] = "0123456789abcdefg";
static const char ink[] = "  ..::--==++**##@";	/* one for each shade */

/* Return: false if the line is no image. */
static bool parse(const char *line, uint8_t *digit, int8_t *pixels)
{
	const char *shade;
	unsigned int i;

	if (line[0] < '0' || line[0] > '9' || line[1] != ' ')
		return false;
	*digit = (uint8_t)(line[0] - '0');
	for (i = 0; i < PIXELS; i++) {
		shade = line[2 + i] ? strchr(shades, line[2 + i]) : NULL;
		if (!shade)
			return false;
		pixels[i] = (int8_t)(shade - shades);
	}
	return true;
}

/**
 * images_read() - read the images that the network has not learned from
 * @images: answers them
 * @path: a file like digits.txt
 *
 * Return: 0, or a negative errno: -EINVAL if a line is no image.
 */
int images_read(struct images *images, const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int number = 0;
	char line[128];
	int ret = 0;

	if (!file)
		return -errno;
	images->count = 0;
	while (!ret && images->count < MAX_IMAGES && fgets(line, sizeof(line), file)) {
		if (line[0] == '#')
			continue;
		if (!parse(line, &images->digit[images->count], images->pixels[images->count]))
			ret = -EINVAL;
		if (number++ % HELD_OUT_EVERY == HELD_OUT_EVERY - 1)
			images->count++;
	}
	if (!ret && !images->count)
		ret = -EINVAL;
	fclose(file);
	return ret;
}

static void show_row(const int8_t *pixels)
{
	unsigned int i;

	for (i = 0; i < ROW; i++)
		printf("%c%c", ink[pixels[i]], ink[pixels[i]]);
	printf("%*s", MARGIN, "");
}

static void show_line(const struct images *images, unsigned int first, unsigned int count,
		      const uint32_t *answers)
{
	unsigned int row, i;

	for (row = 0; row < ROW; row++) {
		for (i = first; i < first + count; i++)
			show_row(&images->pixels[i][row * ROW]);
		printf("\n");
	}
	for (i = first; i < first + count; i++)
		printf("%u, told as %-2u%s%*s", images->digit[i], answers[i],
		       answers[i] == images->digit[i] ? "    " : "(!) ", MARGIN, "");
	printf("\n\n");
}

/**
 * images_show() - draw some images, with what they were told as
 * @images: the images
 * @first: the first one
 * @count: how many, fewer if there are not so many
 * @answers: one for each image, not only for those that are shown
 */
void images_show(const struct images *images, unsigned int first, unsigned int count,
		 const uint32_t *answers)
{
	unsigned int last = first + count < images->count ? first + count : images->count;

	for (; first < last; first += PER_LINE)
		show_line(images, first, last - first < PER_LINE ? last - first : PER_LINE, answers);
}
