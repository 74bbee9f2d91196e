#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 module=no kernels="6.1 6.12" timeout=300
"""Whichever way the PCI function is reset, the card is as after power-on and can be used."""

import os

from emucard import (APB, CORES, DEVICE_ID, EVENT_QUEUE, EVENTS, MISC, NOTIFY, Ring, S2M,
                     SEMAPHORES)
from emufresh import fresh, own_ring, PM, PMCSR, round_trip
from tapcase import case, check, emu, equal, main

EXP = 0x10
FLR, D3HOT, BUS_RESET = 0x80, 3, 0x40
COMMAND, DEVCTL_HIGH, BRIDGE_CONTROL = 0x04, 0x09, 0x3E

# What a driver changes, and what each has after power-on.
ENGINE = APB + 0xC0000
QUEUE = ENGINE + 0x1000 * 16
POWER_ON = {
    APB + MISC + DEVICE_ID: 0, APB + MISC + 0x1F0: 0, APB + 0x2000: 0,
    ENGINE + 0x604: 4, ENGINE + 0x254: 0, ENGINE + 0x310: 0x01000400, ENGINE + 0x200: 0,
    QUEUE + 0x20: 0x03000000, QUEUE + 0x30: 0, QUEUE + 0x34: 0x40000000,
    QUEUE + 0x3C: 0x40000000, QUEUE + 0x74: 7,
    S2M + QUEUE + 0x20: 0x03000000, S2M + QUEUE + 0x30: 0, S2M + QUEUE + 0x3C: 0x40000000,
    APB + NOTIFY + EVENT_QUEUE + 8: 0,
    CORES + EVENTS + 4 * 9: 0, CORES + SEMAPHORES + 4 * 3: 0,
}
MAILBOX = APB + MISC + 0x1F0	# asking for it sets it


def used():
    """A card that a driver has set up and used."""
    card = fresh()
    ring = own_ring(card)
    round_trip(card, ring, 9000)
    card.misc(DEVICE_ID, 5)
    card.event_queue()
    card.set_event(0, 9, 1)
    card.bus.store(2, SEMAPHORES + 0x100 + 4 * 3, 8)
    addresses = [address for address in POWER_ON if address != MAILBOX]
    differ = [address for address, value in zip(addresses, card.read(*addresses))
              if value != POWER_ON[address]]
    check(len(differ) >= 10, f"the driver changed {len(differ)} registers only")
    return card


def is_new(card):
    """Every register has its value of power-on; the card serves its next driver."""
    card.wait_ready()
    addresses = [address for address in POWER_ON if address != MAILBOX]
    for address, value in zip(addresses, card.read(*addresses)):
        equal(hex(value), hex(POWER_ON[address]), f"register {address:#x}")
    round_trip(card, own_ring(card))


def resets(number=0):
    """Power-on resets that the emulator has counted."""
    return emu(number, "show")["counters"]["resets_power_on"]


def restore(card, header):
    """What software does behind a reset that takes the BARs along."""
    for offset in (0x10, 0x14, 0x18, 0x1C, 0x20, 0x24):
        card.bus.config_write(offset, header[offset:offset + 4])
    card.enable()


@case("a function-level reset by the kernel")
def by_kernel():
    card, before = used(), resets()
    card.bus.attribute("reset_method", "flr")
    card.bus.attribute("reset", "1")
    check(resets() > before, "the emulator saw a reset")
    card.enable()
    is_new(card)


@case("a function-level reset by a store to configuration space, which forgets the command register")
def by_config():
    card, before = used(), resets()
    header = card.bus.config_read(0, 64)
    card.bus.config_write(card.bus.capability(EXP) + DEVCTL_HIGH, bytes([FLR]))
    equal(resets(), before + 1, "resets")
    equal(card.bus.config_read(COMMAND, 2), b"\0\0", "command register")
    equal(card.bus.config_read(card.bus.capability(EXP) + DEVCTL_HIGH, 1)[0] & FLR, 0,
          "the bit that resets reads")
    restore(card, header)
    is_new(card)


@case("D3hot and back: asleep it answers nothing and takes nothing, awake it is new")
def by_power():
    card, before = used(), resets()
    header = card.bus.config_read(0, 64)
    pm = card.bus.capability(PM)
    card.bus.config_write(pm + PMCSR, bytes([D3HOT]))
    equal(card.bus.config_read(pm + PMCSR, 1)[0] & 3, D3HOT, "power state")
    card.bus.store(2, SEMAPHORES + 0x100, 1)
    # QEMU answers for a function that decodes nothing.
    check(card.bus.load(0, MISC) in (0, 0xFFFFFFFF), "a load while asleep")
    equal(card.bus.config_read(0, 4), header[0:4], "ids while asleep")
    card.bus.config_write(pm + PMCSR, b"\0")
    equal(card.bus.config_read(pm + PMCSR, 1)[0] & 3, 0, "power state")
    equal(resets(), before + 1, "resets")
    restore(card, header)
    is_new(card)


@case("D3hot and back by the kernel")
def by_kernels_power():
    card, before = used(), resets()
    card.bus.attribute("reset_method", "pm")
    card.bus.attribute("reset", "1")
    check(resets() > before, "the emulator saw a reset")
    card.enable()
    is_new(card)


@case("D1 and D2 are not there: asking for them changes nothing")
def no_light_sleep():
    card, before = used(), resets()
    pm = card.bus.capability(PM)
    for state in (1, 2):
        card.bus.config_write(pm + PMCSR, bytes([state]))
        equal(card.bus.config_read(pm + PMCSR, 1)[0] & 3, 0, "power state")
    equal(resets(), before, "resets")
    equal(card.read_misc(DEVICE_ID), 5, "the device id")


@case("a reset of the bus behind the root port takes this card only")
def by_bus():
    card, before, other = used(), resets(), resets(1)
    header = card.bus.config_read(0, 64)
    path = f"/sys/bus/pci/devices/{card.bus.port()}/config"
    with open(path, "r+b", buffering=0) as file:
        control = os.pread(file.fileno(), 1, BRIDGE_CONTROL)[0]
        os.pwrite(file.fileno(), bytes([control | BUS_RESET]), BRIDGE_CONTROL)
        os.pwrite(file.fileno(), bytes([control]), BRIDGE_CONTROL)
    check(resets() > before, "the emulator saw a reset")
    equal(resets(1), other, "resets of the other card")
    equal(card.bus.config_read(COMMAND, 2), b"\0\0", "command register")
    restore(card, header)
    is_new(card)


@case("the reset of the mailbox leaves configuration space alone")
def by_mailbox():
    card, before = used(), resets()
    header = card.bus.config_read(0, 64)
    card.reset()
    equal(card.bus.config_read(0, 64), header, "configuration space")
    equal(resets(), before, "power-on resets")
    is_new(card)


@case("a reset in the middle of a copy leaves nothing of it behind")
def in_the_middle():
    card = used()
    engine = card.engine(2)
    ring = Ring(engine, 3)
    data = card.bus.memory(4096)
    emu(0, "inject", "dma", "slow", 1000000)
    for _ in range(100):
        ring.packet([(data.device(0), 64)], [(0, 64)])
    ring.start()
    card.bus.attribute("reset_method", "flr")
    card.bus.attribute("reset", "1")
    card.enable()
    is_new(card)


main()
