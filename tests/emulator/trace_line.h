/* SPDX-License-Identifier: GPL-2.0 */
/* An event of the trace as a line of JSON. */
#ifndef NEURON_EMU_TRACE_LINE_H
#define NEURON_EMU_TRACE_LINE_H

#include "trace.h"

/* Longer than any line, the longest being an answer with all its values. */
#define EMU_TRACE_LINE_BYTES	2048u

size_t emu_trace_line(const struct emu_trace_event *event, char line[EMU_TRACE_LINE_BYTES]);

#endif
