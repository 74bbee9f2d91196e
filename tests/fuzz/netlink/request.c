// SPDX-License-Identifier: GPL-2.0
/*
 * Requests. A recipe says which attributes go together; from it a request is made that
 * should be carried out, and then some things of it are spoilt.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define WORDS		16
#define ALTERNATIVES	6
#define DEPTH		3
#define FD_NR		1		/* ctx-fd is the first of every set of an object */

/*
 * Words are attributes; "?" is for now and then, "*" for one or more, "=" for a number.
 * A name with "@" is of a nest: of the operation behind "/", else of all.
 */
static const struct {
	const char *of;
	const char *words;
} recipes[] = {
	{ "device-get", "dev-index" },
	{ "device-get", "bus-name" },
	{ "neighbor-get", "dev-index port" },
	{ "neighbor-refresh", "ctx-fd wait-us? after-job? job-eventfd?" },
	{ "stats-get", "dev-index" },
	{ "context-get", "ctx-fd" },
	{ "context-set", "ctx-fd label? eventfd?" },
	{ "context-set", "ctx-fd host-limit? device-limit? id-limit? job-limit?" },
	{ "mem-alloc", "ctx-fd kind=0 size wait-us? label? after-job? job-eventfd?" },
	{ "mem-alloc", "ctx-fd kind=1 size align? channel? wait-us? label? job-eventfd?" },
	{ "mem-alloc", "ctx-fd kind=1 size nc-id" },
	{ "mem-free", "ctx-fd mem-id" },
	{ "mem-get", "ctx-fd mem-id" },
	{ "engine-get", "dev-index eng-id" },
	{ "ring-create", "ctx-fd descriptors wait-us? label? axi-port? completion?" },
	{ "ring-create", "ctx-fd descriptors kind=1 channel? wait-us? after-job?" },
	{ "ring-destroy", "ctx-fd ring-id wait-us? after-job?" },
	{ "ring-get", "ctx-fd ring-id" },
	{ "ring-attach", "ctx-fd ring-id nc-id" },
	{ "ring-attach", "ctx-fd ring-id eng-id queue-id" },
	{ "ring-detach", "ctx-fd ring-id wait-us?" },
	{ "ring-write", "ctx-fd ring-id entry* start? wait-us? job-eventfd?" },
	{ "ring-start", "ctx-fd ring-id count? wait-us?" },
	{ "ring-ack", "ctx-fd ring-id wait-us? count?" },
	{ "ring-read", "ctx-fd ring-id first? count?" },
	{ "nq-create", "ctx-fd nc-id nq-type size nq-eng? eventfd?" },
	{ "nq-destroy", "ctx-fd nq-id wait-us?" },
	{ "nq-get", "ctx-fd nq-id" },
	{ "nq-ack", "ctx-fd nq-id head" },
	{ "event-get", "ctx-fd nc-id event-id wait-us? after-job?" },
	{ "event-get", "ctx-fd entry* wait-us?" },
	{ "event-set", "ctx-fd nc-id event-id value" },
	{ "event-set", "ctx-fd entry*" },
	{ "semaphore-get", "ctx-fd nc-id semaphore-id wait-us?" },
	{ "semaphore-get", "ctx-fd entry* wait-us?" },
	{ "semaphore-set", "ctx-fd nc-id semaphore-id op? value" },
	{ "semaphore-set", "ctx-fd entry*" },
	{ "reg-read", "ctx-fd offset* wait-us? after-job?" },
	{ "reg-read", "ctx-fd offset* raw bar?" },
	{ "reg-write", "ctx-fd write*" },
	{ "counters-get", "ctx-fd eng-id counter* wait-us?" },
	{ "metric-post", "ctx-fd metric wait-us?" },
	{ "job-get", "ctx-fd job-id wait-us?" },
	{ "job-free", "ctx-fd job-id" },
	{ "job-cancel", "ctx-fd job-id" },
	{ "core-get", "dev-index nc-id" },
	{ "core-claim", "ctx-fd claim" },
	{ "core-release", "ctx-fd claim" },
	{ "mem-copy", "ctx-fd transfer* wait-us? after-job? job-eventfd?" },
	{ "mem-fill", "ctx-fd transfer* wait-us? after-job? job-eventfd?" },
	{ "device-reset", "ctx-fd wait-us? expect-reset-count?" },
	{ "engine-set", "ctx-fd eng-id action=0 wait-us?" },
	{ "device-set", "ctx-fd dram-regions" },
	{ "@transfer/mem-copy", "src-mem src-offset dst-mem dst-offset length" },
	{ "@transfer/mem-fill", "dst-mem dst-offset length pattern?" },
	{ "@entry", "src-mem src-offset dst-mem dst-offset length flags?" },
	{ "@entry", "imm dst-mem dst-offset length=4" },
	{ "@entry", "imm dst-event dst-core length=4" },
	{ "@entry", "imm dst-semaphore dst-core semaphore-op? length=4" },
	{ "@entry", "src-mem dst-ctx-fd dst-mem length" },
	{ "@entry", "src-mem src-offset=0 dst-fifo dst-core length=16" },
	{ "@event-entry/event-get", "nc-id event-id" },
	{ "@event-entry/event-set", "nc-id event-id value" },
	{ "@semaphore-entry/semaphore-get", "nc-id semaphore-id" },
	{ "@semaphore-entry/semaphore-set", "nc-id semaphore-id op? value" },
	{ "@reg-entry", "offset value" },
};

struct word {
	const struct attr *attr;
	bool maybe, many, fixed;
	uint32_t number;
};

struct ready {
	char of[48];
	unsigned int count;
	struct word words[WORDS];
};

static struct ready known[ARRAY_SIZE(recipes)];

const struct op *op_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < op_count; i++)
		if (!strcmp(ops[i].name, name))
			return &ops[i];

	return NULL;
}

static const struct set *set_of(const char *of)
{
	const struct op *op = op_named(of);
	char name[48];
	unsigned int i;

	if (op)
		return &sets[op->set];
	if (*of != '@')
		return NULL;

	snprintf(name, sizeof(name), "%s", of + 1);
	name[strcspn(name, "/")] = 0;
	for (i = 0; strcmp(sets[i].name, name); i++)
		;

	return &sets[i];
}

static const struct attr *attr_named(const struct set *set, const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < set->count; i++)
		if (!strncmp(set->attrs[i].name, name, length) && !set->attrs[i].name[length])
			return &set->attrs[i];

	return NULL;
}

static void resolve_word(struct word *word, const struct set *set, const char *text)
{
	size_t length = strcspn(text, "?*=");

	word->attr = attr_named(set, text, length);
	word->maybe = text[length] == '?';
	word->many = text[length] == '*';
	word->fixed = text[length] == '=';
	if (word->fixed)
		word->number = strtoul(text + length + 1, NULL, 10);
	if (!word->attr) {
		fprintf(stderr, "a recipe says %s, which %s does not have\n", text, set->name);
		exit(2);
	}
}

/* Looks the recipes' words up; whatever the spec does not have ends the program. */
void recipes_resolve(void)
{
	char words[256], *text, *rest;
	const struct set *set;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(recipes); i++) {
		set = set_of(recipes[i].of);
		if (!set) {
			fprintf(stderr, "a recipe is of %s, which the spec does not have\n",
				recipes[i].of);
			exit(2);
		}
		snprintf(known[i].of, sizeof(known[i].of), "%s", recipes[i].of);
		snprintf(words, sizeof(words), "%s", recipes[i].words);
		for (text = strtok_r(words, " ", &rest); text; text = strtok_r(NULL, " ", &rest))
			resolve_word(&known[i].words[known[i].count++], set, text);
	}
}

static const struct ready *any_recipe(struct rng *rng, const char *of)
{
	const struct ready *found[ALTERNATIVES];
	unsigned int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].of, of) && count < ALTERNATIVES)
			found[count++] = &known[i];

	return count ? found[below(rng, count)] : NULL;
}

static size_t put_attr(uint8_t *to, uint16_t nr, const uint8_t *value, size_t length)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + length, .nla_type = nr };
	size_t whole = NLA_ALIGN(NLA_HDRLEN + length);

	memmove(to + NLA_HDRLEN, value, length);
	memcpy(to, &attr, sizeof(attr));
	memset(to + NLA_HDRLEN + length, 0, whole - NLA_HDRLEN - length);

	return whole;
}

static bool spoil(struct maker *m, unsigned int chance)
{
	if (m->broken <= 0 || !one_in(m->rng, chance))
		return false;

	m->broken--;
	return true;
}

static size_t make_attrs(struct maker *m, const struct ready *recipe, const struct set *set,
			 uint8_t *to, size_t room, unsigned int depth);

static size_t make_nest(struct maker *m, const struct attr *attr, uint8_t *to, size_t room,
			unsigned int depth)
{
	const struct set *set = &sets[attr->nest];
	const struct ready *recipe;
	uint16_t nr = attr->nr;
	char of[64];
	size_t length;

	snprintf(of, sizeof(of), "@%s/%s", set->name, m->op->name);
	recipe = any_recipe(m->rng, of);
	if (!recipe) {
		snprintf(of, sizeof(of), "@%s", set->name);
		recipe = any_recipe(m->rng, of);
	}
	length = make_attrs(m, recipe, set, to + NLA_HDRLEN, room - NLA_HDRLEN, depth + 1);
	if (!spoil(m, 6))
		nr |= NLA_F_NESTED;

	return put_attr(to, nr, to + NLA_HDRLEN, length);
}

static size_t make_attr(struct maker *m, const struct word *word, const struct set *set,
			uint8_t *to, size_t room, unsigned int depth)
{
	const struct attr *attr = word->attr;
	uint8_t *value = to + NLA_HDRLEN;
	uint16_t nr = attr->nr;
	size_t length;

	if (attr->type == T_NEST && depth < DEPTH && !spoil(m, 10))
		return make_nest(m, attr, to, room, depth);

	if (word->fixed && !spoil(m, 5)) {
		uint64_t number = word->number;

		length = attr->type == T_U64 ? 8 : 4;
		memcpy(value, &number, length);
	} else if (spoil(m, 4)) {
		length = bad_value(m, attr, value);
	} else {
		length = good_value(m, attr, set, value);
	}
	if (spoil(m, 20))
		nr = one_in(m->rng, 2) ? 1 + below(m->rng, set->count) : rng_next(m->rng);
	if (spoil(m, 30))
		nr ^= NLA_F_NESTED;

	return put_attr(to, nr, value, length);
}

static unsigned int how_many(struct maker *m, const struct word *word)
{
	if (word->many) {
		if (spoil(m, 10))
			return below(m->rng, 140);
		return one_in(m->rng, 40) ? 1 + below(m->rng, 40) : 1 + below(m->rng, 4);
	}
	if (word->maybe)
		return one_in(m->rng, 3);
	if (spoil(m, 12))
		return one_in(m->rng, 2) ? 0 : 2;

	return 1;
}

static size_t make_attrs(struct maker *m, const struct ready *recipe, const struct set *set,
			 uint8_t *to, size_t room, unsigned int depth)
{
	unsigned int i, count;
	size_t length = 0;

	for (i = 0; recipe && i < recipe->count; i++)
		for (count = how_many(m, &recipe->words[i]); count && length + 800 < room; count--)
			length += make_attr(m, &recipe->words[i], set, to + length, room - length,
					    depth);

	return length;
}

/* What has no recipe, and sometimes what has one: any attributes that it takes. */
static size_t make_any(struct maker *m, uint64_t takes, uint8_t *to, size_t room)
{
	const struct set *set = &sets[m->op->set];
	struct word word = { 0 };
	size_t length = 0;
	unsigned int i;

	for (i = 0; i < set->count && length + 800 < room; i++) {
		if (!(takes >> set->attrs[i].nr & 1))
			continue;
		if (set->attrs[i].nr != FD_NR && one_in(m->rng, 2))
			continue;
		word.attr = &set->attrs[i];
		length += make_attr(m, &word, set, to + length, room - length, 0);
	}

	return length;
}

/* Lengths that are lies, other commands and flags, bytes that are wrong anywhere. */
static void spoil_whole(struct maker *m, struct request *request, struct nlmsghdr *hdr)
{
	struct genlmsghdr *genl = NLMSG_DATA(hdr);
	struct nlattr *first = (void *)(genl + 1);

	if (spoil(m, 15) && hdr->nlmsg_len > 24)
		request->bytes[20 + below(m->rng, hdr->nlmsg_len - 20)] ^= 1 << below(m->rng, 8);
	if (spoil(m, 20) && hdr->nlmsg_len > 24)
		first->nla_len = odd_number(m->rng, 4);
	if (spoil(m, 25))
		genl->cmd = rng_next(m->rng);
	if (spoil(m, 25))
		hdr->nlmsg_flags ^= 1 << below(m->rng, 12);
	if (spoil(m, 25)) {
		hdr->nlmsg_len = one_in(m->rng, 2) ? below(m->rng, hdr->nlmsg_len) :
						     odd_number(m->rng, 4);
	}
	m->loose |= hdr->nlmsg_len != request->length || !(hdr->nlmsg_flags & NLM_F_REQUEST) ||
		    !(hdr->nlmsg_flags & NLM_F_ACK);
}

static size_t make_body(struct maker *m, uint8_t *to, size_t room)
{
	const struct ready *recipe = m->dump || one_in(m->rng, 30) ? NULL :
								      any_recipe(m->rng, m->op->name);

	if (recipe)
		return make_attrs(m, recipe, &sets[m->op->set], to, room, 0);

	if (m->dump && one_in(m->rng, 2))
		return 0;

	return make_any(m, m->dump ? m->op->takes_dump : m->op->takes_do, to, room);
}

void request_make(struct request *request, const struct op *op, bool dump, int broken,
		  struct world *world, struct context *context, struct rng *rng)
{
	struct maker m = { .rng = rng, .world = world, .context = context, .op = op,
			   .dump = dump, .broken = broken };
	struct nlmsghdr *hdr = (void *)request->bytes;
	struct genlmsghdr *genl = NLMSG_DATA(hdr);

	request->op = op;
	request->dump = dump;
	request->context = context;
	request->generation = context->generation;
	memset(genl, 0, sizeof(*genl));
	genl->cmd = op->cmd;
	genl->version = 1;
	request->length = NLMSG_HDRLEN + GENL_HDRLEN;
	request->length += make_body(&m, request->bytes + request->length,
				     MSG_MAX - request->length);
	hdr->nlmsg_len = request->length;
	hdr->nlmsg_type = family_id;
	hdr->nlmsg_flags = NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0) | NLM_F_ACK;
	hdr->nlmsg_pid = 0;
	spoil_whole(&m, request, hdr);
	request->loose = m.loose;
}
