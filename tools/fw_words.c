// SPDX-License-Identifier: GPL-2.0
/*
 * Words of "fw" that are no single number.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "fw_words.h"

/**
 * counter_is_of_engine() - does a counter count for an engine?
 * @counter: enum neuron_counter
 *
 * Return: whether it does; else it is the card's.
 */
bool counter_is_of_engine(uint32_t counter)
{
	return counter < NEURON_COUNTER_POWER;
}

/**
 * counters_all() - every counter that this program has a name for
 * @list: filled
 * @of_engine: those of an engine, else those of the card
 */
void counters_all(struct counter_list *list, bool of_engine)
{
	uint32_t counter;

	list->count = 0;
	for (counter = 0; counter < NEURON_MAX_COUNTERS && neuron_counter_name(counter); counter++)
		if (counter_is_of_engine(counter) == of_engine)
			list->value[list->count++] = counter;
}

static int unknown(const char *word, size_t length)
{
	tool_usage("\"counter\": there is no \"%.*s\"; \"fw counters\" shows those of the card, with "
		   "\"engine\" those of an engine", (int)length, word);
	return EXIT_USAGE;
}

static int add_counter(const char *word, size_t length, struct counter_list *list)
{
	const char *name;
	uint32_t counter;

	for (counter = 0; counter < NEURON_MAX_COUNTERS; counter++) {
		name = neuron_counter_name(counter);
		if (!name || strlen(name) != length || strncmp(name, word, length))
			continue;
		if (list->count == NEURON_MAX_COUNTERS)
			return tool_usage("\"counter\": at most %d at a time", NEURON_MAX_COUNTERS);
		list->value[list->count++] = counter;
		return EXIT_DONE;
	}
	return unknown(word, length);
}

/**
 * counters_parse() - counters by name, with commas between
 * @word: the names
 * @list: filled
 *
 * Return: EXIT_DONE or EXIT_USAGE.
 */
int counters_parse(const char *word, struct counter_list *list)
{
	size_t length;
	int status;

	list->count = 0;
	for (;;) {
		length = strcspn(word, ",");
		status = add_counter(word, length, list);
		if (status || !word[length])
			return status;
		word += length + 1;
	}
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/**
 * bytes_hex() - bytes of hexadecimal digits, two each
 * @word: digits; a colon or a blank may be between bytes
 * @to: filled
 * @room: of @to
 * @size: how many bytes there were
 *
 * Return: EXIT_DONE or EXIT_USAGE.
 */
int bytes_hex(const char *word, unsigned char *to, size_t room, size_t *size)
{
	int high, low;

	for (*size = 0; *word; (*size)++) {
		if (*size && (*word == ':' || *word == ' '))
			word++;
		high = digit(word[0]);
		low = high < 0 ? -1 : digit(word[1]);
		if (low < 0)
			return tool_usage("\"hex\": \"%s\" is no byte of two hexadecimal digits", word);
		if (*size == room)
			return tool_usage("\"hex\": more than %zu bytes", room);
		to[*size] = (unsigned char)(high << 4 | low);
		word += 2;
	}
	return EXIT_DONE;
}

/**
 * bytes_file() - bytes of a file
 * @path: file
 * @to: filled
 * @room: of @to
 * @size: how many bytes there were
 *
 * Return: EXIT_DONE or EXIT_USAGE.
 */
int bytes_file(const char *path, unsigned char *to, size_t room, size_t *size)
{
	FILE *file = fopen(path, "re");
	int status = EXIT_DONE;

	if (!file)
		return tool_usage("Error: cannot open %s: %m.", path);
	*size = fread(to, 1, room, file);
	if (ferror(file))
		status = tool_usage("Error: reading %s: %m.", path);
	else if (*size == room && fgetc(file) != EOF)
		status = tool_usage("Error: %s has more than %zu bytes.", path, room);
	fclose(file);
	return status;
}
