// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the family in rounds: some processes ask for all that there is, well and badly,
 * while cards fail, are reset and go; processes are killed and others take their place.
 * Behind each round everything has to be as it was. Prints TAP.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define ROUND_S		12
#define PROGRESS_S	4

struct board *board;
char bus_name[CARDS][32];

static struct {
	uint64_t seed, workers;
	unsigned int seconds, rounds;
	time_t begin, told;
	pid_t pids[WORKERS];
	char why[128];
	unsigned int test, failed;
} run;

static void find_cards(void)
{
	char path[64], place[256];
	unsigned int card;
	ssize_t length;

	for (card = 0; card < CARDS; card++) {
		snprintf(path, sizeof(path), "/sys/class/neuron/neuron%u/device", card);
		length = readlink(path, place, sizeof(place) - 1);
		if (length < 0) {
			perror(path);
			exit(2);
		}
		place[length] = 0;
		snprintf(bus_name[card], sizeof(bus_name[card]), "%s", basename(place));
	}
}

/* To the kernel's log, which is seen from outside while this runs. */
static void progress(const char *form, ...)
{
	char text[200] = "fuzz-netlink: ";
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	va_list args;

	va_start(args, form);
	vsnprintf(text + strlen(text), sizeof(text) - strlen(text), form, args);
	va_end(args);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "# %s\n", text);
	close(fd);
}

static unsigned int carried_out(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < op_count; i++)
		count += !!board->answers[i][0][0];

	return count;
}

static void tell_progress(void)
{
	time_t now = time(NULL);

	if (now - run.told < PROGRESS_S)
		return;

	run.told = now;
	progress("%ld s, round %u, seed %llu: %llu requests, %u of %u operations carried out",
		 (long)(now - run.begin), run.rounds, (unsigned long long)run.seed,
		 (unsigned long long)board->requests, carried_out(), op_count);
}

static pid_t start_worker(void)
{
	uint64_t number = ++run.workers;
	pid_t pid = fork();

	if (pid == 0)
		_exit(worker_run(run.seed, number));

	return pid;
}

/* In the middle of whatever it does. */
static void kill_one(struct rng *rng)
{
	pid_t *pid = &run.pids[below(rng, WORKERS)];

	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = start_worker();
}

static bool all_ended(void)
{
	bool good = true;
	unsigned int i;
	int status;

	board->stop = true;
	for (i = 0; i < WORKERS; i++) {
		if (waitpid(run.pids[i], &status, 0) < 0 || status) {
			snprintf(run.why, sizeof(run.why), "a worker ended with status %#x", status);
			good = false;
		}
	}
	board->stop = false;

	return good;
}

static bool one_round(struct rng *rng, unsigned int seconds)
{
	time_t end = time(NULL) + seconds;
	unsigned int i;
	bool good;

	run.rounds++;
	for (i = 0; i < WORKERS; i++)
		run.pids[i] = start_worker();
	while (time(NULL) < end) {
		chaos_step(rng);
		if (one_in(rng, 6))
			kill_one(rng);
		tell_progress();
	}
	chaos_end();
	good = all_ended();

	return quiet_check(rng, run.why, sizeof(run.why)) && good;
}

static void result(bool good, const char *form, ...)
{
	va_list args;

	run.failed += !good;
	printf("%sok %u - ", good ? "" : "not ", ++run.test);
	va_start(args, form);
	vprintf(form, args);
	va_end(args);
	printf("\n");
}

/* How often an operation was asked for, and with what result. */
static void tell_op(unsigned int op, bool dump)
{
	_Atomic uint64_t *answers = board->answers[op][dump];
	uint64_t sum = 0;
	char text[1024] = "";
	unsigned int i;

	for (i = 0; i < ERRNOS; i++) {
		sum += answers[i];
		if (i && answers[i] && strlen(text) + 40 < sizeof(text))
			sprintf(text + strlen(text), ", %s %llu",
				strerrorname_np(i) ?: "other", (unsigned long long)answers[i]);
	}
	result(answers[0] != 0, "%s%s was done or became a job: %llu of %llu%s", ops[op].name,
	       dump ? ", as a dump," : "", (unsigned long long)answers[0],
	       (unsigned long long)sum, text);
}

static void tell_all(bool good)
{
	unsigned long seconds = time(NULL) - run.begin;
	unsigned int i;

	result(good, "seed %llu: %u rounds in %lu s, behind each nothing is left%s%s",
	       (unsigned long long)run.seed, run.rounds, seconds, *run.why ? ": " : "", run.why);
	result(!board->unanswered && !board->positive,
	       "every request is answered: %llu in %llu sends, %llu cut off, %llu overruns, "
	       "%llu without an answer, %llu with a positive error",
	       (unsigned long long)board->requests, (unsigned long long)board->sends,
	       (unsigned long long)board->cut, (unsigned long long)board->overruns,
	       (unsigned long long)board->unanswered, (unsigned long long)board->positive);
	result(board->opened && board->mapped, "%llu files were opened and %llu mappings made",
	       (unsigned long long)board->opened, (unsigned long long)board->mapped);
	for (i = 0; i < op_count; i++) {
		if (ops[i].has_do)
			tell_op(i, false);
		if (ops[i].has_dump)
			tell_op(i, true);
	}
	printf("1..%u\n", run.test);
}

int main(int argc, char **argv)
{
	bool good = true;
	struct rng rng;
	time_t left;

	if (argc != 3) {
		fprintf(stderr, "usage: fuzz-netlink SECONDS SEED\n");
		return 2;
	}
	run.seconds = strtoul(argv[1], NULL, 10);
	run.seed = strtoull(argv[2], NULL, 10);
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	recipes_resolve();
	family_resolve();
	find_cards();
	setvbuf(stdout, NULL, _IOLBF, 0);
	rng_seed(&rng, run.seed, 0, 0);
	run.begin = time(NULL);
	do {
		left = run.begin + run.seconds - time(NULL);
		good = one_round(&rng, left < ROUND_S ? left : ROUND_S);
	} while (good && time(NULL) < run.begin + run.seconds);
	tell_all(good);

	return run.failed ? 1 : 0;
}
