// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl doctor: why a card cannot be used, and what to do about it. A line
 * for each thing that was looked at.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "doctor.h"

enum result { RESULT_OK, RESULT_WARN, RESULT_FAIL };

static const char *const result_names[] = { "ok", "warn", "fail" };

static void report(struct doctor *doc, enum result result, const char *check, const char *object,
		   const char *next, const char *format, va_list args)
{
	struct out *out = &doc->tool->out;
	char text[DOCTOR_TEXT];

	vsnprintf(text, sizeof(text), format, args);
	if (!doc->tool->json) {
		fprintf(out->file, "%-4s %s%s%s: %s\n", result_names[result], check,
			object ? " " : "", object ? object : "", text);
		if (next)
			fprintf(out->file, "     next: %s\n", next);
		return;
	}
	out_object(out, NULL, "");
	out_string(out, "check", check, 0);
	if (object)
		out_string(out, "object", object, 0);
	out_string(out, "result", result_names[result], 0);
	out_string(out, "text", text, 0);
	if (next)
		out_string(out, "next", next, 0);
	out_object_end(out);
}

/**
 * doctor_ok() - something is as it should be
 * @doc: examination
 * @check: what was looked at
 * @object: of which card or file; may be NULL
 * @format: what was seen
 */
void doctor_ok(struct doctor *doc, const char *check, const char *object, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(doc, RESULT_OK, check, object, NULL, format, args);
	va_end(args);
}

/**
 * doctor_warn() - something works, and could be better
 * @doc: examination
 * @check: what was looked at
 * @object: of which card or file; may be NULL
 * @next: what to do about it
 * @format: what was seen
 */
void doctor_warn(struct doctor *doc, const char *check, const char *object, const char *next,
		 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(doc, RESULT_WARN, check, object, next, format, args);
	va_end(args);
}

/**
 * doctor_fail() - something keeps a card from being used
 * @doc: examination
 * @status: its class, an exit status
 * @check: what was looked at
 * @object: of which card or file; may be NULL
 * @next: what to do about it
 * @format: what was seen
 */
void doctor_fail(struct doctor *doc, int status, const char *check, const char *object,
		 const char *next, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(doc, RESULT_FAIL, check, object, next, format, args);
	va_end(args);
	if (!doc->status)
		doc->status = status;
}

static void examine(struct doctor *doc)
{
	unsigned int i;
	bool runs;

	doctor_pci(doc);
	doctor_dkms(doc);
	doctor_module_file(doc);
	runs = doctor_module_runs(doc) && doctor_family(doc);
	for (i = 0; runs && i < doc->card_count; i++) {
		doctor_bound(doc, &doc->cards[i]);
		if (doc->cards[i].index >= 0)
			doctor_card(doc, &doc->cards[i]);
	}
	for (i = 0; i < doc->card_count; i++)
		doctor_iommu(doc, &doc->cards[i]);
}

static int doctor_show(struct tool *tool, struct args *args)
{
	struct doctor *doc;
	struct utsname uts;
	int status;

	status = args_end(args);
	if (status)
		return status;
	doc = calloc(1, sizeof(*doc));
	if (!doc || uname(&uts)) {
		free(doc);
		return tool_usage("Error: %m.");
	}
	doc->tool = tool;
	snprintf(doc->release, sizeof(doc->release), "%s", uts.release);
	snprintf(doc->arch, sizeof(doc->arch), "%s", uts.machine);
	out_array(&tool->out, "doctor");
	examine(doc);
	out_array_end(&tool->out);
	status = doc->status;
	free(doc);
	return tool_finish(tool, 0) ? EXIT_USAGE : status;
}

static const struct command commands[] = {
	{
		.name = "show", .run = doctor_show,
		.about = "Looks at everything between a card and this user, and says what to do next:\n"
			 "    the PCI function, the module and its signature, whether it is loaded and\n"
			 "    ours, the netlink family, device files, state, firmware, IOMMU.",
		.ops = OPS(NEURON_CMD_DEVICE_GET, NEURON_CMD_NEIGHBOR_REFRESH),
	},
	{ .name = NULL },
};

const struct object object_doctor = {
	.name = "doctor", .commands = commands, .about = "what keeps a card from being used",
	.help =
"Exit status: 0 if nothing fails, else what to mend first: 10 no card, 11 no\n"
"module for this kernel, 12 the driver does not run, 13 the device file, 14 the\n"
"card or its firmware. Warnings change nothing.\n",
};
