// SPDX-License-Identifier: GPL-2.0
#include "usage.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

const struct emu_usage emu_usages[] = {
	{ "show", "", "state of every block, injected faults, counters" },
	{ "show", "engine ENGINE", "one DMA engine and its queues in use" },
	{ "show", "queue ENGINE QUEUE", "one queue pair" },
	{ "show", "core CORE", "semaphores, events and notification queues of a core" },
	{ "show", "fwio", "the firmware's mailbox and its counters" },
	{ "show", "links", "neighbours east and west" },
	{ "show", "pci", "ids, BARs and interrupts as configuration space has them" },
	{ "show", "injected", "injected faults" },
	{ "show", "counters", "everything done and refused" },
	{ "transport", "", "client, messages, interrupts, mappings" },
	{ "link", "east|west up|down", "plug or unplug the cable at one side" },
	{ "inject", "none", "end every injected fault" },
	{ "inject", "fwio drop [COUNT]", "the next requests get no answer" },
	{ "inject", "fwio delay MS [COUNT]", "their answers come late" },
	{ "inject", "fwio bad-seq [COUNT]", "answers have another sequence number" },
	{ "inject", "fwio bad-crc [COUNT]", "requests count as corrupted: no answer" },
	{ "inject", "fwio error CODE [COUNT]", "answers with this error code" },
	{ "inject", "fwio short [COUNT]", "answers miss their last word" },
	{ "inject", "fwio oversize [COUNT]", "answers claim more than was asked for" },
	{ "inject", "fwio garbage [COUNT]", "nothing in the answer is right but its sequence number" },
	{ "inject", "fwio none", "end it" },
	{ "inject", "dma stall ENGINE", "the engine holds before its next packet" },
	{ "inject", "dma abort ENGINE", "the engine aborts now" },
	{ "inject", "dma slow USEC [ENGINE]", "every descriptor takes so much longer" },
	{ "inject", "dma corrupt [ENGINE]", "the first byte of the next packet arrives inverted" },
	{ "inject", "dma wrong-completion [ENGINE]",
	  "the next packet's completion entries tell an error and no bytes" },
	{ "inject", "dma lost-completion [ENGINE]",
	  "the next packet's completion entries are not written" },
	{ "inject", "dma resume [ENGINE]", "end stall and slow" },
	{ "inject", "dma none [ENGINE]", "end all of these" },
	{ "inject", "nq overflow [COUNT]", "the next records of each core find their queue full" },
	{ "inject", "nq wrong-phase [COUNT]", "the next records of each core have a wrong phase bit" },
	{ "inject", "nq none", "end both" },
	{ "inject", "device never-ready", "the firmware never says ready" },
	{ "inject", "device ready", "end it, and a reset that hangs" },
	{ "inject", "device reset-hang", "resets do not end" },
	{ "inject", "device reset-fail [COUNT]",
	  "after the next resets the card is not ready; after the one behind them it is" },
	{ "inject", "device ones", "registers read as all ones, by every way" },
	{ "inject", "device dead", "the function vanishes from the bus" },
	{ "inject", "device alive", "it comes back as it was" },
	{ "inject", "device none", "end all of these" },
	{ "inject", "irq lost [COUNT]", "the next interrupts are not sent" },
	{ "inject", "irq spurious [SOURCE]", "one interrupt without a reason, from source 0 to 31" },
	{ "inject", "irq none", "end losing" },
	{ "raise", "notify|trace|event|error CORE INSTANCE ID VALUE [SUB-QUEUE]",
	  "a core writes a notification record, as an executing program makes it do;\n"
	  "explicit and implicit are other names of notify and trace" },
	{ "trace", "start [KIND,...] [FILE]",
	  "log what happens as lines of JSON; FILE has a slash in it, the default is that\n"
	  "of --trace; kinds: reg, fwio, dma, fault, record, irq, reset, link, all" },
	{ "trace", "stop", "end that" },
	{ "trace", "status", "files and followers of the trace, lines lost" },
	{ "trace", "follow [KIND,...]", "print the lines here, until interrupted" },
	{ "dram", "read OFFSET LENGTH", "bytes of device DRAM" },
	{ "dram", "write OFFSET HEX", "change them" },
	{ "reg", "read 0|2 OFFSET", "a register of that BAR, as the hardware has it" },
	{ "misc", "OFFSET VALUE", "set one of the firmware's own words" },
	{ "power", "HUNDREDTHS", "utilisation that the power register tells, of 10000" },
	{ "aer", "correctable|uncorrectable BIT", "record an error in configuration space" },
	{ "help", "", "this list" },
};

const size_t emu_nr_usages = sizeof(emu_usages) / sizeof(emu_usages[0]);

/**
 * emu_usage_expected() - what could have been said
 * @command: name of a command
 * @first: first word of its arguments, or "" for all of them
 * @text: answers the forms, one behind the other
 * @bytes: of @text; what does not fit is left out
 * Context: any.
 */
void emu_usage_expected(const char *command, const char *first, char *text, size_t bytes)
{
	size_t len = strlen(first), used = 0, i;
	const struct emu_usage *usage;

	text[0] = 0;
	for (i = 0; i < emu_nr_usages; i++) {
		usage = &emu_usages[i];
		if (strcmp(usage->command, command) || !usage->args[0] ||
		    strncmp(usage->args, first, len) || (len && usage->args[len] != ' '))
			continue;
		if (used + strlen(usage->args) + 3 >= bytes)
			return;
		used += (size_t)snprintf(text + used, bytes - used, "%s%s", used ? ", " : "",
					 usage->args + (len ? len + 1 : 0));
	}
}

/**
 * emu_usage_object() - all commands
 * Context: any.
 * Return: a JSON object that the caller puts: a command's forms, and what each does.
 */
struct json_object *emu_usage_object(void)
{
	struct json_object *all = json_object_new_object(), *forms;
	size_t i;

	for (i = 0; i < emu_nr_usages; i++) {
		if (!json_object_object_get_ex(all, emu_usages[i].command, &forms)) {
			forms = json_object_new_object();
			json_object_object_add(all, emu_usages[i].command, forms);
		}
		json_object_object_add(forms, emu_usages[i].args,
				       json_object_new_string(emu_usages[i].what));
	}
	return all;
}
