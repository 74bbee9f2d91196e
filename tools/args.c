// SPDX-License-Identifier: GPL-2.0
/*
 * Words of the command line. Objects and commands may be cut short as long as
 * it stays clear which is meant; everything else is taken as it is.
 */
#include <string.h>

#include "args.h"

/**
 * args_peek() - the next word, which stays
 * @args: words
 *
 * Return: the word, NULL if there is none.
 */
const char *args_peek(const struct args *args)
{
	return *args->words;
}

/**
 * args_next() - take the next word
 * @args: words
 *
 * Return: the word, NULL if there is none.
 */
const char *args_next(struct args *args)
{
	return *args->words ? *args->words++ : NULL;
}

/**
 * args_take() - take the next word if it is a certain one
 * @args: words
 * @word: that one
 *
 * Return: whether it was.
 */
bool args_take(struct args *args, const char *word)
{
	if (!*args->words || strcmp(*args->words, word))
		return false;
	args->words++;
	return true;
}

/**
 * args_is_help() - does a word ask for help?
 * @word: word or NULL
 *
 * Return: whether it does.
 */
bool args_is_help(const char *word)
{
	return word && (!strcmp(word, "help") || !strcmp(word, "-h") || !strcmp(word, "-help") ||
			!strcmp(word, "--help"));
}

/**
 * args_match() - which name does a word stand for?
 * @word: a name or the beginning of one
 * @name: gives the name at a position
 * @names: for @name
 * @count: number of names
 *
 * Return: position; ARGS_NONE; ARGS_AMBIGUOUS if it begins several names and
 * is none of them.
 */
int args_match(const char *word, const char *(*name)(const void *names, size_t i),
	       const void *names, size_t count)
{
	int found = ARGS_NONE;
	size_t i;

	if (!word[0])
		return ARGS_NONE;
	for (i = 0; i < count; i++) {
		if (!strcmp(name(names, i), word))
			return (int)i;
		if (!strncmp(name(names, i), word, strlen(word)))
			found = found == ARGS_NONE ? (int)i : ARGS_AMBIGUOUS;
	}
	return found;
}
