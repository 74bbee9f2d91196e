// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>

#include "card_priv.h"
#include "dma.h"
#include "fault.h"

/* The client maps what its guest's IOMMU lets this card reach; without one, all of memory. */
#define IOMMU_FAULT " for this card (an IOMMU fault, if the guest has an IOMMU)"

/**
 * emu_fault_reason() - why host memory could not be reached
 * @why: the reason
 * Context: any.
 * Return: its name in "show".
 */
const char *emu_fault_reason(enum emu_hostmem_reach why)
{
	static const char *const names[] = {
		[EMU_HOSTMEM_REACHED] = "none",
		[EMU_HOSTMEM_UNMAPPED] = "unmapped",
		[EMU_HOSTMEM_READ_ONLY] = "read-only",
		[EMU_HOSTMEM_WRITE_ONLY] = "write-only",
		[EMU_HOSTMEM_NO_MEMORY] = "no-memory",
	};

	return names[why];
}

static void count(struct emu_card *card, const struct emu_fault *fault)
{
	const char *access = fault->write ? "write to" : "read of";
	unsigned long long addr = fault->host_addr;

	switch (fault->why) {
	case EMU_HOSTMEM_READ_ONLY:
	case EMU_HOSTMEM_WRITE_ONLY:
		if (fault->write)
			card->count.host_read_only++;
		else
			card->count.host_write_only++;
		emu_log_once(&card->log, EMU_LOG_HOST_PROTECTED,
			     "%s: %s host address %#llx, which the client has mapped %s" IOMMU_FAULT,
			     fault->by, access, addr, emu_fault_reason(fault->why));
		break;
	case EMU_HOSTMEM_NO_MEMORY:
		card->count.host_no_memory++;
		emu_log_once(&card->log, EMU_LOG_HOST_NO_MEMORY,
			     "%s: %s host address %#llx, a mapping for which the client sent no memory",
			     fault->by, access, addr);
		break;
	default:
		card->count.host_unmapped++;
		emu_log_once(&card->log, EMU_LOG_HOST_UNMAPPED,
			     "%s: %s host address %#llx, where the client has no mapping" IOMMU_FAULT,
			     fault->by, access, addr);
		break;
	}
}

/**
 * emu_fault_tell() - count and log an access that failed, if host memory is the reason
 * @card: whose access
 * @access: all of it
 * @by: who made it, as for printf
 *
 * Looks for the first byte that cannot be reached now. Mappings that came since hide a
 * fault here; whoever made the access has counted it as its own.
 * Context: card lock held.
 * Return: true if it was host memory.
 */
bool emu_fault_tell(struct emu_card *card, const struct emu_access *access, const char *by, ...)
{
	uint64_t addr = access->dev_addr & (EMU_ADDR_HOST - 1);
	enum emu_hostmem_reach why;
	va_list args;

	if (!access->len_bytes ||
	    access->dev_addr >> EMU_ADDR_SELECTOR_SHIFT != EMU_ADDR_HOST >> EMU_ADDR_SELECTOR_SHIFT)
		return false;
	why = emu_hostmem_reach(card->hostmem, &addr, access->len_bytes,
				access->write ? EMU_HOSTMEM_WRITE : EMU_HOSTMEM_READ);
	if (why == EMU_HOSTMEM_REACHED)
		return false;
	card->fault.why = why;
	card->fault.host_addr = addr;
	card->fault.write = access->write;
	va_start(args, by);
	vsnprintf(card->fault.by, sizeof(card->fault.by), by, args);
	va_end(args);
	count(card, &card->fault);
	return true;
}
