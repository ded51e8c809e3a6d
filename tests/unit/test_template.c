/* template: the shipped notices all fill in and fit; broken files are named; nothing in braces gets
 * out. */
#include "base/utf8.h"
#include "service/template.h"
#include "test.h"

static struct arena *arena;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct notices shipped(void)
{
    struct notices all;
    if (notices_load(test_file(arena, "catalog/notices.json"), arena, &all, &err) != 0)
        fail_msg("%s: %s", err.n_problems ? err.problems[0].pointer.p : "",
                 err.n_problems ? err.problems[0].message.p : err_text(&err));
    return all;
}

/* Every key that the program uses or will use. */
static void test_shipped_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "sign_in_code", "submitted", "correction_sent", "correction_reminder", "item_ended",
        "deemed_accepted", "decided_granted", "decided_denied", "decided_refused",
        "case_closed_granted", "case_closed_none", "licence_issued", "special_opened",
        "special_closed", "extended", "joint_extended", "hearing_told", "hearing_notice",
        "visit_proposed", "visit_announced", "visit_result",
        "commitment_reminder", "commitment_broken_applicant", "commitment_broken_department",
        "deadline_warning", "deadline_alert", "delivery_warning", "delivery_alert", "consultation_asked",
        "consultation_answered", "rating_low", "rating_replied", "assigned",
        "permit_changed", "permit_taken", "permit_changed_window", "permit_ends",
        "supervision_opened", "supervision_due", "supervision_overdue", "supervision_proposed", "supervision_answered",
        "draft_submitted", "draft_approved", "draft_returned",
    };
    struct notices all = shipped();
    assert_int_equal(all.n, COUNT_OF(keys));
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (!notices_find(&all, sv_of(keys[i])))
            fail_msg("no notice %s", keys[i]);
    assert_null(notices_find(&all, SV("submitte")));
    assert_null(notices_find(&all, SV("")));
}

static void test_shipped_fill_in(void **state)
{
    (void)state;
    struct notices all = shipped();
    struct sv title, text;
    for (size_t i = 0; i < all.n; i++) {
        const struct notice *n = &all.list[i];
        int rc = notice_fill(n, n->title, n->samples, n->n_samples, arena, &title, &err);
        assert_int_equal(rc, 0);
        rc = notice_fill(n, n->text, n->samples, n->n_samples, arena, &text, &err);
        assert_int_equal(rc, 0);
        assert_null(memchr(text.p, '{', text.n));
        assert_true(title.n > 0 && text.n > 0);
        assert_true(utf8_count(notice_sms(title, text, arena)) <= NOTICE_SMS_MAX);
        /* Without any one of its variables a notice does not go out. */
        for (size_t k = 0; k < n->n_samples; k++) {
            struct notify_var gone = n->samples[k];
            n->samples[k].name = "";
            int a = notice_fill(n, n->title, n->samples, n->n_samples, arena, &title, &err);
            int b = notice_fill(n, n->text, n->samples, n->n_samples, arena, &text, &err);
            assert_true(a == ERR_INTERNAL || b == ERR_INTERNAL);
            assert_non_null(strstr(err_text(&err), gone.name));
            n->samples[k] = gone;
        }
    }
}

static void test_values_are_not_patterns(void **state)
{
    (void)state;
    struct notice n = { .key = SV("k"), .text = SV("甲{a}乙{b_2}丙{a}") };
    struct notify_var vars[] = { { "a", SV("{b_2}{") }, { "b_2", SV("") }, { "more", SV("x") } };
    struct sv out;
    assert_int_equal(notice_fill(&n, n.text, vars, 3, arena, &out, &err), 0);
    assert_sv(out, "甲{b_2}{乙丙{b_2}{");
}

static void test_long_sms(void **state)
{
    (void)state;
    char reason[3 * 400 + 1] = "";
    for (int i = 0; i < 400; i++)
        memcpy(reason + 3 * i, "长", 3);
    struct sv sms = notice_sms(SV("不予许可"), sv_make(reason, 1200), arena);
    assert_int_equal(utf8_count(sms), NOTICE_SMS_MAX);
    assert_true(utf8_valid(sms));
    assert_non_null(strstr(sms.p, "全文请登录平台查看"));
    assert_sv(notice_sms(SV("甲"), SV("乙"), arena), "甲：乙");
}

static void refused(const char *body, const char *pointer, const char *code)
{
    struct notices all;
    err_clear(&err);
    assert_int_equal(notices_load(arena_printf_sv(arena, "{\"notices\":{\"k\":%s}}", body), arena,
                                  &all, &err), ERR_CONFIG);
    if (!test_has(&err, pointer, code))
        fail_msg("%s: no %s at %s", body, code, pointer);
}

#define GOOD_HEAD "{\"audience\":\"某\",\"title\":\"题\",\"channels\":[\"sms\"],"

static void test_broken_files(void **state)
{
    (void)state;
    struct notices all;
    refused(GOOD_HEAD "\"text\":\"{a\",\"vars\":{\"a\":\"1\"}}", "/notices/k/text",
            "bad_placeholder");
    refused(GOOD_HEAD "\"text\":\"a}\"}", "/notices/k/text", "bad_placeholder");
    refused(GOOD_HEAD "\"text\":\"{}\"}", "/notices/k/text", "bad_placeholder");
    refused(GOOD_HEAD "\"text\":\"{A b}\"}", "/notices/k/text", "bad_placeholder");
    refused(GOOD_HEAD "\"text\":\"{{a}}\",\"vars\":{\"a\":\"1\"}}", "/notices/k/text",
            "bad_placeholder");
    refused(GOOD_HEAD "\"text\":\"{b}\",\"vars\":{\"a\":\"1\"}}", "/notices/k/text",
            "unknown_placeholder");
    refused(GOOD_HEAD "\"text\":\"b\",\"vars\":{\"a\":\"1\"}}", "/notices/k/vars/a", "unused");
    refused(GOOD_HEAD "\"text\":\"{a}\",\"vars\":{\"a\":\"\"}}", "/notices/k/vars/a", "no_sample");
    refused(GOOD_HEAD "\"text\":\"b\",\"extra\":1}", "/notices/k/extra", "unknown_member");
    refused("{\"channels\":[\"fax\"]}", "/notices/k/title", "required");
    refused("{\"channels\":[\"fax\"]}", "/notices/k/text", "required"); /* all at once */
    refused("{\"channels\":[\"fax\"]}", "/notices/k/channels/0", "unknown_channel");
    refused("{}", "/notices/k/channels", "required");
    refused(arena_printf(arena, GOOD_HEAD "\"text\":\"%0*d\"}", NOTICE_SMS_MAX - 1, 0),
            "/notices/k/text", "too_long");
    struct sv fits = arena_printf_sv(arena, "{\"notices\":{\"k\":" GOOD_HEAD "\"text\":\"%0*d\"}}}",
                                     NOTICE_SMS_MAX - 2, 0);
    err_clear(&err);
    assert_int_equal(notices_load(fits, arena, &all, &err), 0);
    assert_int_equal(notices_load(SV("{\"notices\":{}}"), arena, &all, &err), ERR_CONFIG);
    err_clear(&err);
    assert_int_equal(notices_load(SV("{"), arena, &all, &err), ERR_CONFIG);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(test_shipped_keys), T(test_shipped_fill_in), T(test_values_are_not_patterns),
        T(test_long_sms), T(test_broken_files),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
