// SPDX-License-Identifier: GPL-2.0
/* What happens to the cards while requests are made: faults, resets from outside, removal. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

/* "%e" is an engine, "%n" a small number. */
static const char *const faults[] = {
	"inject fwio drop 1", "inject fwio drop 2", "inject fwio delay 30 %n",
	"inject fwio bad-seq 1", "inject fwio bad-crc 1", "inject fwio error 3 1",
	"inject fwio short 1", "inject fwio oversize 1", "inject fwio garbage 1",
	"inject dma slow 300 %e", "inject dma abort %e", "inject dma stall %e",
	"inject dma resume %e", "inject dma corrupt %e", "inject dma wrong-completion %e",
	"inject dma lost-completion %e", "inject nq overflow %n", "inject nq wrong-phase 1",
	"inject irq lost %n", "inject irq spurious", "inject device ones", "inject device none",
	"inject dma none", "inject none", "link east down", "link east up", "link west down",
	"link west up", "raise error 0 0 7 1", "raise trace 1 2 3 4",
};

static void run(char *const argv[])
{
	int status, null;
	pid_t pid = fork();

	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		;
}

/* A command of the emulator's control socket. */
void vmctl_emu(unsigned int card, const char *words)
{
	char text[128], number[8], *argv[16] = { "vmctl", "emu", number };
	unsigned int count = 3;
	char *word, *rest;

	snprintf(number, sizeof(number), "%u", card);
	snprintf(text, sizeof(text), "%s", words);
	for (word = strtok_r(text, " ", &rest); word && count < 15;
	     word = strtok_r(NULL, " ", &rest))
		argv[count++] = word;
	argv[count] = NULL;
	run(argv);
}

static void tell(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		board->cut += 0;	/* whether it was done is seen by what follows */
	close(fd);
}

static void rebind(unsigned int card)
{
	tell("/sys/bus/pci/drivers/neuron/unbind", bus_name[card]);
	tell("/sys/bus/pci/drivers/neuron/bind", bus_name[card]);
}

static void reset_outside(unsigned int card)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset", bus_name[card]);
	tell(path, "1");
}

static void fault(unsigned int card, struct rng *rng)
{
	const char *form = faults[below(rng, ARRAY_SIZE(faults))];
	char words[96];
	const char *mark = strchr(form, '%');

	if (mark)
		snprintf(words, sizeof(words), "%.*s%u", (int)(mark - form), form,
			 below(rng, mark[1] == 'e' ? 12 : 5) + (mark[1] == 'n'));
	else
		snprintf(words, sizeof(words), "%s", form);
	vmctl_emu(card, words);
}

/* Every register reads as ones; once this was seen only binding it again helps. */
static void die_and_come_back(unsigned int card)
{
	vmctl_emu(card, "inject device dead");
	vmctl_emu(card, "inject device alive");
	rebind(card);
}

/* One of them. */
void chaos_step(struct rng *rng)
{
	unsigned int card = below(rng, CARDS);

	switch (below(rng, 30)) {
	case 0:
		rebind(1);
		break;
	case 1:
		reset_outside(card);
		break;
	case 2:
		die_and_come_back(card);
		break;
	default:
		fault(card, rng);
		break;
	}
}

/* No fault is left; cards that were taken are given back. */
void chaos_end(void)
{
	unsigned int card;

	for (card = 0; card < CARDS; card++) {
		vmctl_emu(card, "inject none");
		vmctl_emu(card, "inject device ready");
		vmctl_emu(card, "link east up");
		vmctl_emu(card, "link west up");
	}
}
