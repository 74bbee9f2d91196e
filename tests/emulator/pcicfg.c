// SPDX-License-Identifier: GPL-2.0
/*
 * PCI configuration space. Offsets and bits are those of the PCI Express base
 * specification; <linux/pci_regs.h> has names for them, but spelling the layout
 * out here keeps it readable beside the output of lspci.
 */
#include "pcicfg.h"

#include <assert.h>
#include <string.h>

#define VENDOR_ID	0x1d0f
#define SUBSYSTEM_ID	0x7064

/* Standard header */
#define COMMAND		0x04
#define   COMMAND_MASTER	0x04
#define STATUS		0x06
#define BAR(n)		(0x10 + 4 * (n))
#define   BAR_64BIT		0x4
#define   BAR_PREFETCH		0x8
#define CAP_POINTER	0x34
#define IRQ_LINE	0x3c

/* Capabilities, in list order; the interrupt one is MSI, MSI-X, or left out */
#define PM		0x40
#define   PM_CONTROL		(PM + 4)
#define   PM_STATE		0x3
#define   PM_D3HOT		0x3
#define MSI		0x50
#define EXP		0x70
#define   EXP_DEVCTL		(EXP + 0x08)
#define   EXP_DEVCTL_FLR	0x8000
#define   EXP_DEVSTA		(EXP + 0x0a)
#define   DEVSTA_CORRECTABLE	0x0001
#define   DEVSTA_NONFATAL	0x0002
#define   DEVSTA_FATAL		0x0004
#define AER		0x100
#define   AER_UNC_STATUS	(AER + 0x04)
#define   AER_UNC_MASK		(AER + 0x08)
#define   AER_UNC_SEVERITY	(AER + 0x0c)
#define   AER_COR_STATUS	(AER + 0x10)
#define   AER_COR_MASK		(AER + 0x14)
#define   AER_CONTROL		(AER + 0x18)
#define   AER_FIRST_ERROR	0x1f
#define SERIAL		0x150

static uint32_t get(const uint8_t *space, size_t off, size_t bytes)
{
	uint32_t value = 0;
	size_t i;

	for (i = 0; i < bytes; i++)
		value |= (uint32_t)space[off + i] << (8 * i);
	return value;
}

static void put(uint8_t *space, size_t off, size_t bytes, uint32_t value)
{
	size_t i;

	assert(off + bytes <= EMU_PCICFG_BYTES);
	for (i = 0; i < bytes; i++)
		space[off + i] = value >> (8 * i);
}

/* Define a register: value after power-on and the bits that can be stored. */
static void def(struct emu_pcicfg *cfg, size_t off, size_t bytes, uint32_t value, uint32_t rw)
{
	put(cfg->initial, off, bytes, value);
	put(cfg->rw, off, bytes, rw);
}

static void def_bar(struct emu_pcicfg *cfg, unsigned int n, uint64_t bytes, uint32_t type)
{
	uint64_t rw = ~(bytes - 1);

	/* Bits below the size, the type among them, stay as they are: clients size by ones. */
	def(cfg, BAR(n), 4, type, (uint32_t)rw);
	def(cfg, BAR(n + 1), 4, 0, rw >> 32);
}

static void def_header(struct emu_pcicfg *cfg, const struct emu_opts *opts)
{
	def(cfg, 0x00, 2, VENDOR_ID, 0);
	def(cfg, 0x02, 2, opts->device_id, 0);
	def(cfg, COMMAND, 2, 0, 0x0546);	/* memory, master, parity, SERR, INTx off */
	def(cfg, STATUS, 2, 0x0010, 0);		/* has a capability list */
	put(cfg->w1c, STATUS, 2, 0xf900);
	def(cfg, 0x08, 1, opts->revision, 0);
	def(cfg, 0x09, 3, 0x088000, 0);		/* system peripheral, other */
	def(cfg, 0x0c, 1, 0, 0xff);		/* cache line size, no effect */
	def_bar(cfg, 0, emu_opts_bar0_bytes(opts), BAR_64BIT);
	def_bar(cfg, 2, emu_opts_bar2_bytes(opts),
		BAR_64BIT | (opts->bar2_nonprefetchable ? 0 : BAR_PREFETCH));
	def_bar(cfg, 4, opts->bar4_bytes, BAR_64BIT | BAR_PREFETCH);
	def(cfg, 0x2c, 2, VENDOR_ID, 0);
	def(cfg, 0x2e, 2, SUBSYSTEM_ID, 0);
	def(cfg, CAP_POINTER, 1, PM, 0);
	def(cfg, IRQ_LINE, 1, 0, 0xff);
}

/* No No_Soft_Reset bit: coming back from D3hot is a reset, as Linux may use it. */
static void def_pm(struct emu_pcicfg *cfg, uint8_t next)
{
	def(cfg, PM, 2, 0x01 | next << 8, 0);
	def(cfg, PM + 2, 2, 0x0003, 0);		/* version 3, D0 and D3hot, no PME */
	def(cfg, PM_CONTROL, 2, 0, PM_STATE);
}

static void def_msi(struct emu_pcicfg *cfg)
{
	def(cfg, MSI, 2, 0x05 | EXP << 8, 0);
	def(cfg, MSI + 0x02, 2, 0x008a, 0x0071);	/* 64 bit, 32 vectors, no masks */
	def(cfg, MSI + 0x04, 4, 0, 0xfffffffc);
	def(cfg, MSI + 0x08, 4, 0, 0xffffffff);
	def(cfg, MSI + 0x0c, 2, 0, 0xffff);
}

static void def_msix(struct emu_pcicfg *cfg)
{
	def(cfg, MSI, 2, 0x11 | EXP << 8, 0);
	def(cfg, MSI + 0x02, 2, EMU_NR_VECTORS - 1, 0xc000);
	def(cfg, MSI + 0x04, 4, EMU_MSIX_TABLE_OFF | 0, 0);	/* in BAR0 */
	def(cfg, MSI + 0x08, 4, EMU_MSIX_PBA_OFF | 0, 0);
}

static void def_exp(struct emu_pcicfg *cfg)
{
	def(cfg, EXP, 2, 0x10, 0);
	def(cfg, EXP + 0x02, 2, 0x0002, 0);		/* version 2, endpoint */
	def(cfg, EXP + 0x04, 4, 0x10008021, 0);		/* FLR, role based errors, 256 B */
	def(cfg, EXP_DEVCTL, 2, 0x2810, 0x7fff);
	put(cfg->w1c, EXP_DEVSTA, 2, 0x000f);
	def(cfg, EXP + 0x0c, 4, 0x00400083, 0);		/* Gen3 x8, no ASPM */
	def(cfg, EXP + 0x10, 2, 0, 0x00c8);
	def(cfg, EXP + 0x12, 2, 0x1083, 0);		/* Gen3 x8, slot clock */
	def(cfg, EXP + 0x24, 4, 0x0000001f, 0);
	def(cfg, EXP + 0x28, 2, 0, 0x001f);
	def(cfg, EXP + 0x2c, 4, 0x0000000e, 0);		/* 2.5, 5 and 8 GT/s */
	def(cfg, EXP + 0x30, 2, 0x0003, 0x003f);
	def(cfg, EXP + 0x32, 2, 0x001e, 0);		/* equalization went well */
}

static void def_aer(struct emu_pcicfg *cfg)
{
	const uint32_t uncorrectable = 0x007ff030;
	const uint32_t correctable = 0x0000f1c1;

	def(cfg, AER, 4, 0x00020001 | SERIAL << 20, 0);
	put(cfg->w1c, AER_UNC_STATUS, 4, uncorrectable);
	def(cfg, AER_UNC_MASK, 4, 0, uncorrectable);
	def(cfg, AER_UNC_SEVERITY, 4, 0x00462030, uncorrectable);
	put(cfg->w1c, AER_COR_STATUS, 4, correctable);
	def(cfg, AER_COR_MASK, 4, 0x00002000, correctable);
	/* What the base specification calls sticky: a reset must not lose an error's trace. */
	memset(cfg->sticky + AER_UNC_STATUS, 0xff, AER_CONTROL + 4 - AER_UNC_STATUS);
}

static void def_serial(struct emu_pcicfg *cfg, unsigned int index)
{
	def(cfg, SERIAL, 4, 0x00010003, 0);
	def(cfg, SERIAL + 4, 4, index, 0);
	def(cfg, SERIAL + 8, 4, (uint32_t)VENDOR_ID << 16 | SUBSYSTEM_ID, 0);
}

/**
 * emu_pcicfg_init() - lay out configuration space as after power-on
 * @cfg: what to fill, whatever it held
 * @opts: ids, size of BAR4 and interrupt capability
 * @index: number of the card, part of its serial number
 */
void emu_pcicfg_init(struct emu_pcicfg *cfg, const struct emu_opts *opts, unsigned int index)
{
	memset(cfg, 0, sizeof(*cfg));
	def_header(cfg, opts);
	def_pm(cfg, opts->irq_mode == EMU_IRQ_NONE ? EXP : MSI);
	if (opts->irq_mode == EMU_IRQ_MSI)
		def_msi(cfg);
	else if (opts->irq_mode == EMU_IRQ_MSIX)
		def_msix(cfg);
	def_exp(cfg);
	def_aer(cfg);
	def_serial(cfg, index);
	emu_pcicfg_power_on(cfg);
}

/**
 * emu_pcicfg_reset() - back to the values after power-on, but for sticky bits
 * @cfg: configuration space
 */
void emu_pcicfg_reset(struct emu_pcicfg *cfg)
{
	size_t i;

	for (i = 0; i < sizeof(cfg->reg); i++)
		cfg->reg[i] = (cfg->reg[i] & cfg->sticky[i]) |
			      (cfg->initial[i] & ~cfg->sticky[i]);
}

/**
 * emu_pcicfg_power_on() - back to the values after power-on
 * @cfg: configuration space
 */
void emu_pcicfg_power_on(struct emu_pcicfg *cfg)
{
	memcpy(cfg->reg, cfg->initial, sizeof(cfg->reg));
}

/**
 * emu_pcicfg_read() - read registers
 * @cfg: configuration space
 * @off: first byte; @off + @len is at most EMU_PCICFG_BYTES
 * @buf: where to
 * @len: bytes, any number and alignment
 */
void emu_pcicfg_read(const struct emu_pcicfg *cfg, size_t off, void *buf, size_t len)
{
	memcpy(buf, cfg->reg + off, len);
}

/* D1 and D2 are not supported: asking for them leaves the state as it was. */
static unsigned int settle_power(struct emu_pcicfg *cfg, unsigned int old)
{
	unsigned int new = cfg->reg[PM_CONTROL] & PM_STATE;

	if (new != 0 && new != PM_D3HOT) {
		cfg->reg[PM_CONTROL] = (cfg->reg[PM_CONTROL] & ~PM_STATE) | old;
		return 0;
	}
	if (old == new)
		return 0;
	return new == PM_D3HOT ? EMU_PCICFG_SLEEP : EMU_PCICFG_RESET;
}

/* The bit that starts a reset reads as zero, so look at what was written. */
static bool starts_flr(size_t off, const uint8_t *from, size_t len)
{
	const size_t at = EXP_DEVCTL + 1;

	return off <= at && at - off < len && (from[at - off] & (EXP_DEVCTL_FLR >> 8));
}

/**
 * emu_pcicfg_write() - write registers
 * @cfg: configuration space
 * @off: first byte; @off + @len is at most EMU_PCICFG_BYTES
 * @buf: what
 * @len: bytes, any number and alignment
 *
 * Return: EMU_PCICFG_RESET when the write asked for a reset of the function;
 * configuration space has been reset then and the caller resets the rest.
 * EMU_PCICFG_COMMAND when emu_pcicfg_bus_master() has changed, EMU_PCICFG_SLEEP when
 * emu_pcicfg_asleep() has become true.
 */
unsigned int emu_pcicfg_write(struct emu_pcicfg *cfg, size_t off, const void *buf, size_t len)
{
	unsigned int power = cfg->reg[PM_CONTROL] & PM_STATE;
	bool master = emu_pcicfg_bus_master(cfg);
	const uint8_t *from = buf;
	unsigned int what;
	size_t i;

	for (i = 0; i < len; i++) {
		uint8_t *reg = &cfg->reg[off + i];

		*reg = (*reg & ~cfg->rw[off + i]) | (from[i] & cfg->rw[off + i]);
		*reg &= ~(from[i] & cfg->w1c[off + i]);
	}
	what = settle_power(cfg, power);
	if (starts_flr(off, from, len))
		what |= EMU_PCICFG_RESET;
	if (what & EMU_PCICFG_RESET)
		emu_pcicfg_reset(cfg);
	if (master != emu_pcicfg_bus_master(cfg))
		what |= EMU_PCICFG_COMMAND;
	return what;
}

/**
 * emu_pcicfg_bus_master() - may the card start transactions of its own?
 * @cfg: configuration space
 *
 * Return: the bit of the command register.
 */
bool emu_pcicfg_bus_master(const struct emu_pcicfg *cfg)
{
	return get(cfg->reg, COMMAND, 2) & COMMAND_MASTER;
}

/**
 * emu_pcicfg_asleep() - is the function in D3hot, where no BAR answers?
 * @cfg: configuration space
 *
 * Return: true in D3hot.
 */
bool emu_pcicfg_asleep(const struct emu_pcicfg *cfg)
{
	return (cfg->reg[PM_CONTROL] & PM_STATE) == PM_D3HOT;
}

static void set_bits(struct emu_pcicfg *cfg, size_t off, size_t bytes, uint32_t bits)
{
	put(cfg->reg, off, bytes, get(cfg->reg, off, bytes) | bits);
}

static void uncorrectable_error(struct emu_pcicfg *cfg, unsigned int bit)
{
	bool fatal = get(cfg->reg, AER_UNC_SEVERITY, 4) & (1u << bit);
	bool first = !(get(cfg->reg, AER_UNC_STATUS, 4) & ~get(cfg->reg, AER_UNC_MASK, 4));

	set_bits(cfg, AER_UNC_STATUS, 4, 1u << bit);
	set_bits(cfg, EXP_DEVSTA, 2, fatal ? DEVSTA_FATAL : DEVSTA_NONFATAL);
	/* The pointer names the oldest error that is reported. */
	if (first && !(get(cfg->reg, AER_UNC_MASK, 4) & (1u << bit)))
		put(cfg->reg, AER_CONTROL, 1,
		    (get(cfg->reg, AER_CONTROL, 1) & ~AER_FIRST_ERROR) | bit);
}

/**
 * emu_pcicfg_error() - an error of the link or of a transaction is recorded
 * @cfg: configuration space
 * @kind: which of the two status registers of AER
 * @bit: its number there
 *
 * Only recorded: the error message that would travel upstream is the root port's to get,
 * and the bus between has no way to take one from here.
 *
 * Return: false if that register has no such bit.
 */
bool emu_pcicfg_error(struct emu_pcicfg *cfg, enum emu_pcicfg_error kind, unsigned int bit)
{
	size_t status = kind == EMU_PCICFG_CORRECTABLE ? AER_COR_STATUS : AER_UNC_STATUS;

	if (bit > 31 || !(get(cfg->w1c, status, 4) & (1u << bit)))
		return false;
	if (kind == EMU_PCICFG_UNCORRECTABLE) {
		uncorrectable_error(cfg, bit);
		return true;
	}
	set_bits(cfg, AER_COR_STATUS, 4, 1u << bit);
	set_bits(cfg, EXP_DEVSTA, 2, DEVSTA_CORRECTABLE);
	return true;
}
