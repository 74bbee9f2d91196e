# SPDX-License-Identifier: GPL-2.0
# What the programs of benches in guests share: each folder sets `name`, and may set
# `own_cflags`, `own_libs` and `own_needs`, before it includes this.

root	:= $(abspath ../../..)
O	?= $(root)/build/bench/$(name)

CFLAGS	?= -O2 -g
all_cflags := -std=gnu11 -Wall -Wextra $(if $(WERROR),-Werror) -D_GNU_SOURCE $(own_cflags) -I.. -MMD \
	-MP $(CFLAGS)
objects	:= $(patsubst %.c,$(O)/%.o,$(sort $(wildcard *.c)) row.c pair.c)

all: $(O)/$(name)-bench

$(O)/$(name)-bench: $(objects) $(own_needs)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(objects) $(own_libs)

$(O)/%.o: %.c | $(O)
	$(CC) $(all_cflags) -c -o $@ $<

$(O)/row.o $(O)/pair.o: $(O)/%.o: ../%.c | $(O)
	$(CC) $(all_cflags) -c -o $@ $<

$(O):
	mkdir -p $@

clean:
	rm -rf $(O)

.PHONY: all clean

-include $(wildcard $(O)/*.d)
