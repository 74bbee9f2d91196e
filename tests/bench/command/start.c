// SPDX-License-Identifier: GPL-2.0
/*
 * command-bench: from the start of `neuronnl dev show` to its end, compared with
 * `devlink dev show`, which asks the kernel over generic netlink just as well. Both
 * take turns. README.md of tests/bench tells.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "row.h"

#define ROUNDS		301	/* odd: there is one in the middle */
#define WARM		10
#define AT_MOST		1.5

static char *const neuronnl[] = { "neuronnl", "dev", "show", NULL };
static char *const devlink[] = { "devlink", "dev", "show", NULL };

static void die(const char *what)
{
	say("%s", what);
	exit(1);
}

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

/* One that fails says nothing about one that answers. */
static void check(char *const *words, int status)
{
	if (status)
		die(words == devlink ? "devlink dev show fails" : "neuronnl dev show fails");
}

static double one_us(char *const *words)
{
	posix_spawn_file_actions_t quiet;
	double begin;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	begin = now_us();
	if (posix_spawnp(&pid, words[0], &quiet, NULL, words, environ) ||
	    waitpid(pid, &status, 0) != pid)
		die("cannot start a command");
	begin = now_us() - begin;
	posix_spawn_file_actions_destroy(&quiet);
	check(words, status);

	return begin;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);

	return values[ROUNDS / 2];
}

static void bench_time(void)
{
	static double ours[ROUNDS], theirs[ROUNDS];
	double value, reference;
	int i;

	say("time");
	for (i = -WARM; i < ROUNDS; i++) {
		double ours_us = one_us(neuronnl), theirs_us = one_us(devlink);

		if (i < 0)
			continue;
		ours[i] = ours_us;
		theirs[i] = theirs_us;
	}
	value = median(ours);
	reference = median(theirs);
	row_print(&ROW(.name = "neuronnl dev show to devlink dev show, median", .unit = "us",
		       .value = value, .reference = reference, .ratio = value / reference,
		       .at_most = AT_MOST));
}

static void traced(char *const *words)
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || ptrace(PTRACE_TRACEME, 0, 0, 0))
		_exit(1);
	execvp(words[0], words);
	_exit(1);
}

/* Step by step, which no other load of the machine changes. */
static double instructions(char *const *words)
{
	double count = 0;
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		die("cannot start a command");
	if (!pid)
		traced(words);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, 0))
			die("cannot step through a command");
		count++;
	}
	check(words, status);

	return count;
}

static void bench_instructions(void)
{
	double value, reference;

	say("instructions");
	value = instructions(neuronnl);
	reference = instructions(devlink);
	row_print(&ROW(.name = "neuronnl dev show to devlink dev show, user space", .value = value,
		       .unit = "instructions", .reference = reference, .ratio = value / reference,
		       .at_most = AT_MOST));
}

int main(void)
{
	bench_time();
	bench_instructions();

	return 0;
}
