// SPDX-License-Identifier: GPL-2.0
/*
 * Why an engine aborted, in words; docs/hardware, section 3.12.
 */
#include <linux/bits.h>
#include <linux/stddef.h>

#include "cause.h"

#define PARITY	"A DMA engine aborted: parity error of an internal buffer"

/* By bit of secondary group A; what has no text is an internal parity error. */
static const char * const m2s_texts[32] = {
	[0] = "A DMA engine aborted: completions of the stream do not match",
	[1] = "A DMA engine aborted: parity error of the stream",
	[2] = "A DMA engine aborted: error response of the stream",
	[3] = "A DMA engine aborted: time-out of the stream",
	[4] = "A DMA engine aborted: parity error of a completion entry's write",
	[5] = "A DMA engine aborted: a completion entry could not be written",
	[6] = "A DMA engine aborted: a completion entry's write timed out",
	[7] = "A DMA engine aborted: parity error of a source's read",
	[8] = "A DMA engine aborted: a source could not be read",
	[9] = "A DMA engine aborted: a source's read timed out",
	[10] = "A DMA engine aborted: parity error of a source descriptor",
	[11] = "A DMA engine aborted: a source descriptor could not be read",
	[12] = "A DMA engine aborted: a source descriptor's read timed out",
	[13] = "A DMA engine aborted: a packet has too many bytes",
	[14] = "A DMA engine aborted: a packet has too many descriptors",
	[15] = "A DMA engine aborted: a packet begins within another one",
	[16] = "A DMA engine aborted: a packet ends that did not begin",
	[17] = "A DMA engine aborted: a source descriptor has a wrong ring id",
	[26] = "A DMA engine aborted: an interrupt's write timed out",
	[27] = "A DMA engine aborted: an interrupt could not be written",
};

/* By bit of secondary group B, likewise; 3..7 and 12 are no errors. */
static const char * const s2m_texts[32] = {
	[0] = "A DMA engine aborted: parity error of a destination's write",
	[1] = "A DMA engine aborted: a destination could not be written",
	[2] = "A DMA engine aborted: a destination's write timed out",
	[8] = "A DMA engine aborted: parity error of a destination descriptor",
	[9] = "A DMA engine aborted: a destination descriptor could not be read",
	[10] = "A DMA engine aborted: a destination descriptor's read timed out",
	[11] = "A DMA engine aborted: a destination descriptor has a wrong ring id",
	[13] = "A DMA engine aborted: parity error of a completion entry's write",
	[14] = "A DMA engine aborted: a completion entry could not be written",
	[15] = "A DMA engine aborted: a completion entry's write timed out",
	[16] = "A DMA engine aborted: too many packets wait to be acknowledged",
	[17] = "A DMA engine aborted: too many packets are not acknowledged",
	[18] = "A DMA engine aborted: parity error of a packet's header",
	[19] = "A DMA engine aborted: error of a packet's header",
	[20] = "A DMA engine aborted: parity error of a packet's data",
	[21] = "A DMA engine aborted: error of a packet's data",
	[22] = "A DMA engine aborted: a packet's beginning is missing",
	[23] = "A DMA engine aborted: a packet's end is missing",
	[24] = "A DMA engine aborted: a packet has another length than its header says",
	[31] = "A DMA engine aborted: parity error of the table of transactions",
};

/* The text of the lowest bit that is set. */
static const char *lowest(u32 bits, const char * const *texts)
{
	u32 bit = 0;

	while (!(bits & BIT(bit)))
		bit++;

	return texts[bit] ? texts[bit] : PARITY;
}

/**
 * neuron_cause_text() - the cause of an abort, for people
 * @cause: what the engine's error controllers told
 *
 * Of several errors the one at the source is named: the others mostly follow.
 *
 * Context: Any.
 * Return: a fixed sentence.
 */
const char *neuron_cause_text(const struct neuron_cause *cause)
{
	u32 s2m = cause->s2m & ~(GENMASK(7, 3) | BIT(12));

	if (cause->m2s)
		return lowest(cause->m2s, m2s_texts);
	if (s2m)
		return lowest(s2m, s2m_texts);
	if (cause->parity)
		return PARITY;

	return "A DMA engine aborted; its error controllers tell nothing";
}
