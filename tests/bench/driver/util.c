// SPDX-License-Identifier: GPL-2.0
/* Time, rows, and what the kernel tells of its threads. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

void die(const struct bench *bench, const char *what)
{
	say("%s: %s", what, neuron_last_error(bench->handle));
	exit(1);
}

void must(const struct bench *bench, int ret, const char *what)
{
	if (ret >= 0)
		return;
	say("%s: %s", what, strerror(-ret));
	die(bench, what);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);

	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t thread_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void write_number(const char *path, unsigned int value)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%u\n", value) < 0 || fclose(file)) {
		say("cannot write to %s", path);
		exit(1);
	}
}

static bool read_line(const char *folder, const char *name, char *line, int size)
{
	char path[300];
	bool got;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/%s", folder, name);
	file = fopen(path, "r");
	if (!file)
		return false;
	got = fgets(line, size, file);
	fclose(file);

	return got;
}

/* CPU time of all kworkers that live now; the scheduler counts it in nanoseconds. */
uint64_t kworkers_ns(void)
{
	DIR *proc = opendir("/proc");
	uint64_t total = 0, one;
	struct dirent *entry;
	char line[128];

	while (proc && (entry = readdir(proc))) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9' ||
		    !read_line(entry->d_name, "comm", line, sizeof(line)) ||
		    strncmp(line, "kworker", 7))
			continue;
		if (read_line(entry->d_name, "schedstat", line, sizeof(line)) &&
		    sscanf(line, "%" SCNu64, &one) == 1)
			total += one;
	}
	if (proc)
		closedir(proc);
	if (!total) {
		say("no kworker has a schedstat");
		exit(1);
	}

	return total;
}

/* A command to the emulator of card 0. */
void emu(const char *words)
{
	char line[200];

	snprintf(line, sizeof(line), "vmctl emu 0 %s >/dev/null", words);
	if (system(line)) {
		say("failed: %s", line);
		exit(1);
	}
}
