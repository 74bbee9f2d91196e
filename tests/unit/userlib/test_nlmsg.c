// SPDX-License-Identifier: GPL-2.0
/*
 * Requests and answers, errors and their sentences, against a pretended kernel.
 */
#include "test.h"

#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "fake.h"

#define INDEX	NEURON_A_DEVICE_DEV_INDEX

static void one_device(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);

	fake_put_u32(msg, INDEX, fake_u32(request, INDEX));
	fake_put_string(msg, NEURON_A_DEVICE_BUS_NAME, "0000:00:1e.0");
	fake_put_u64(msg, NEURON_A_DEVICE_DRAM_BYTES, 1ull << 33);
	fake_put_u32(msg, NEURON_A_DEVICE_NUMA_NODE, 0xffffffff);
	fake_put_u32(msg, 200, 7);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void answer_fills_struct(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, one_device, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 3, &info, sizeof(info)), 0);
	assert_int_equal(info.index, 3);
	assert_string_equal(info.bus_name, "0000:00:1e.0");
	assert_true(info.dram_bytes == 1ull << 33);
	assert_int_equal(info.numa_node, -1);
	assert_true(NEURON_HAS(&info, NEURON_A_DEVICE_BUS_NAME));
	assert_false(NEURON_HAS(&info, NEURON_A_DEVICE_STATE));
	assert_string_equal(neuron_last_error(&fake.handle), "");
	fake_stop(&fake);
}

static void older_and_newer_callers_get_their_size(void **state)
{
	struct {
		struct neuron_device_info info;
		uint64_t more;
	} newer = { .more = 5 };
	struct neuron_device_info older;
	struct fake fake;

	(void)state;
	fake_start(&fake, one_device, NULL);
	memset(&older, 0x11, sizeof(older));
	assert_int_equal(neuron_device_get(&fake.handle, 3, &older, 16), 0);
	assert_true(older.present != 0);
	assert_int_equal(older.index, 0x11111111);
	assert_int_equal(neuron_device_get(&fake.handle, 3, &newer.info, sizeof(newer)), 0);
	assert_true(newer.more == 0);
	assert_int_equal(neuron_device_get(&fake.handle, 3, &older, 0), -EINVAL);
	fake_stop(&fake);
}

static void malformed(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);

	nla_put_u16(msg, INDEX, 3);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void wrong_length_is_an_error(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, malformed, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 3, &info, sizeof(info)), -EBADMSG);
	fake_stop(&fake);
}

static void long_string(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);
	char text[200];

	memset(text, 'x', sizeof(text));
	nla_put(msg, NEURON_A_DEVICE_BUS_NAME, sizeof(text), text);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void long_string_is_cut(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, long_string, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 3, &info, sizeof(info)), 0);
	assert_int_equal(strlen(info.bus_name), NEURON_MAX_BUS_NAME);
	fake_stop(&fake);
}

static void only_ack(struct fake *fake, const struct nlmsghdr *request)
{
	fake_ack(fake, request);
}

static void ack_without_reply_is_an_error(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, only_ack, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 3, &info, sizeof(info)), -EBADMSG);
	fake_stop(&fake);
}

static uint32_t offset_of(const struct nlmsghdr *request, int attr)
{
	const char *data = fake_attr(request, attr, NULL);

	return (uint32_t)(data - (const char *)request) - NLA_HDRLEN;
}

/* arg: whether the echo of the request is left out. */
static void refuse_index(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_error(request, -ESHUTDOWN, *(bool *)fake->arg);

	fake_put_string(msg, NLMSGERR_ATTR_MSG, "There is no such card");
	fake_put_u32(msg, NLMSGERR_ATTR_OFFS, offset_of(request, INDEX));
	fake_send(fake, msg);
}

static void refusal_names_attribute_and_value(void **state)
{
	struct neuron_error_info error;
	struct neuron_device_info info;
	bool capped[] = { true, false };
	struct fake fake;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fake_start(&fake, refuse_index, &capped[i]);
		assert_int_equal(neuron_device_get(&fake.handle, 55, &info, sizeof(info)),
				 -ESHUTDOWN);
		assert_string_equal(neuron_last_error(&fake.handle),
				    "device-get: There is no such card (dev-index 55)");
		neuron_last_error_info(&fake.handle, &error, sizeof(error));
		assert_int_equal(error.error, -ESHUTDOWN);
		assert_true(error.from_kernel);
		assert_string_equal(error.op, "device-get");
		assert_string_equal(error.text, "There is no such card");
		assert_string_equal(error.attr, "dev-index");
		assert_string_equal(error.value, "55");
		fake_stop(&fake);
	}
}

static void refuse_silently(struct fake *fake, const struct nlmsghdr *request)
{
	fake_send(fake, fake_error(request, -ETIMEDOUT, true));
}

static void refusal_without_text_tells_errno(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, refuse_silently, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 0, &info, sizeof(info)), -ETIMEDOUT);
	assert_string_equal(neuron_last_error(&fake.handle),
			    "device-get: kernel answers: Connection timed out");
	fake_stop(&fake);
}

static void miss_attribute(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_error(request, -EINVAL, true);

	fake_put_u32(msg, NLMSGERR_ATTR_MISS_TYPE, NEURON_A_DEVICE_BUS_NAME);
	fake_send(fake, msg);
}

static void missing_attribute_is_named(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, miss_attribute, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 0, &info, sizeof(info)), -EINVAL);
	assert_string_equal(neuron_last_error(&fake.handle),
			    "device-get: attribute bus-name is missing");
	fake_stop(&fake);
}

static void refuse_range(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_error(request, -ERANGE, true);
	struct nlattr *policy;

	fake_put_string(msg, NLMSGERR_ATTR_MSG, "integer out of range");
	fake_put_u32(msg, NLMSGERR_ATTR_OFFS, offset_of(request, NEURON_A_NQ_SIZE));
	policy = nla_nest_start(msg, NLMSGERR_ATTR_POLICY);
	fake_put_u64(msg, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 4096);
	fake_put_u64(msg, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 4194304);
	nla_nest_end(msg, policy);
	fake_send(fake, msg);
}

static void refusal_tells_the_range(void **state)
{
	struct neuron_ctx ctx = { .fd = 9, .job_fd = -1 };
	struct neuron_nq *nq;
	struct fake fake;

	(void)state;
	fake_start(&fake, refuse_range, NULL);
	ctx.handle = &fake.handle;
	assert_int_equal(neuron_nq_create(&ctx, 0, NEURON_NQ_TYPE_EVENT, 0, 100, &nq), -ERANGE);
	assert_string_equal(neuron_last_error(&fake.handle), "nq-create: integer out of range "
			    "(size 100, allowed 4096 to 4194304)");
	fake_stop(&fake);
}

static void late_answer_first(struct fake *fake, const struct nlmsghdr *request)
{
	struct nlmsghdr late = *request;
	struct nl_msg *msg;

	late.nlmsg_seq--;
	msg = fake_message(request->nlmsg_type, late.nlmsg_seq, 0, NEURON_CMD_DEVICE_GET);
	fake_put_u32(msg, INDEX, 99);
	fake_send(fake, msg);
	fake_send(fake, fake_error(&late, -EIO, true));
	one_device(fake, request);
}

static void late_answers_are_skipped(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, late_answer_first, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 4, &info, sizeof(info)), 0);
	assert_int_equal(info.index, 4);
	fake_stop(&fake);
}

/* A dump in two datagrams, the first of two messages; arg: times to disturb it. */
static void dump(struct fake *fake, const struct nlmsghdr *request)
{
	unsigned int *disturb = fake->arg;
	uint16_t flags = NLM_F_MULTI | (*disturb ? NLM_F_DUMP_INTR : 0);
	struct nl_msg *both = nlmsg_alloc_size(32768), *msg;
	uint32_t i;

	if (*disturb)
		--*disturb;
	for (i = 0; i < 3; i++) {
		msg = fake_reply(request, i == 1 ? flags : NLM_F_MULTI);
		fake_put_u32(msg, INDEX, i);
		if (i == 2) {
			fake_send(fake, msg);
			break;
		}
		/* nlmsg_append() would count it into the first header: by hand. */
		memcpy((char *)nlmsg_hdr(both) + (i ? nlmsg_hdr(msg)->nlmsg_len : 0),
		       nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
		if (i == 1)
			send(fake->fd, nlmsg_hdr(both), 2 * nlmsg_hdr(msg)->nlmsg_len, 0);
		nlmsg_free(msg);
	}
	nlmsg_free(both);
	fake_done(fake, request, 0);
}

static int count_devices(const struct neuron_device_info *info, void *arg)
{
	unsigned int *next = arg;

	assert_int_equal(info->index, (*next)++);
	return 0;
}

static int stop_at_second(const struct neuron_device_info *info, void *arg)
{
	(void)arg;
	return info->index == 1 ? 42 : 0;
}

static void dump_comes_whole(void **state)
{
	unsigned int disturb = 0, seen = 0;
	struct fake fake;

	(void)state;
	fake_start(&fake, dump, &disturb);
	assert_int_equal(neuron_device_list(&fake.handle, count_devices, &seen), 0);
	assert_int_equal(seen, 3);
	assert_int_equal(neuron_device_list(&fake.handle, stop_at_second, NULL), 42);
	fake_stop(&fake);
}

static void disturbed_dump_is_repeated(void **state)
{
	unsigned int disturb = 3, seen = 0;
	struct fake fake;

	(void)state;
	fake_start(&fake, dump, &disturb);
	assert_int_equal(neuron_device_list(&fake.handle, count_devices, &seen), 0);
	assert_int_equal(seen, 3);
	assert_int_equal(fake.requests, 4);
	fake_stop(&fake);
}

static int count_mems(const struct neuron_mem_info *info, void *arg)
{
	unsigned int *next = arg;

	assert_int_equal(info->index, (*next)++);
	return 0;
}

static void busy_dump_of_memory_is_told_in_the_end(void **state)
{
	unsigned int disturb = 1000, seen = 0;
	struct fake fake;

	(void)state;
	fake_start(&fake, dump, &disturb);
	assert_int_equal(neuron_mem_list(&fake.handle, NEURON_ALL_DEVICES, count_mems, &seen), 0);
	assert_int_equal(seen, 3);
	assert_int_equal(fake.requests, HANDLE_DUMP_TRIES);
	fake_stop(&fake);
}

static void dump_that_never_rests_ends(void **state)
{
	unsigned int disturb = 1000, seen = 0;
	struct fake fake;

	(void)state;
	fake_start(&fake, dump, &disturb);
	assert_int_equal(neuron_device_list(&fake.handle, count_devices, &seen), -EAGAIN);
	assert_int_equal(seen, 0);
	assert_int_equal(fake.requests, HANDLE_DUMP_TRIES);
	fake_stop(&fake);
}

static void dump_fails_late(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, NLM_F_MULTI);

	fake_put_u32(msg, INDEX, 0);
	fake_send(fake, msg);
	fake_done(fake, request, -EMSGSIZE);
}

static void error_at_end_of_dump_is_seen(void **state)
{
	unsigned int seen = 0;
	struct fake fake;

	(void)state;
	fake_start(&fake, dump_fails_late, NULL);
	assert_int_equal(neuron_device_list(&fake.handle, count_devices, &seen), -EMSGSIZE);
	assert_int_equal(seen, 0);
	fake_stop(&fake);
}

static void missing_driver_is_said_so(void **state)
{
	struct neuron_error_info error;
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, one_device, NULL);
	fake.loaded = false;
	assert_int_equal(neuron_device_get(&fake.handle, 0, &info, sizeof(info)), -ENOENT);
	assert_non_null(strstr(neuron_last_error(&fake.handle), "not loaded"));
	neuron_last_error_info(&fake.handle, &error, sizeof(error));
	assert_false(error.from_kernel);
	fake_stop(&fake);
}

static void reloaded_driver_is_found_again(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, one_device, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 0, &info, sizeof(info)), 0);
	fake.family++;
	assert_int_equal(neuron_device_get(&fake.handle, 7, &info, sizeof(info)), 0);
	assert_int_equal(info.index, 7);
	assert_int_equal(fake.requests, 2);
	fake_stop(&fake);
}

static void no_such_id(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_error(request, -ENOENT, true);

	fake_put_string(msg, NLMSGERR_ATTR_MSG, "No such object");
	fake_send(fake, msg);
}

static void refused_id_is_not_asked_for_again(void **state)
{
	struct neuron_device_info info;
	struct fake fake;

	(void)state;
	fake_start(&fake, no_such_id, NULL);
	assert_int_equal(neuron_device_get(&fake.handle, 0, &info, sizeof(info)), -ENOENT);
	assert_int_equal(neuron_device_get(&fake.handle, 0, &info, sizeof(info)), -ENOENT);
	assert_int_equal(fake.requests, 2);
	fake_stop(&fake);
}

static void by_bus(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);
	const char *bus = fake_attr(request, NEURON_A_DEVICE_BUS_NAME, NULL);

	fake_put_u32(msg, INDEX, bus ? 1000 : fake_u32(request, INDEX));
	fake_put_string(msg, NEURON_A_DEVICE_BUS_NAME, bus ? bus : "");
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void cards_are_named_three_ways(void **state)
{
	static const char *const wrong[] = { "", "x", "-1", "+1", "1x", "4294967296" };
	struct neuron_device_info info;
	struct fake fake;
	size_t i;

	(void)state;
	fake_start(&fake, by_bus, NULL);
	assert_int_equal(neuron_device_find(&fake.handle, "12", &info, sizeof(info)), 0);
	assert_int_equal(info.index, 12);
	assert_int_equal(neuron_device_find(&fake.handle, "pci/0000:00:1e.0", &info,
					    sizeof(info)), 0);
	assert_string_equal(info.bus_name, "0000:00:1e.0");
	assert_int_equal(neuron_device_find(&fake.handle, "0000:00:1f.0", &info, sizeof(info)), 0);
	assert_string_equal(info.bus_name, "0000:00:1f.0");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(neuron_device_find(&fake.handle, wrong[i], &info, sizeof(info)),
				 -EINVAL);
	fake_stop(&fake);
}

static void real_socket_is_set_up(void **state)
{
	struct neuron_handle *handle;
	struct neuron_device_info info;
	int err;

	(void)state;
	assert_int_equal(neuron_open(&handle), 0);
	/* With a driver on this machine there may be a card, or none. */
	err = neuron_device_get(handle, 4000000000u, &info, sizeof(info));
	assert_true(err == -ENOENT || err == -ENODEV);
	assert_true(strlen(neuron_last_error(handle)) > 0);
	neuron_close(handle);
	neuron_close(NULL);
}

static void does_not_know(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg;

	if (fake_cmd(request) != NEURON_CMD_DEVICE_GET) {
		fake_send(fake, fake_error(request, -EOPNOTSUPP, true));
		return;
	}
	msg = fake_error(request, -EINVAL, true);
	nla_put_string(msg, NLMSGERR_ATTR_MSG, "Unknown attribute type");
	nla_put_u32(msg, NLMSGERR_ATTR_OFFS, offset_of(request, NEURON_A_DEVICE_BUS_NAME));
	fake_send(fake, msg);
}

static void an_older_driver_is_called_older(void **state)
{
	struct neuron_device_info info;
	struct neuron_stats_info stats;
	struct fake fake;

	(void)state;
	fake_start(&fake, does_not_know, NULL);
	assert_int_equal(neuron_stats_get(&fake.handle, 0, &stats, sizeof(stats)), -EOPNOTSUPP);
	assert_string_equal(neuron_last_error(&fake.handle),
			    "stats-get: the driver does not know this operation: "
			    "it is older than this library");
	assert_int_equal(neuron_device_get_by_bus(&fake.handle, "x", &info, sizeof(info)), -EINVAL);
	assert_string_equal(neuron_last_error(&fake.handle),
			    "device-get: Unknown attribute type (bus-name x): "
			    "the driver is older than this library");
	fake_stop(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer_fills_struct),
		cmocka_unit_test(older_and_newer_callers_get_their_size),
		cmocka_unit_test(wrong_length_is_an_error),
		cmocka_unit_test(long_string_is_cut),
		cmocka_unit_test(ack_without_reply_is_an_error),
		cmocka_unit_test(refusal_names_attribute_and_value),
		cmocka_unit_test(refusal_without_text_tells_errno),
		cmocka_unit_test(missing_attribute_is_named),
		cmocka_unit_test(refusal_tells_the_range),
		cmocka_unit_test(late_answers_are_skipped),
		cmocka_unit_test(dump_comes_whole),
		cmocka_unit_test(disturbed_dump_is_repeated),
		cmocka_unit_test(busy_dump_of_memory_is_told_in_the_end),
		cmocka_unit_test(dump_that_never_rests_ends),
		cmocka_unit_test(error_at_end_of_dump_is_seen),
		cmocka_unit_test(missing_driver_is_said_so),
		cmocka_unit_test(reloaded_driver_is_found_again),
		cmocka_unit_test(refused_id_is_not_asked_for_again),
		cmocka_unit_test(cards_are_named_three_ways),
		cmocka_unit_test(real_socket_is_set_up),
		cmocka_unit_test(an_older_driver_is_called_older),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
