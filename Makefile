# SPDX-License-Identifier: GPL-2.0
# Everything by one name. This file only delegates; `make help` explains it.

VERSION := $(shell cat VERSION)
BUILD   := $(CURDIR)/build
KERNEL  ?= 6.1
KDIR    ?= /lib/modules/$(shell uname -r)/build
PREFIX  ?= /usr/local
TIME    ?= 60

STAGE     := $(BUILD)/stage
DKMS_TREE := $(DESTDIR)/usr/src/neuron-$(VERSION)

# Where udev and systemd look; another PREFIX is not among these places.
CONFDIR   := $(if $(filter /usr /usr/local,$(PREFIX)),$(PREFIX)/lib,/etc)

.PHONY: all help setup userlib tools emulator stage modules host-module \
	install install-emulator install-user install-config modules_install install-dkms demo \
	dist deb rpm check check-debug check-install check-long bench check-static check-unit check-vm \
	check-bed check-dkms check-packages check-fleets check-readme check-tag fuzz fuzz-netlink clean

all: userlib tools host-module

help:
	@echo "Build"
	@echo "  all              library, command, and module for the running kernel if it has headers"
	@echo "  modules          module for KERNEL=6.1 (default), 6.12, latest, debug or host,"
	@echo "                   below build/modules/; headers and compiler are fetched"
	@echo "  userlib, tools, emulator    one part"
	@echo "  setup            install the Debian packages that building needs (root)"
	@echo "Try"
	@echo "  demo             boot a guest with four emulated cards and use them; FILE=... is sent"
	@echo "Install (DESTDIR=, PREFIX=/usr/local)"
	@echo "  install          library, headers, command, manual pages, udev rule, group; then the"
	@echo "                   module, if built"
	@echo "  install-user     library, headers, command, manual pages"
	@echo "  install-config   the rule by which udev gives cards to the group neuron, and the group"
	@echo "  install-emulator neuron-emu, its manual page and completion"
	@echo "  modules_install  module for the running kernel (KDIR=)"
	@echo "  install-dkms     sources for dkms below /usr/src, udev rule, group"
	@echo "  stage            install-user into build/stage, for guests"
	@echo "Packages"
	@echo "  dist             the sources, build/dist/neuron-$(VERSION).tar.xz"
	@echo "  deb              Debian packages of this machine's suite, in build/deb"
	@echo "  rpm              rpm packages, in build/rpm"
	@echo "Test"
	@echo "  check            static, unit, fuzz, guests with kernel 6.1, and with the latest"
	@echo "                   as far as check-debug does not have the same there; building for 6.12"
	@echo "  check-debug      the guest cases on a kernel with KASAN, lockdep, kmemleak"
	@echo "  check-install    packages in whole Debian 12 and 13 systems, samples for fleets (root)"
	@echo "  fuzz TIME=60     hostile guests and clients against the emulator, for so many seconds"
	@echo "  fuzz-netlink TIME=60 SEED=    requests of all kinds in a guest (KERNEL=debug)"
	@echo "  check-long       cases that take hours when whole, whole (KERNEL=debug)"
	@echo "  check-static, check-unit, check-bed, check-vm KERNEL=, check-dkms, check-readme,"
	@echo "  check-fleets, check-packages   one part; the last two want root, of the last one"
	@echo "                   ARGS=\"dist deb rpm\" does not"
	@echo "  check-tag TAG=   is a tag of this version?"
	@echo "  bench            speed and size, as ratios, against their targets"
	@echo "Other"
	@echo "  clean            remove what was built; what was fetched stays (rm -r build removes all)"

setup:
	tests/vm/fetch host

userlib:
	$(MAKE) -C userlib

tools: userlib
	$(MAKE) -C tools

emulator:
	$(MAKE) -C tests/emulator

ifeq ($(KERNEL),host)
modules: host-module
else
modules:
	tests/vm/kbuild --kernel $(KERNEL) driver $(BUILD)/modules/$(KERNEL)
	for others in age foreign; do tests/vm/kbuild --kernel $(KERNEL) tests/$$others \
		$(STAGE)/usr/lib/neuron/$$others/$(KERNEL) || exit 1; done
endif

host-module:
	@if [ -e $(KDIR)/Makefile ]; then \
		$(MAKE) -C driver KDIR=$(KDIR) && mkdir -p $(BUILD)/modules/host && \
		cp driver/neuron.ko $(BUILD)/modules/host/; \
	else \
		echo "no headers in $(KDIR): module not built (make modules KERNEL=6.1 fetches some)"; \
	fi

install: install-user install-config
	@if [ -e driver/neuron.ko ]; then $(MAKE) modules_install; fi

install-emulator: emulator
	$(MAKE) -C tests/emulator install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

install-user: userlib tools
	$(MAKE) -C userlib install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)
	$(MAKE) -C tools install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

install-config:
	install -d $(DESTDIR)$(CONFDIR)/udev/rules.d $(DESTDIR)$(CONFDIR)/sysusers.d
	install -m 644 tools/udev/60-neuron.rules $(DESTDIR)$(CONFDIR)/udev/rules.d/
	install -m 644 tools/sysusers/neuron.conf $(DESTDIR)$(CONFDIR)/sysusers.d/

modules_install:
	$(MAKE) -C driver modules_install KDIR=$(KDIR) INSTALL_MOD_PATH=$(DESTDIR)

install-dkms: install-config
	install -d $(DKMS_TREE)
	install -m 644 dkms.conf LICENSE $(DKMS_TREE)/
	find driver LICENSES -name '*.mod.c' -o -type f \( -name '*.[ch]' -o -name '[A-Z]*' \) \
		-exec cp --parents -t $(DKMS_TREE) {} +

stage:
	$(MAKE) install-user DESTDIR=$(STAGE) PREFIX=/usr
	$(MAKE) -C userlib install-page-programs DESTDIR=$(STAGE) PREFIX=/usr

demo:
	tests/demo/demo $(FILE)

dist:
	tools/packaging/dist $(BUILD)/dist

deb:
	tools/packaging/deb $(BUILD)/deb

rpm:
	tools/packaging/rpm $(BUILD)/rpm

check:
	tests/parts check-static check-unit "fuzz TIME=30" check-bed check-dkms check-readme \
		"modules KERNEL=6.12" "check-vm KERNEL=6.1" "check-vm KERNEL=latest BESIDE=debug"

# Whole systems of two suites, which are fetched and take long: beside the two above.
check-install:
	tests/parts check-packages check-fleets

check-debug:
	tests/parts "check-vm KERNEL=debug"

bench:
	tests/bench/run

check-static:
	tests/static/run

check-unit:
	tests/parts "-C tests/unit/driver check" "-C tests/emulator unit" "-C tests/unit/userlib check" \
		"-C tests/unit/tools check"

fuzz:
	tests/fuzz/run --time $(TIME)

# Unless a kernel is asked for, these two want the one that sees most.
SEEING := $(if $(filter file,$(origin KERNEL)),debug,$(KERNEL))

fuzz-netlink:
	$(MAKE) stage emulator modules KERNEL=$(SEEING)
	tests/fuzz/netlink/run --time $(TIME) --seed "$(SEED)" --kernel $(SEEING)

check-long:
	$(MAKE) stage emulator modules KERNEL=$(SEEING)
	tests/long --kernel $(SEEING)

# The debug kernel is of the version of the latest one: what runs there need not run twice.
check-vm: stage emulator modules
	tests/vm/cases --kernel $(KERNEL) $(if $(BESIDE),--beside $(BESIDE))

check-bed:
	tests/vm/selftest

check-dkms:
	tests/dkms/run

check-fleets:
	tests/fleets/run

check-packages:
	tests/packages/run $(ARGS)

check-readme:
	tests/readme/run

check-tag:
	tests/static/version $(or $(TAG),$(error which TAG=?))

clean:
	rm -rf $(addprefix $(BUILD)/,stage modules userlib tools emulator unit demo bench dist deb rpm \
		packages fuzz/libfuzzer fuzz/memory fuzz/replay)
	@if [ -e $(KDIR)/Makefile ]; then $(MAKE) -C driver clean KDIR=$(KDIR); fi
