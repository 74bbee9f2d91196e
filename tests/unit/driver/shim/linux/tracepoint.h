/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints as functions that do nothing. */
#ifndef SHIM_LINUX_TRACEPOINT_H
#define SHIM_LINUX_TRACEPOINT_H

#include "../shim.h"

#define TRACE_DEFINE_ENUM(value)	extern int shim_trace_enum
#define TP_PROTO(...)			__VA_ARGS__
#define TP_ARGS(...)			__VA_ARGS__
#define TRACE_EVENT(name, proto, ...)	\
	static inline void trace_##name(proto) { } extern int shim_trace_event
#define DECLARE_EVENT_CLASS(name, ...)	extern int shim_trace_class
#define DEFINE_EVENT(class, name, proto, ...)	\
	static inline void trace_##name(proto) { } extern int shim_trace_event

#endif
