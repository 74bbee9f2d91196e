/* SPDX-License-Identifier: GPL-2.0 */
/* One output of the trace: a bounded buffer of events and the thread that writes them. */
#ifndef NEURON_EMU_TRACE_OUTPUT_H
#define NEURON_EMU_TRACE_OUTPUT_H

#include "trace.h"

struct emu_trace_output;

struct emu_trace_output_state {
	uint64_t lines;		/* written or still in the buffer */
	uint64_t lost;
	int error;		/* errno that ended it, or 0 */
};

struct emu_trace_output *emu_trace_output_create(int fd);
void emu_trace_output_destroy(struct emu_trace_output *output);
void emu_trace_output_push(struct emu_trace_output *output, const struct emu_trace_event *event);
void emu_trace_output_state(struct emu_trace_output *output,
			    struct emu_trace_output_state *state);

#endif
