// SPDX-License-Identifier: GPL-2.0
/* Runs files through a target, without libFuzzer: replay FILE... */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define MAX_BYTES	(1u << 20)

/**
 * main() - one file after the other
 * @argc: words
 * @argv: names of files
 * Return: 0 if all could be read; what an input breaks ends the process.
 */
int main(int argc, char **argv)
{
	uint8_t *data = malloc(MAX_BYTES);
	size_t size;
	FILE *file;
	int i;

	for (i = 1; data && i < argc; i++) {
		file = fopen(argv[i], "rbe");
		if (!file) {
			perror(argv[i]);
			free(data);
			return 1;
		}
		size = fread(data, 1, MAX_BYTES, file);
		fclose(file);
		/* The last line before an abort says which file it was. */
		fprintf(stderr, "%s\n", argv[i]);
		LLVMFuzzerTestOneInput(data, size);
	}
	free(data);
	return 0;
}
